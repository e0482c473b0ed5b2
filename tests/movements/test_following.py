"""What was derived from a list follows its corrections, until it is published."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from disclosure.corrections.service import strike_row
from disclosure.movements.comparing import Change
from disclosure.movements.completing import list_changes
from disclosure.movements.models import ChangeSet
from portal.data.accounts import OPERATOR
from portal.kernel.clock import SettableClock
from tests.disclosure.lists import NOVEMBER, OCTOBER, Household, Office, id_number

STAYS, COMES = Household("王秀英"), Household("马伟", id_number=id_number(77))
LATER = replace(NOVEMBER, households=(STAYS, Household("欧阳兰"), COMES))


def changes_of(office: Office) -> list[tuple[Change, int | None, int | None]]:
    """Return what the newest set says: change, row before, row after."""
    with office.sessions.reading() as session:
        newest = session.scalars(select(ChangeSet).where(ChangeSet.later_period == "2026-11")).one()
        return [
            (
                one.change,
                one.household.before.n if one.household.before else None,
                one.household.after.n if one.household.after else None,
            )
            for one in list_changes(session, newest)
        ]


def test_whoever_is_struck_has_left_or_never_came(office: Office, clock: SettableClock) -> None:
    office.publish(replace(OCTOBER, households=(STAYS, Household("欧阳兰"))), now=clock.now())
    clock.advance(timedelta(days=31))
    (notice_id,) = office.publish(LATER, now=clock.now())
    assert changes_of(office) == [(Change.ADDED, None, 3)]
    for n in (3, 2):
        with office.sessions.writing() as session:
            strike_row(
                *(session, OPERATOR, notice_id, n, "重复列入名单"),
                keys=office.keys,
                now=clock.now(),
            )
        expected = [] if n == 3 else [(Change.REMOVED, 2, None)]
        assert changes_of(office) == expected
