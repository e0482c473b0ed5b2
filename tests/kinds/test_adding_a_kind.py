"""Adding a kind: the example of docs/kinds.md is one entry, and goes from a file to a page."""

import ast
import re
from collections.abc import Callable

import pytest

from disclosure import catalogue
from disclosure.catalogue import KINDS
from disclosure.intake.asking import CHOICES
from disclosure.intake.kinds import RULES, Kind
from disclosure.intake.problems import NO_HEADER
from disclosure.kinds.facts import LOOKS, NoticeKind
from disclosure.kinds.limits import LIMITS
from disclosure.posters.content import COLUMNS, WORDS
from portal.kernel.language import N_
from portal.kernel.permissions import Role
from tests.fixtures.pages import PageClient
from tests.fixtures.run import ROOT
from tests.kinds.office import FOUR, Columns, publish, workbook

PAID = Columns(("补贴金额（元）",), (800,))


def example() -> NoticeKind:
    """Return the kind that the document adds, as it is written there."""
    text = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(NoticeKind\(.*?)```", text, re.DOTALL)
    assert found
    code = compile(ast.parse(found[1], mode="eval"), "docs/kinds.md", "eval")
    names = {"NoticeKind": NoticeKind, "Kind": Kind, "N_": N_, "Role": Role, "LIMITS": LIMITS}
    made = eval(code, names)  # noqa: S307 - our own document
    assert isinstance(made, NoticeKind)
    return made


def test_the_documents_example_goes_from_a_file_to_its_page(
    monkeypatch: pytest.MonkeyPatch, client: PageClient, staff: Callable[..., PageClient]
) -> None:
    added = example()
    monkeypatch.setitem(catalogue.KINDS, added.id, added)
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    data = workbook("三营镇2026年10月医疗救助名单", PAID, FOUR)
    notices = publish(clerk, reviewer, added.id, "2026-10", data)
    page = client.page(f"/n/{notices[0]}")
    assert added.subject in page.h1
    assert "800.00" in page.text
    json = client.get(f"/n/{notices[0]}.json").json
    assert json is not None
    assert (json["kind"], json["programme"]) == ("medical", "医疗救助")
    assert client.get(f"/n/{notices[0]}.pdf").data.startswith(b"%PDF")
    options = client.page("/search?q=三营").soup.select('option[value="medical"]')
    assert len(options) == 1


def test_a_form_is_whole() -> None:
    for form in Kind:
        assert form in RULES, form
        assert form in CHOICES, form
        assert form.value in NO_HEADER, form
        if form is not Kind.FUNDS:
            assert LOOKS[form].poster in COLUMNS, form
            assert LOOKS[form].poster in WORDS, form


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_the_documents_name_every_kind(kind: NoticeKind) -> None:
    text = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
    assert f"| `{kind.id}` |" in text
    assert kind.window in LIMITS.values()
    assert kind.named or kind.figures_subject
