// On pages with a form: moves the focus to the summary of errors and counts the characters that are left.
// Everything works without it.
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";

document.body.classList.add("govuk-frontend-supported");
createAll(CharacterCount);
createAll(ErrorSummary);
