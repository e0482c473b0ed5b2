"""A case goes to another unit: its keys with it, and never to whom it is about."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints import transfer
from complaints.models import ComplaintKey, KeyPurpose
from complaints.statements import Statement
from complaints.tracks import Accused, Track
from complaints.workflow import State
from portal.kernel.errors import NotFound, Refused
from tests.complaints.conftest import (
    CONTACT,
    TEXT,
    Bureau,
    Handler,
    due,
    handler,
)
from tests.fixtures.people import GUANTING, SANYING, YUANZHOU


def holders(session: Session, case_id: str, purpose: KeyPurpose) -> set[str]:
    found = session.scalars(
        select(ComplaintKey.unit_id).where(
            ComplaintKey.complaint_id == case_id, ComplaintKey.purpose == purpose
        )
    )
    return {unit for unit in found if unit is not None}


def test_referring_hands_the_keys_on_and_takes_them_away(bureau: Bureau) -> None:
    staff = handler(bureau, contact=CONTACT, consent=True)
    case = staff.do(transfer.refer, unit_id="guanting")
    assert (case.state, case.responsible_unit_id) == (State.REFERRED, "guanting")
    with pytest.raises(NotFound):
        staff.open()
    receiver = Handler(bureau, staff.filed, "guanting")
    opened = receiver.open()
    assert (opened.statement.text, opened.contact) == (TEXT, CONTACT)
    assert "petition-wrong-agency" in due(case)
    back = receiver.do(transfer.send_back, reason="属三营镇。")
    assert (back.state, back.responsible_unit_id) == (State.REGISTERED, "sanying")
    assert staff.open().statement.text == TEXT
    with pytest.raises(NotFound):
        receiver.open()


@pytest.mark.parametrize("unit", ["sanying", "discipline", "nowhere"])
def test_a_case_is_not_referred_to_whom_it_may_not_reach(bureau: Bureau, unit: str) -> None:
    staff = handler(bureau, Track.SERVICE, "yuanzhou")
    with pytest.raises(Refused):
        staff.do(transfer.refer, unit_id=unit)
    assert bureau.case(staff.filed).responsible_unit_id == "yuanzhou"


def test_only_a_referred_case_is_sent_back(bureau: Bureau) -> None:
    with pytest.raises(Refused):
        handler(bureau).do(transfer.send_back, reason="不属于本单位")


def test_a_case_is_moved_once_and_no_clock_with_it(bureau: Bureau) -> None:
    staff = handler(bureau, contact=CONTACT, consent=True)
    before = due(bureau.case(staff.filed))
    bureau.clock.advance(timedelta(days=4))
    moved = staff.do(transfer.move, track=Track.SERVICE, reason="反映的是办事拖拉。")
    assert (moved.track, moved.state, moved.times_moved) == (Track.SERVICE, State.REGISTERED, 1)
    assert moved.responsible_unit_id == "yuanzhou"
    after = due(moved)
    assert after["petition-acceptance"] == before["petition-acceptance"]
    assert after["service-complaint"] == date(2026, 10, 23)
    again = Handler(bureau, staff.filed, "yuanzhou")
    with pytest.raises(Refused):
        again.do(transfer.move, track=Track.HELP, reason="又不是")
    with pytest.raises(Refused):
        again.do(transfer.move, track=Track.SERVICE, reason="同一类")


def test_a_complaint_moved_to_the_discipline_office_leaves_no_trace_behind(bureau: Bureau) -> None:
    staff = handler(bureau, Track.SERVICE, "yuanzhou", contact=CONTACT, consent=True)
    case = staff.do(transfer.move, track=Track.ACCUSATION, reason="涉及收受财物。")
    assert (case.responsible_unit_id, case.supervising_unit_id) == ("discipline", None)
    assert (case.region_code, case.concerned_unit_id) == (YUANZHOU, None)
    with bureau.sessions.reading() as session:
        for purpose in KeyPurpose:
            assert holders(session, case.id, purpose) == {"discipline"}
    opened = Handler(bureau, staff.filed, "discipline").open()
    assert (opened.statement.concerned, opened.statement.place) == ("sanying", SANYING)
    assert opened.contact == CONTACT


def test_an_accusation_moved_on_never_reaches_the_accused(bureau: Bureau) -> None:
    filed = bureau.file(
        Track.ACCUSATION, statement=Statement(TEXT, GUANTING, accused=Accused.TOWNSHIP)
    )
    staff = Handler(bureau, filed, "discipline")
    case = staff.do(transfer.move, track=Track.HELP, reason="实为咨询。")
    # 官厅镇's own office would answer a plea for help, were it not the one accused.
    assert case.concerned_unit_id == "guanting"
    assert case.responsible_unit_id == "yuanzhou"
    with bureau.sessions.reading() as session:
        assert holders(session, case.id, KeyPurpose.CONTENT) == {"yuanzhou", "city"}
    with pytest.raises(NotFound):
        Handler(bureau, filed, "guanting").open()
