"""Handling a case: who may do what, and what the reporter sees of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from complaints import service, transfer
from complaints.following import add_statement
from complaints.models import Deed
from complaints.queries import list_cases
from complaints.statements import WayOut
from complaints.tracks import Track
from complaints.workflow import Action, State
from portal.data.accounts import Actor
from portal.data.audit import AuditEntry
from portal.kernel.clock import end_of_day
from portal.kernel.errors import Forbidden, NotFound, Refused
from portal.kernel.permissions import Role
from tests.complaints.conftest import (
    ANSWER,
    CONTACT,
    TEXT,
    Bureau,
    Handler,
    deeds,
    due,
    handler,
    say,
)


def test_the_whole_way_from_filing_to_closing(bureau: Bureau) -> None:
    staff = handler(bureau)
    assert staff.open().statement.text == TEXT
    assert staff.do(service.accept).state is State.ACCEPTED
    assert staff.answer().state is State.ANSWERED
    followed = bureau.follow(staff.filed.code)
    assert [text.text for text in followed.texts.values()] == [ANSWER]
    assert followed.may_rate
    say(bureau, staff.filed.code, satisfied=True)
    closed = staff.do(service.close)
    assert (closed.state, closed.satisfied) == (State.CLOSED, True)
    assert deeds(closed) == [
        Deed.FILED,
        Deed.OPENED,
        Deed.ACCEPT,
        Deed.ANSWER,
        Deed.CALLED_BACK,
        Deed.CLOSE,
    ]
    assert due(closed) == {}


def test_not_accepted_says_why_and_which_way_is_open(bureau: Bureau) -> None:
    staff = handler(bureau)
    reason = "低保审批结果应申请行政复议。"
    case = staff.do(service.decline, reason=reason, way_out=WayOut.RECONSIDERATION)
    assert (case.state, due(case)) == (State.NOT_ACCEPTED, {})
    (text,) = bureau.follow(staff.filed.code).texts.values()
    assert (text.text, text.way_out) == (reason, WayOut.RECONSIDERATION)


@pytest.mark.parametrize("words", ["", "  \n", "长" * 5001])
def test_a_reason_or_answer_of_no_words_or_too_many_is_refused(bureau: Bureau, words: str) -> None:
    staff = handler(bureau)
    with pytest.raises(Refused):
        staff.do(service.decline, reason=words, way_out=WayOut.NONE)
    staff.do(service.accept)
    with pytest.raises(Refused):
        staff.answer(words)
    assert bureau.case(staff.filed).state is State.ACCEPTED


def test_it_is_not_closed_before_the_reporter_was_asked(bureau: Bureau) -> None:
    staff = handler(bureau)
    staff.do(service.accept)
    staff.answer()
    with pytest.raises(Refused, match="Ask the reporter first"):
        staff.do(service.close)
    # Five working days after the answer of Thursday the 8th (Saturday is worked): the 14th.
    bureau.clock.move_to(end_of_day(date(2026, 10, 14)) - timedelta(seconds=1))
    with pytest.raises(Refused):
        staff.do(service.close)
    bureau.clock.advance(timedelta(seconds=1))
    assert staff.do(service.close).state is State.CLOSED


def test_staff_call_back_and_a_dissatisfied_reporter_reopens_it_once(bureau: Bureau) -> None:
    staff = handler(bureau)
    staff.do(service.accept)
    staff.answer()
    reopened = staff.do(service.record_call_back, satisfied=False, note="电话：钱还是没有到。")
    assert (reopened.state, reopened.times_reopened) == (State.REOPENED, 1)
    assert set(due(reopened)) == {"help-reply", "petition-close"}
    assert staff.answer("第二次答复").state is State.ANSWERED
    again = staff.do(service.record_call_back, satisfied=False, note="仍不满意")
    assert (again.state, again.satisfied) == (State.ANSWERED, False)
    assert staff.do(service.close).state is State.CLOSED


def test_a_question_and_what_the_reporter_adds_reach_each_other(bureau: Bureau) -> None:
    staff = handler(bureau)
    staff.do(service.ask_reporter, text="哪几个月没有到账？")
    followed = bureau.follow(staff.filed.code)
    assert [text.text for text in followed.texts.values()] == ["哪几个月没有到账？"]
    with bureau.sessions.writing() as session:
        add_statement(session, followed, text="7月到9月", token=b"1", now=bureau.clock.now())
    assert {text.text for text in staff.open().texts.values()} == {"哪几个月没有到账？", "7月到9月"}


def test_nothing_is_asked_or_added_when_it_is_over(bureau: Bureau) -> None:
    staff = handler(bureau)
    staff.do(service.decline, reason="不属于本单位", way_out=WayOut.OTHER_OFFICE)
    with pytest.raises(Refused):
        staff.do(service.ask_reporter, text="？")
    followed = bureau.follow(staff.filed.code)
    with bureau.sessions.writing() as session, pytest.raises(Refused):
        add_statement(session, followed, text="补充", token=b"1", now=bureau.clock.now())


def test_the_result_is_told_to_a_named_accuser(bureau: Bureau) -> None:
    staff = handler(bureau, Track.ACCUSATION, "discipline", contact=CONTACT)
    staff.do(service.accept)
    staff.answer("已立案审查。")
    staff.do(service.record_call_back, satisfied=True, note="电话")
    assert set(due(staff.do(service.close))) == {"accusation-feedback"}
    told = staff.do(service.tell_result, text="已给予党内警告处分。")
    assert due(told) == {}
    assert "已给予党内警告处分。" in {
        text.text for text in bureau.follow(staff.filed.code).texts.values()
    }


EVERYTHING: list[tuple[Callable[..., object], dict[str, object]]] = [
    (service.accept, {}),
    (service.decline, {"reason": "理由", "way_out": WayOut.NONE}),
    (service.answer, {"text": "答复"}),
    (service.ask_reporter, {"text": "询问"}),
    (service.record_contact, {"note": "联系"}),
    (service.record_call_back, {"satisfied": True, "note": "回访"}),
    (service.close, {}),
    (service.tell_result, {"text": "结果"}),
    (transfer.refer, {"unit_id": "guanting"}),
    (transfer.send_back, {"reason": "理由"}),
    (transfer.move, {"track": Track.SERVICE, "reason": "理由"}),
]


@pytest.mark.parametrize(
    ("deed", "given"), EVERYTHING, ids=lambda value: getattr(value, "__name__", "")
)
def test_to_another_unit_a_case_does_not_exist(
    bureau: Bureau, deed: Callable[..., object], given: dict[str, object]
) -> None:
    filed = bureau.file(Track.HELP)
    for unit in ("guanting", "xiji", "discipline"):
        stranger = Handler(bureau, filed, unit)
        with pytest.raises(NotFound):
            stranger.do(deed, **given)
        with pytest.raises(NotFound):
            stranger.open()
    # A unit that looks on may read, and no more.
    watcher = Handler(bureau, filed, "yuanzhou")
    with pytest.raises(Forbidden):
        watcher.do(deed, **given)
    opened = watcher.open()
    assert (opened.statement.text, opened.may_act, opened.actions) == (TEXT, False, ())


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMIN, Role.REVIEWER, Role.SECURITY_AUDITOR])
def test_a_role_without_the_permission_reads_nothing(bureau: Bureau, role: Role) -> None:
    filed = bureau.file(Track.HELP)
    someone = bureau.actor("sanying", role)
    with bureau.sessions.writing() as session, pytest.raises(Forbidden):
        service.open_case(
            session, someone, bureau.keyring, filed.complaint_id, now=bureau.clock.now()
        )
    with bureau.sessions.reading() as session, pytest.raises(Forbidden):
        list_cases(session, someone, now=bureau.clock.now())


def test_the_operator_at_the_command_line_reads_no_complaint(bureau: Bureau) -> None:
    filed = bureau.file(Track.HELP)
    operator = Actor(None, "operator", None, None, None, bureau.actor("sanying").permissions)
    with bureau.sessions.writing() as session, pytest.raises(NotFound):
        service.open_case(
            session, operator, bureau.keyring, filed.complaint_id, now=bureau.clock.now()
        )


@pytest.mark.parametrize(("consent", "sees"), [(False, {"city"}), (True, {"city", "yuanzhou"})])
def test_who_wrote_is_seen_only_where_the_track_allows(
    bureau: Bureau, consent: bool, sees: set[str]
) -> None:
    filed = bureau.file(Track.SERVICE, contact=CONTACT, consent=consent)
    for unit in ("city", "yuanzhou"):
        opened = Handler(bureau, filed, unit).open()
        assert opened.contact == (CONTACT if unit in sees else None)


def test_every_deed_is_audited_without_a_word_of_what_was_written(bureau: Bureau) -> None:
    staff = handler(bureau, contact=CONTACT)
    staff.open()
    staff.do(service.accept)
    staff.do(service.ask_reporter, text="哪几个月？")
    staff.answer()
    staff.do(service.record_call_back, satisfied=True, note="电话：满意。")
    staff.do(service.close)
    with bureau.sessions.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == staff.filed.complaint_id)
        ).all()
    assert [entry.action for entry in entries] == [
        "complaint.open",
        "complaint.accept",
        "complaint.question",
        "complaint.answer",
        "complaint.call-back",
        "complaint.close",
    ]
    assert {entry.actor_id for entry in entries} == {staff.actor.user_id}
    written = str([entry.details for entry in entries])
    for words in (TEXT, ANSWER, "哪几个月", "满意", CONTACT.name):
        assert words not in written


def test_the_form_of_actions_offered_follows_the_state(bureau: Bureau) -> None:
    staff = handler(bureau)
    assert Action.ACCEPT in staff.open().actions
    staff.do(service.accept)
    assert Action.ANSWER in staff.open().actions
    staff.answer()
    assert staff.open().actions == ()
    say(bureau, staff.filed.code, satisfied=True)
    assert staff.open().actions == (Action.CLOSE,)
