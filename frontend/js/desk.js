// On the desk: as forms.js, and a button cannot be pressed twice within a second.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import "./forms.js";

createAll(Button, { preventDoubleClick: true });
