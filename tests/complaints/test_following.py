"""Following a case with its code: alike for wrong and unknown codes, and what can be said."""

from datetime import date, timedelta

import pytest

from complaints import following, service
from complaints.following import WrongCode
from complaints.models import Deed
from complaints.sealing import Reporter
from complaints.tracks import Track
from complaints.workflow import State
from portal.kernel.clock import end_of_day
from portal.kernel.errors import Refused
from portal.kernel.receipts import ReceiptCode
from tests.complaints.conftest import (
    FILINGS,
    TEXT,
    Bureau,
    deeds,
    handler,
    say,
)


def test_a_wrong_secret_and_an_unknown_locator_are_refused_alike(bureau: Bureau) -> None:
    code = bureau.file(Track.HELP).code
    other = ReceiptCode(code.locator + ("1" if code.secret[0] != "1" else "2") + code.secret[1:])
    away = ReceiptCode(("1" if code.digits[0] != "1" else "2") + code.digits[1:])
    messages = set()
    for wrong in (other, away):
        with pytest.raises(WrongCode) as refused:
            bureau.follow(wrong)
        messages.add((refused.value.message, str(refused.value.params), refused.value.field))
    assert len(messages) == 1


def test_known_and_unknown_codes_cost_one_derivation_each(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = bureau.file(Track.HELP)
    derivations: list[bytes] = []
    derive = following.derive_reporter

    def counted(secret: str, salt: bytes) -> Reporter:
        derivations.append(salt)
        return derive(secret, salt)

    monkeypatch.setattr(following, "derive_reporter", counted)
    assert bureau.follow(filed.code).statement.text == TEXT
    assert len(derivations) == 1
    for digits in (filed.code.locator + "0" * 14, "9" * 20):
        derivations.clear()
        with pytest.raises(WrongCode):
            bureau.follow(ReceiptCode(digits))
        assert len(derivations) == 1


def test_the_reporter_says_not_satisfied_with_the_code_and_gets_a_second_answer(
    bureau: Bureau,
) -> None:
    staff = handler(bureau)
    staff.do(service.accept)
    staff.answer()
    with pytest.raises(Refused):
        say(bureau, staff.filed.code, satisfied=False)
    for _ in range(2):
        say(bureau, staff.filed.code, satisfied=False, text="少发了一个月。", token=b"same")
    case = bureau.case(staff.filed)
    assert case.state is State.REOPENED
    assert deeds(case)[-2:] == [Deed.CALLED_BACK, Deed.REOPEN]
    staff.answer("已补发。")
    say(bureau, staff.filed.code, satisfied=False, text="还是不对。", token=b"second")
    assert bureau.case(staff.filed).state is State.ANSWERED
    with pytest.raises(Refused):
        say(bureau, staff.filed.code, satisfied=True, token=b"third")


def test_a_closed_case_is_reopened_by_a_reporter_who_was_not_reached(bureau: Bureau) -> None:
    staff = handler(bureau)
    staff.do(service.accept)
    staff.answer()
    bureau.clock.advance(timedelta(days=10))
    staff.do(service.close)
    assert bureau.follow(staff.filed.code).may_rate
    say(bureau, staff.filed.code, satisfied=False, text="我没有接到电话。")
    case = bureau.case(staff.filed)
    assert (case.state, case.closed_at) == (State.REOPENED, None)


@pytest.mark.parametrize("track", list(FILINGS))
def test_a_review_may_be_asked_for_within_thirty_days_of_the_answer(
    bureau: Bureau, track: Track
) -> None:
    unit = {Track.SERVICE: "yuanzhou", Track.ACCUSATION: "discipline"}.get(track, "sanying")
    staff = handler(bureau, track, unit)
    assert bureau.follow(staff.filed.code).review_until is None
    staff.do(service.accept)
    staff.answer()
    until = bureau.follow(staff.filed.code).review_until
    assert until == (None if track is Track.ACCUSATION else date(2026, 11, 9))
    bureau.clock.move_to(end_of_day(date(2026, 11, 9)))
    assert bureau.follow(staff.filed.code).review_until is None
