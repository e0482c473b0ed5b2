"""Whatever a small list holds, nothing that it becomes holds a number or a whole name of it."""

import json
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from disclosure.drafting import DraftNotice
from disclosure.gate import WITHHELD
from disclosure.intake.kinds import Kind
from disclosure.logbook.models import LogEntry
from disclosure.printing import poster_content
from disclosure.queries import find_board_notice, find_notice, notice_json
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Refused
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD, MaskingPolicy
from tests.disclosure.lists import MALU, Given, Household, Office, id_number
from tests.fixtures.pages import PageClient
from tests.privacy.outputs import Outputs
from tests.privacy.planting import DISGUISES, NUMBERS, TEXTS, Plant, Planter

TEMPORARY = Given(kind=Kind.TEMPORARY)
PLANTER = Planter("")
DAYS = (date(2020, 1, 1) + timedelta(days=number) for number in count())
NAMES = [PLANTER.name() for _ in range(60)]
PLANTER.of_file = NAMES[:1]  # whoever is planted stands in the first row
POLICIES = st.sampled_from([MaskingPolicy(), WHOLE_NAMES_ON_BOARD])


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    what = draw(st.sampled_from(NUMBERS + TEXTS))
    ways = list(DISGUISES) if what in NUMBERS else list(DISGUISES)[:16]
    return Plant(PLANTER.marker(), PLANTER.value(what), draw(st.sampled_from(ways)), "a row")


@st.composite
def households(draw: st.DrawFn, *, planted: bool) -> tuple[list[Household], list[Plant]]:
    """Draw a list of a few rows, one plant or more in the texts of rows if ``planted``."""
    found: list[Plant] = []
    rows = []
    for place in range(draw(st.integers(1, 5))):
        reason, group = "突发疾病", f"{draw(st.integers(1, 9))}组"
        if planted and (place == 0 or draw(st.booleans())):
            found.append(draw(plants()))
            if draw(st.booleans()) and len(found[-1].text) <= 40:
                group = found[-1].text
            else:
                reason = found[-1].text
        name = NAMES[0] if place == 0 else draw(st.sampled_from(NAMES[1:]))
        behind = draw(
            st.sampled_from(["", "", "13900000001", "（胃癌）", " 1 3 9 0 0 0 0 0 0 0 1"])
        )
        number = id_number(draw(st.integers(0, 99)) * 10 + place)
        rows.append(Household(name + behind, MALU, group, id_number=number, reason=reason))
    return rows, found


def a_day() -> str:
    """Return a period that no list has had before, so that none replaces another."""
    day = next(DAYS)
    return f"{day}/{day}"


def wanted(rows: list[Household]) -> list[tuple[str, str]]:
    return [(row.name.split("1")[0].split("（")[0].strip(), row.id_number) for row in rows]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_=households(planted=True), policy=POLICIES)
def test_a_draft_keeps_nothing_that_the_gate_stops(
    office: Office,
    clock: SettableClock,
    given_: tuple[list[Household], list[Plant]],
    policy: MaskingPolicy,
) -> None:
    rows, found = given_
    given_list = replace(TEMPORARY, households=rows, policy=policy, period=a_day())
    prepared = office.prepare(given_list, now=clock.now())
    outputs = Outputs()
    outputs.add("the draft", "\n".join(map(str, map(asdict_of_draft, prepared.notices))))
    outputs.add("the problems", str(prepared.checked.problems))
    outputs.add("the gate", str(prepared.gate))
    assert outputs.leaks(found, [] if policy is WHOLE_NAMES_ON_BOARD else wanted(rows)) == []
    assert outputs.leaks(found) == []
    kept = [
        text
        for notice in prepared.notices
        for row in notice.rows
        for text in (row.group, row.reason)
    ]
    assert kept.count(WITHHELD) == len({(hit.row, hit.field) for hit in prepared.gate}) >= 1
    with pytest.raises(Refused):
        office.publish(given_list, now=clock.now())


def asdict_of_draft(notice: DraftNotice) -> dict[str, Any]:
    """Return a draft as plain values, without the board's whole names, which are sealed later."""
    values = asdict(notice)
    for row in values["rows"]:
        del row["whole"]
    return values


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_=households(planted=False), policy=POLICIES)
def test_nothing_that_is_published_holds_a_number_or_a_whole_name(
    office: Office,
    client: PageClient,
    clock: SettableClock,
    given_: tuple[list[Household], list[Plant]],
    policy: MaskingPolicy,
) -> None:
    rows, _ = given_
    given_list = replace(TEMPORARY, households=rows, policy=policy, period=a_day())
    (notice_id,) = office.publish(given_list, now=clock.now())
    outputs = Outputs()
    for path in ("", ".json", ".csv", "/history", "/receipts"):
        outputs.add(f"/n/{notice_id}{path}", client.get(f"/n/{notice_id}{path}").data)
    with office.sessions.reading() as session:
        view = find_notice(session, notice_id, now=clock.now())
        assert view is not None
        outputs.add("the JSON", json.dumps(notice_json(session, view), ensure_ascii=False))
        outputs.add("the web's poster", repr(poster_content(view, base_url="")))
        board = find_board_notice(
            session, notice_id, now=clock.now(), open_parcel=office.keys.open_names
        )
        assert board is not None
        on_the_board = Outputs()
        on_the_board.add("the board's poster", repr(poster_content(board, base_url="")))
        outputs.add("the log", b"".join(session.scalars(select(LogEntry.entry))))
        for entry in session.scalars(select(AuditEntry)):
            outputs.add("the audit log", str(vars(entry)))
    assert len(board.rows or ()) == len(rows)
    assert outputs.leaks(persons=wanted(rows)) == []
    # Whole names may stand on the board where the county decided so; numbers never do.
    numbers = "\n".join(on_the_board.numbers())
    assert not [number for _, number in wanted(rows) if number in numbers]
    assert "13900000001" not in numbers
