"""Each kind from a spreadsheet through the desk to page, files, poster, feed and search."""

from collections.abc import Callable
from datetime import date

import pytest

from disclosure.search.indexer import Indexer
from disclosure.search.opening import open_index
from portal.app import PortalApp
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.disclosure.lists import EAST, TUANJIE
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import SANYING
from tests.kinds.office import (
    CARE,
    FAMILIES,
    FOUR,
    LIVING,
    PERSONS,
    RELIEF,
    SUBSIDY,
    Columns,
    approve,
    publish,
    send,
    workbook,
)

PROGRAMME = {
    "area": "640402000000",
    "name_zh": "电费补贴",
    "name_en": "Electricity subsidy",
    "slug": "electricity",
    "paid": "standing",
    "window_days": "",
    "approver": "reviewer",
    "basis": "固民发〔2026〕8号",
    "since": "2026-01-01",
}


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK)


@pytest.fixture
def reviewer(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.REVIEWER)


def index_everything(app: PortalApp, clock: SettableClock) -> None:
    index = open_index(app.sessions, app.settings.data_folder)
    Indexer(app.sessions, index, clock, "the test").rebuild()


@pytest.mark.parametrize(
    ("kind", "approver", "period", "columns", "said", "unsaid"),
    [
        ("standing", Role.REVIEWER, "2026-10", LIVING, ("最低生活保障对象名单", "330.00"), ()),
        (
            "destitute",
            Role.REVIEWER,
            "2026-10",
            CARE,
            ("特困人员名单", "集中供养", "1,014.00", "供养方式"),
            ("护理", "780"),
        ),
        (
            "destitute-review",
            Role.HEAD,
            "2026-10-08/2026-10-14",
            CARE,
            ("特困人员初审公示", "集中供养"),
            ("护理", "780"),
        ),
        (
            "destitute-ended",
            Role.HEAD,
            "2026-10",
            PERSONS,
            ("终止供养名单", "去世"),
            ("脑溢血", "病故", "0.00"),
        ),
        ("temporary", Role.REVIEWER, "2026-Q3", RELIEF, ("临时救助", "因灾", "1,200.00"), ()),
    ],
)
def test_a_list_with_rows(
    app: PortalApp,
    client: PageClient,
    clock: SettableClock,
    staff: Callable[..., PageClient],
    clerk: PageClient,
    *,
    kind: str,
    approver: Role,
    period: str,
    columns: Columns,
    said: tuple[str, ...],
    unsaid: tuple[str, ...],
) -> None:
    data = workbook("三营镇名单", columns, FOUR)
    notices = publish(clerk, staff(approver), kind, period, data)
    assert len(notices) == 2

    page = client.page(f"/n/{notices[0]}")
    json = client.get(f"/n/{notices[0]}.json")
    table = client.get(f"/n/{notices[0]}.csv").data.decode("utf-8-sig")
    assert json.json is not None
    assert json.json["kind"] == kind
    assert len(json.json["rows"]) == 3
    for words in said:
        assert words in page.text
    for words in unsaid:
        assert words not in page.text
        assert words not in table
    assert "马建国" not in page.text + json.text + table
    assert client.get(f"/n/{notices[0]}.pdf").data.startswith(b"%PDF")
    assert client.page(f"/en/n/{notices[0]}").h1

    assert f"/n/{notices[0]}" in client.get(f"/feed/{SANYING}.atom").text
    index_everything(app, clock)
    found = client.page(f"/search?q=三营&kind={kind}&what=notices").text
    assert json.json["title"] in found


@pytest.mark.parametrize("kind", ["marginal", "heavy-expense"])
def test_families_are_shown_in_figures_until_the_county_decides(
    app: PortalApp,
    client: PageClient,
    staff: Callable[..., PageClient],
    clerk: PageClient,
    reviewer: PageClient,
    kind: str,
) -> None:
    villages = (EAST, EAST, EAST, EAST, TUANJIE, TUANJIE, TUANJIE)
    data = workbook("三营镇困难家庭名单", FAMILIES, villages)
    (notice,) = publish(clerk, reviewer, kind, "2026-10", data)
    page, json = client.page(f"/n/{notice}"), client.get(f"/n/{notice}.json").json
    assert json is not None
    assert json["rows"] == []
    assert json["region"] == SANYING
    assert json["totals"] == {"households": 7, "persons": 21, "amount": "0.00"}
    cells = {cell["place"]: cell["households"] for cell in json["text"]["figures"]["places"]}
    assert cells == {EAST: 4, TUANJIE: 3}
    assert EAST in page.text
    assert "王" not in client.get(f"/n/{notice}.csv").data.decode("utf-8-sig")
    assert client.get(f"/n/{notice}.pdf").data.startswith(b"%PDF")
    assert client.page(f"/r/{SANYING}").soup.select_one(f'a[href$="/n/{notice}"]')

    admin = staff(Role.ADMIN)
    decide = admin.page("/desk/settings/lists/640402000000")
    answer = admin.submit(decide, {kind.replace("-", "_"): "named"}, action=None)
    assert answer.status_code == 302
    named = publish(clerk, reviewer, kind, "2026-11", workbook("三营镇", FAMILIES, villages))
    assert len(named) == 2
    after = client.get(f"/n/{named[0]}.json").json
    assert after is not None
    assert [row["name"][0] for row in after["rows"]] == list("马李张杨")
    assert client.get(f"/n/{notice}.json").json["state"] == "replaced"  # type: ignore[index]


def test_a_draft_in_figures_is_not_approved_once_the_county_shows_names(
    staff: Callable[..., PageClient], clerk: PageClient, reviewer: PageClient
) -> None:
    page = send(clerk, "marginal", "2026-10", workbook("三营镇", FAMILIES, FOUR))
    where = str(page.response.request.path)
    clerk.submit(page, action="/submit")
    admin = staff(Role.ADMIN)
    admin.submit(admin.page("/desk/settings/lists/640402000000"), {"marginal": "named"})
    assert "县（区）已重新确定姓名公示方式" in approve(reviewer, where).text
    assert reviewer.page(where).soup.select('form[action$="/approve"]')


def test_a_handful_of_families_is_no_number(
    client: PageClient, clerk: PageClient, reviewer: PageClient
) -> None:
    data = workbook("三营镇", FAMILIES, (EAST, TUANJIE))
    (notice,) = publish(clerk, reviewer, "marginal", "2026-10", data)
    json = client.get(f"/n/{notice}.json").json
    assert json is not None
    assert (json["totals"], json["rows"]) == (None, [])
    assert json["text"]["figures"] == {"withheld": True, "places": []}
    page = client.page(f"/n/{notice}")
    assert EAST not in page.text
    assert "少于3户" in page.text
    assert client.get(f"/n/{notice}.pdf").data.startswith(b"%PDF")


def test_a_list_of_children_is_refused(clerk: PageClient) -> None:
    data = workbook("三营镇孤儿基本生活费发放名单", CARE, FOUR)
    page = send(clerk, "destitute", "2026-10", data)
    assert page.response.status_code == 422
    assert "儿童" in page.text


def test_a_countys_own_programme_from_the_form_to_its_end(
    app: PortalApp,
    client: PageClient,
    clock: SettableClock,
    staff: Callable[..., PageClient],
    clerk: PageClient,
    reviewer: PageClient,
) -> None:
    admin = staff(Role.ADMIN)
    added = admin.submit(admin.page("/desk/settings/programmes/new"), PROGRAMME)
    assert admin.follow(added).status_code == 200
    data = workbook("三营镇2026年10月电费补贴花名册", SUBSIDY, FOUR)
    notices = publish(clerk, reviewer, "p-electricity", "2026-10", data)
    page = client.page(f"/n/{notices[0]}")
    assert "电费补贴对象名单" in page.h1
    assert "15.00" in page.text
    assert "Electricity subsidy" in client.page(f"/en/n/{notices[0]}").h1
    json = client.get(f"/n/{notices[0]}.json").json
    assert json is not None
    assert (json["kind"], json["programme"]) == ("p-electricity", "电费补贴")
    assert "p-electricity" in client.get(f"/feed/{SANYING}.atom").text
    assert "电费补贴" in client.page(f"/r/{SANYING}").text
    index_everything(app, clock)
    found = client.page("/search?q=电费&kind=p-electricity").text
    assert json["title"] in found

    admin.submit(admin.page("/desk/settings/programmes/p-electricity"), {})
    assert client.page(f"/n/{notices[0]}").text
    after = client.get(f"/n/{notices[0]}.json").json
    assert after is not None
    assert (after["state"], after["rows"]) == ("replaced", None)
    kinds = [str(one["value"]) for one in clerk.page("/desk/lists/upload").soup.select("option")]
    assert "p-electricity" not in kinds
    assert "destitute" in kinds


def test_what_a_programme_may_not_be_is_said_beside_the_field(
    staff: Callable[..., PageClient],
) -> None:
    admin = staff(Role.ADMIN)
    form = admin.page("/desk/settings/programmes/new")
    wrong = ({"slug": "Not a name"}, {"name_zh": "孤儿补贴"}, {"window_days": "30"})
    for values in (*wrong, {"paid": "one-off", "window_days": "soon"}, {"basis": ""}):
        answer = admin.submit(form, {**PROGRAMME, **values})
        assert answer.status_code == 422, values
        page = Page(answer)
        assert page.soup.select(".govuk-error-message"), values
        assert "电费补贴" in answer.text or "孤儿补贴" in answer.text
    assert admin.submit(form, PROGRAMME).status_code == 302
    assert admin.submit(form, PROGRAMME).status_code == 422


def test_a_programme_belongs_to_its_county(
    staff: Callable[..., PageClient], clerk: PageClient
) -> None:
    admin = staff(Role.ADMIN, "xiji")
    form = admin.page("/desk/settings/programmes/new")
    areas = [str(one["value"]) for one in form.soup.select("#area option")]
    assert areas == ["640422000000"]
    admin.submit(form, {**PROGRAMME, "area": "640422000000"})
    kinds = [str(one["value"]) for one in clerk.page("/desk/lists/upload").soup.select("option")]
    assert "p-electricity" not in kinds
    elsewhere = staff(Role.ADMIN, "yuanzhou")
    assert elsewhere.get("/desk/settings/programmes/p-electricity").status_code == 404


def test_a_printed_window_shorter_than_the_countys_rule_is_warned_of(
    staff: Callable[..., PageClient], clerk: PageClient
) -> None:
    data = workbook("三营镇", LIVING, FOUR)
    page = send(clerk, "review", "2026-11-16/2026-11-22", data)
    assert "短于" not in page.text
    admin = staff(Role.ADMIN)
    form = admin.page("/desk/settings/lists/640402000000")
    admin.submit(form, {"review_notice": "7 working_day"})
    again = clerk.page(str(page.response.request.path))
    assert "短于" in again.text
    assert "2" in again.text


def test_temporary_assistance_hangs_for_as_long_as_the_county_says(
    client: PageClient,
    clock: SettableClock,
    staff: Callable[..., PageClient],
    clerk: PageClient,
    reviewer: PageClient,
) -> None:
    data = workbook("三营镇", RELIEF, FOUR)
    first = publish(clerk, reviewer, "temporary", "2026-Q2", data)[0]
    admin = staff(Role.ADMIN)
    form = admin.page("/desk/settings/lists/640402000000")
    admin.submit(form, {"temporary_list": "30 calendar_day"})
    second = publish(clerk, reviewer, "temporary", "2026-Q3", data)[0]
    spans = []
    for notice in (first, second):
        json = client.get(f"/n/{notice}.json").json
        assert json is not None
        spans.append((json["posted_from"], json["posted_to"]))
    assert [_days(*span) for span in spans] == [90, 30]


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
