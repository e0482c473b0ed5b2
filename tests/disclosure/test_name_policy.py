"""How names are shown 姓名公示方式: asked of the administrator, and whole names kept sealed."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from disclosure import service
from disclosure.boardnames import open_names, seal_names
from disclosure.drafting import channel_digest
from disclosure.log.commitment import canonical
from disclosure.log.rows import rows_root
from disclosure.models import NoticeVersion
from disclosure.namepolicy import choose_policy, find_policy, get_policy
from disclosure.queries import find_board_notice, find_notice, notice_json
from portal.app import PortalApp
from portal.data.accounts import OPERATOR
from portal.data.audit import list_audit
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict
from portal.kernel.masking import DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD, Channel
from portal.kernel.permissions import Role
from tests.disclosure.lists import (
    OCTOBER,
    Household,
    Office,
    database_bytes,
    id_number,
    list_csv,
)
from tests.fixtures.pages import Page, PageClient, filled
from tests.fixtures.people import SANYING, XIJI, YUANZHOU

WHOLE = replace(OCTOBER, policy=WHOLE_NAMES_ON_BOARD)
NAMES = "/desk/settings/names/"
CHOICE = {"board": "whole", "kiosk": "surname-and-last", "web": "surname"}


def test_the_first_run_asks_county_by_county(
    app: PortalApp, staff: Callable[..., PageClient]
) -> None:
    admin = staff(Role.ADMIN, "city")
    home = admin.page("/desk/")
    assert "原州区" in home.text
    assert home.soup.select(f'a[href="{NAMES}"]')
    page = admin.page(f"{NAMES}{YUANZHOU}")
    # It is a question: nothing is chosen for the county beforehand.
    assert page.soup.select("input[checked]") == []
    empty = admin.submit(page)
    assert empty.status_code == 422
    assert len(Page(empty).soup.select(".govuk-error-summary li")) == 3
    assert admin.submit(page, CHOICE).status_code == 302
    with app.sessions.reading() as session:
        assert get_policy(session, SANYING) == WHOLE_NAMES_ON_BOARD
        assert find_policy(session, XIJI) is None
        (entry, *_) = list_audit(session)
    assert (entry.action, entry.details["after"]) == ("choose-names", CHOICE)
    assert "原州区" not in admin.page("/desk/").text
    assert "王秀英" in admin.page(NAMES).text
    checked = admin.page(f"{NAMES}{YUANZHOU}").soup.select("input[checked]")
    assert {field["name"]: field["value"] for field in checked} == CHOICE


def test_nobody_else_decides_and_not_elsewhere(staff: Callable[..., PageClient]) -> None:
    for role in (Role.CLERK, Role.REVIEWER, Role.HEAD, Role.DISCIPLINE):
        assert staff(role).get(NAMES).status_code == 403
    county = staff(Role.ADMIN, "yuanzhou")
    assert county.get(f"{NAMES}{XIJI}").status_code == 404
    assert county.get(f"{NAMES}{SANYING}").status_code == 404
    # Whole names are not among what may be chosen for the web.
    fields = filled(county.page(f"{NAMES}{YUANZHOU}").form(), CHOICE, None)
    answer = county.post(f"{NAMES}{YUANZHOU}", {**fields, "web": "whole"})
    assert answer.status_code == 422


def test_whole_names_are_on_the_board_and_nowhere_else(
    app: PortalApp, office: Office, clock: SettableClock, staff: Callable[..., PageClient]
) -> None:
    key = office.submit(WHOLE, now=clock.now()).submission_id
    reviewer = staff(Role.REVIEWER, "yuanzhou")
    preview = reviewer.page(f"/desk/lists/{key}")
    assert "王秀英" in preview.text
    notice_id, *_ = office.approve(key, now=clock.now())
    with office.sessions.reading() as session:
        web = find_notice(session, notice_id, now=clock.now())
        kiosk = find_notice(session, notice_id, now=clock.now(), channel=Channel.KIOSK)
        board = find_board_notice(
            session, notice_id, now=clock.now(), open_parcel=office.keys.open_names
        )
        assert web
        assert "王秀英" not in str(notice_json(session, web))
    shown = [[row.name for row in view.rows or ()] for view in (web, kiosk, board) if view]
    assert shown == [
        ["王**", "欧阳*", "马*"],
        ["王*英", "欧阳*", "马*"],
        ["王秀英", "欧阳兰", "马伟"],
    ]
    held = database_bytes(app.settings.database_url)
    assert [name for name in ("王秀英", "欧阳兰", "尉迟敬德") if name.encode() in held] == []


def test_a_minor_is_withheld_on_the_board_too(office: Office, clock: SettableClock) -> None:
    child = Household("王小英", id_number=id_number(7, born="20150315"))
    data = list_csv([Household("马伟"), child])
    prepared = office.prepare(replace(WHOLE, data=data), now=clock.now())
    (notice,) = prepared.notices
    assert notice.board_names is not None
    assert open_names(office.keys.open_names, notice.id, notice.board_names) == {1: "马伟"}


def test_a_parcel_is_of_one_notice(office: Office) -> None:
    sealed = seal_names(office.keys.seal_names, "aaaaaaaaaa", {1: "马伟"})
    with pytest.raises(ValueError, match="another notice"):
        open_names(office.keys.open_names, "bbbbbbbbbb", sealed)
    with pytest.raises(ValueError, match="something else"):
        office.keys.open_upload(sealed)


def test_a_stricter_decision_forgets_at_once_what_is_kept_for_posters(
    office: Office, clock: SettableClock
) -> None:
    published = office.publish(WHOLE, now=clock.now())
    with office.sessions.writing() as session:
        choose_policy(session, OPERATOR, DEFAULT_POLICY, area=YUANZHOU, now=clock.now())
        choose_policy(session, OPERATOR, DEFAULT_POLICY, area=SANYING, now=clock.now())
    with office.sessions.reading() as session:
        assert set(session.scalars(select(NoticeVersion.board_names))) == {None}
        view = find_board_notice(
            session, published[0], now=clock.now(), open_parcel=office.keys.open_names
        )
    assert view
    assert [row.name for row in view.rows or ()] == ["王**", "欧阳*", "马*"]


def test_a_draft_of_an_earlier_decision_is_not_approved(
    office: Office, clock: SettableClock
) -> None:
    for before, after in (
        (WHOLE_NAMES_ON_BOARD, DEFAULT_POLICY),
        (DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD),
    ):
        given = replace(OCTOBER, policy=before)
        key = office.submit(given, now=clock.now()).submission_id
        digest = office.submission(key).digest
        with office.sessions.writing() as session:
            choose_policy(session, OPERATOR, after, area=SANYING, now=clock.now())
        with office.sessions.writing() as session, pytest.raises(Conflict):
            service.approve(session, OPERATOR, key, digest, now=clock.now())
        with office.sessions.writing() as session:
            service.return_to_clerk(session, OPERATOR, key, "重新上传", now=clock.now())


def test_the_board_says_nothing_that_could_be_tried_out(
    office: Office, clock: SettableClock
) -> None:
    """Whoever knows a row's published salt must not find 王*英 by trying every last character."""
    published = office.publish(replace(OCTOBER, households=[Household("王秀英")]), now=clock.now())
    with office.sessions.reading() as session:
        view = find_notice(session, published[0], now=clock.now())
        assert view
        said = notice_json(session, view)
        kept = session.scalars(select(NoticeVersion.channel_salt)).one()
    assert kept
    assert kept.hex() not in json.dumps(said)
    rows, board = said["rows"], said["text"]["channels"]["board"]
    published_salts = [b"", *(bytes.fromhex(row["salt"]) for row in rows)]
    root = rows_root(
        (canonical({k: v for k, v in row.items() if k != "salt"}), bytes.fromhex(row["salt"]))
        for row in rows
    )
    for salt in published_salts:
        assert channel_digest(Channel.BOARD, root, ["王*英"], salt) != board
    assert channel_digest(Channel.BOARD, root, ["王*英"], kept) == board
