"""Real files, approved one after the other: what changed outlives the rows of the first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from disclosure.forgetting import forget_what_is_over
from disclosure.models import NoticeRow
from disclosure.movements.comparing import Alteration, Change
from disclosure.movements.completing import list_change_sets, list_changes
from portal.kernel.clock import SettableClock
from tests.disclosure.lists import (
    MALU,
    TUANJIE,
    Given,
    Household,
    Office,
    database_bytes,
    id_number,
)
from tests.fixtures.database import Database
from tests.fixtures.people import SANYING
from tests.movements.lists import DIBAO

OCTOBER = Given(
    households=(
        Household("王秀英", id_number=id_number(1)),
        Household("欧阳兰", id_number=id_number(2)),
        Household("马伟", id_number=id_number(3), amount="660.50"),
        Household("尉迟敬德", id_number=id_number(4), village=TUANJIE),
    )
)
NOVEMBER = replace(
    OCTOBER,
    period="2026-11",
    households=(
        Household("欧阳兰", id_number=id_number(2), village=MALU),
        Household("马伟", id_number=id_number(3), amount="700"),
        Household("尉迟敬德", id_number=id_number(4), village=TUANJIE),
        Household("李桂花", id_number=id_number(5), village=TUANJIE),
    ),
)


def test_what_changed_outlives_the_rows_it_was_derived_from(
    office: Office, clock: SettableClock, database: Database
) -> None:
    office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(days=31))
    office.publish(NOVEMBER, now=clock.now())
    assert forget_what_is_over(office.sessions, now=clock.now()) > 0
    with office.sessions.reading() as session:
        assert len(session.scalars(select(NoticeRow.n)).all()) == len(NOVEMBER.households)
        (made,) = list_change_sets(session, SANYING, DIBAO, "2026-11")
        added, removed, moved, kept = list_changes(session, made)
    assert (made.earlier_period, made.later_period) == ("2026-10", "2026-11")
    assert (added.change, added.household.listed.name) == (Change.ADDED, "李**")
    assert (removed.change, removed.household.listed.name) == (Change.REMOVED, "王**")
    assert removed.household.listed.name_board == "王*英"
    assert (moved.change, moved.household.listed.name) == (Change.MOVED, "欧阳*")
    assert kept.alterations == (Alteration.AMOUNT,)
    if database.kind == "sqlite":
        stored = database_bytes(database.url)
        for whole in ("王秀英", "李桂花", id_number(1)):
            assert whole.encode() not in stored


@pytest.mark.databases("sqlite")
def test_what_is_forgotten_can_be_read_nowhere(
    office: Office, clock: SettableClock, database: Database
) -> None:
    office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(days=31))
    office.publish(NOVEMBER, now=clock.now())
    forget_what_is_over(office.sessions, now=clock.now())
    # 王*英 left, so nothing but what was recorded of her names her.
    name = b"\\u738b*\\u82f1"
    assert name in database_bytes(database.url)
    clock.advance(timedelta(days=93))
    forget_what_is_over(office.sessions, now=clock.now())
    assert name not in database_bytes(database.url)
