"""Importing 导入: what no database would take is a problem of its row, never a crash."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow, Submission
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.permissions import Role
from tests.disclosure.lists import FOUR, OCTOBER, Given, Household, Office

AddStaff = Callable[..., str]

TOO_MUCH = {
    "a name of 61 characters": Household("马" * 61),
    "a group of 41 characters": Household("王秀英", group="大" * 40 + "组"),
    "persons beyond an integer": Household("王秀英", persons="3000000000"),
    "an amount beyond any budget": Household("王秀英", amount="9999999999999"),
    "an amount beyond any number": Household("王秀英", amount="1e300"),
}


def test_what_is_too_much_is_an_error_of_its_row(office: Office, clock: SettableClock) -> None:
    for what, household in TOO_MUCH.items():
        imported = office.bring_in(Given(households=[household, *FOUR[1:]]), now=clock.now())
        stored = office.submission(imported.submission_id)
        found = {(problem["row"], problem["severity"]) for problem in stored.problems}
        assert found == {(2, "error")}, what
        assert (stored.rows_ok, stored.rows_bad) == (3, 1), what


def test_a_reason_that_is_too_long_is_an_error_of_its_row(
    office: Office, clock: SettableClock
) -> None:
    long = Household("王秀英", reason="病" * 201)
    given = Given(households=[long, FOUR[1]], kind=Kind.TEMPORARY, period="2026-Q3")
    imported = office.bring_in(given, now=clock.now())
    problems = office.submission(imported.submission_id).problems
    assert [(problem["row"], problem["code"]) for problem in problems] == [(2, "unreadable")]


def test_what_just_fits_is_stored(office: Office, clock: SettableClock) -> None:
    widest = Household("马" * 60, group="大" * 39 + "组", persons="100", amount="9999999.99")
    (notice_id,) = office.publish(Given(households=[widest]), now=clock.now())
    with office.sessions.reading() as session:
        (row,) = session.scalars(select(NoticeRow).where(NoticeRow.notice_id == notice_id))
    assert (len(row.name), len(row.group), row.amount_fen) == (60, 40, 9_999_999_99)


@pytest.mark.parametrize(
    "name", ["\udce5\udc90\udc8d.csv", "a\x00b.csv", "长" * 300, "", "../../x"]
)
def test_no_name_of_a_file_is_in_the_way(office: Office, clock: SettableClock, name: str) -> None:
    imported = office.bring_in(replace(OCTOBER, filename=name), now=clock.now())
    stored = office.submission(imported.submission_id)
    assert len(stored.file_name) <= 200
    assert "\x00" not in stored.file_name


def test_the_same_file_is_the_same_list(office: Office, clock: SettableClock) -> None:
    first = office.bring_in(OCTOBER, now=clock.now())
    again = office.bring_in(replace(OCTOBER, filename="又一次.csv"), now=clock.now())
    assert again == replace(first, repeated=True)
    published = office.publish(OCTOBER, now=clock.now())
    assert published == first.notice_ids
    again = office.bring_in(OCTOBER, now=clock.now())
    assert again == replace(first, repeated=True, state=SubmissionState.APPROVED)
    with office.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        assert session.scalar(select(func.count()).select_from(Notice)) == 2
        imports = select(AuditEntry).where(AuditEntry.action == "list-import")
        assert len(session.scalars(imports).all()) == 1


def test_the_same_file_for_another_month_is_another_list(
    office: Office, clock: SettableClock
) -> None:
    first = office.bring_in(OCTOBER, now=clock.now())
    second = office.bring_in(replace(OCTOBER, period="2026-11"), now=clock.now())
    assert (second.repeated, second.submission_id == first.submission_id) == (False, False)


def test_a_file_without_a_good_row_is_not_stored(office: Office, clock: SettableClock) -> None:
    for given in (
        Given(households=[Household("王秀英", amount="x")]),
        Given(data=b"not a list at all"),
        Given(data=b""),
        Given(data=b"PK\x03\x04 broken"),
        replace(OCTOBER, filename="孤儿名单.csv"),
    ):
        with pytest.raises(Refused):
            office.bring_in(given, now=clock.now())
    with office.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_whoever_may_not_bring_in_a_list_is_refused(
    office: Office, clock: SettableClock, add_staff: AddStaff
) -> None:
    for role in Role:
        if role is not Role.CLERK:
            actor = office.actor(add_staff(role))
            with pytest.raises(Forbidden):
                office.bring_in(OCTOBER, now=clock.now(), actor=actor)


def test_emergency_relief_is_counted_never_listed(office: Office, clock: SettableClock) -> None:
    emergencies = [
        Household(name, relief=relief, amount=amount)
        for name, relief, amount in (
            ("王秀英", "支出型", "500"),
            ("金山", "急难型", "800"),
            ("金川", "急难型", "1200.50"),
        )
    ]
    given = Given(households=emergencies, kind=Kind.TEMPORARY, period="2026-Q3")
    (notice_id,) = office.publish(given, now=clock.now())
    with office.sessions.reading() as session:
        names = session.scalars(select(NoticeRow.name)).all()
    assert names == ["王**"]
    version = office.version(notice_id)
    assert version.content["emergency"] == {"households": 2, "amount": "2000.50"}
    assert (version.households, version.amount_fen) == (3, 2500_50)
