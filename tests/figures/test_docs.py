"""docs/figures.md says how a kind is added: its example is run as it stands there."""

import io
import re

import pytest

from disclosure.figures import kinds
from portal.kernel.language import N_
from portal.kernel.permissions import Role
from tests.figures.test_kind_pages import rows_of
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import YUANZHOU
from tests.fixtures.run import ROOT

PAGES = ("figures.md", "figures.zh.md")
BLOCK = re.compile(r"```(python|csv)\n(.*?)```", re.DOTALL)


def blocks(name: str) -> dict[str, str]:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return {found[1]: found[2] for found in BLOCK.finditer(text)}


def test_both_languages_show_the_same_example() -> None:
    first, second = map(blocks, PAGES)
    assert first == second
    assert set(first) == {"python", "csv"}


@pytest.mark.parametrize("name", PAGES)
def test_every_kind_is_described(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    for kind in kinds.KINDS.values():
        assert f"`{kind.id}`" in text
        for subject in kind.subjects:
            assert subject.name.rpartition(":")[2] in text
        for measure in kind.measures:
            assert f"`{measure.name}`" in text


def test_a_kind_is_added_in_one_place(
    monkeypatch: pytest.MonkeyPatch,
    reviewer: PageClient,
    staff: StaffMaker,
    client: PageClient,
) -> None:
    example = blocks(PAGES[0])
    known = {**vars(kinds), "N_": N_}
    exec(example["python"], known)  # noqa: S102 - the page's own example
    monkeypatch.setitem(kinds.KINDS, "heating", known["HEATING"])
    form = reviewer.page("/desk/figures/upload")
    data = io.BytesIO(example["csv"].encode())
    draft = Page(reviewer.follow(reviewer.submit(form, {"file": (data, "heating.csv")})))
    path = draft.response.request.path
    reviewer.submit(draft, action="/submit")
    head = staff(Role.HEAD, "yuanzhou")
    head.submit(head.page(path), action="/approve")
    page = client.page(f"/en/figures/kinds/heating?place={YUANZHOU}")
    assert rows_of(page, "原州区") == [["Heating allowance", "62", "24,800"]]
    assert rows_of(page, "Place by place") == [["三营镇", "*"], ["官厅镇", "*"]]
    assert "Heating allowance" in client.page("/en/figures").text
