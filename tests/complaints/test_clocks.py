"""The clocks of real cases, around the National Day of 2026."""

from datetime import date, datetime

import pytest

from complaints import service
from complaints.models import Channel
from complaints.tracks import Track
from portal.kernel.clock import end_of_day
from portal.kernel.errors import Refused
from tests.complaints.conftest import (
    CONTACT,
    Bureau,
    at,
    due,
    handler,
)

HELP_REPLY, ACCEPTANCE = "help-reply", "petition-acceptance"
FINDINGS, VERIFY = "objection-findings", "service-complaint"


def october(day: int) -> date:
    return date(2026, 10, day)


@pytest.mark.parametrize(
    ("filed_at", "track", "expected"),
    [
        # 1 to 7 October 2026 are holidays, Saturday the 10th is worked (State Council's calendar).
        (at(2026, 9, 29), Track.HELP, {HELP_REPLY: october(12), ACCEPTANCE: october(14)}),
        (at(2026, 9, 30), Track.OBJECTION, {FINDINGS: october(20), ACCEPTANCE: october(15)}),
        # A limit in calendar days that ends within the holidays runs on to the next working day.
        (at(2026, 9, 17), Track.SERVICE, {VERIFY: october(8), ACCEPTANCE: october(8)}),
        (at(2026, 9, 25), Track.ACCUSATION, {ACCEPTANCE: october(10)}),
    ],
)
def test_the_clocks_around_the_national_day(
    bureau: Bureau, filed_at: datetime, track: Track, expected: dict[str, date]
) -> None:
    bureau.clock.move_to(filed_at)
    case = bureau.case(bureau.file(track))
    assert due(case) == expected
    for clock in case.clocks:
        assert clock.due_at == end_of_day(clock.due_on)
        assert not clock.provisional


def test_a_named_accusation_has_fifteen_working_days(bureau: Bureau) -> None:
    bureau.clock.move_to(at(2026, 9, 25))
    case = bureau.case(bureau.file(Track.ACCUSATION, contact=CONTACT))
    # 28, 29, 30 September, 8 to 10, 12 to 16, 19 to 22 October.
    assert due(case) == {"accusation-acceptance": date(2026, 10, 22)}


def test_accepting_stops_one_clock_and_starts_the_other(bureau: Bureau) -> None:
    staff = handler(bureau)
    assert set(due(bureau.case(staff.filed))) == {"help-reply", "petition-acceptance"}
    accepted = staff.do(service.accept)
    assert due(accepted) == {"help-reply": date(2026, 10, 14), "petition-close": date(2026, 12, 7)}
    stopped = [clock for clock in accepted.clocks if clock.stopped_at is not None]
    assert [(each.rule_id, each.stopped_at) for each in stopped] == [
        ("petition-acceptance", bureau.clock.now())
    ]
    answered = staff.answer()
    assert set(due(answered)) == {"petition-close", "call-back"}


def test_a_year_without_a_calendar_makes_the_due_date_provisional(bureau: Bureau) -> None:
    bureau.clock.move_to(at(2099, 12, 28))
    case = bureau.case(bureau.file(Track.HELP))
    assert all(clock.provisional for clock in case.clocks)


def test_a_person_in_danger_is_contacted_within_one_working_day(bureau: Bureau) -> None:
    staff = handler(bureau, urgent=True)
    assert due(bureau.case(staff.filed))["help-urgent"] == date(2026, 10, 9)
    contacted = staff.do(service.record_contact, note="已上门，送去米面。")
    assert "help-urgent" not in due(contacted)
    with pytest.raises(Refused):
        handler(bureau).do(service.record_contact, note="没有急难")


def test_a_hotline_order_has_the_hotlines_clocks(bureau: Bureau) -> None:
    case = bureau.case(bureau.file(Track.HELP, channel=Channel.HOTLINE))
    assert {"hotline-sign", "hotline-reply", "hotline-return"} <= set(due(case))
