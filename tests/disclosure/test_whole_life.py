"""The whole life of notices: nothing gets stuck, and nothing is shown whose time is over.

Whatever is done, in whatever order, and however the clock steps.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from disclosure import service
from disclosure.corrections import service as corrections
from disclosure.corrections.drafting import correct_row, strike
from disclosure.corrections.edits import RowEdit
from disclosure.corrections.models import OPEN, Correction
from disclosure.forgetting import forget_what_is_over
from disclosure.lifecycle import NEXT, OVER, VISIBLE, NoticeState, SubmissionState, state_at
from disclosure.models import Notice, NoticeRow, Submission
from disclosure.objections.course import HOLDING, Finding
from disclosure.objections.deciding import Recorded, decide_matter, record_finding
from disclosure.objections.models import RowMatter
from disclosure.objections.opening import FindingDue, hold_back
from disclosure.objections.reasons import list_reasons
from disclosure.posting import post_what_is_due, recall
from disclosure.queries import facts_of
from disclosure.withdrawing import withdraw_notice
from portal.data.accounts import OPERATOR
from portal.kernel.clock import SettableClock, local_date
from portal.kernel.errors import DomainError
from tests.disclosure.lists import OCTOBER, REVIEW, Household, Office
from tests.fixtures.pages import PageClient

REASON = "名单有误"
STEPS = 24
SEEDS = range(8)


@dataclass
class Town:
    """An office that does whatever it is told, and what was seen of its notices so far."""

    office: Office
    client: PageClient
    clock: SettableClock
    dice: random.Random
    month: int = 1
    over: set[str] = field(default_factory=set)

    def try_to(self, act: Callable[..., object], *args: object, **more: object) -> bool:
        """Do something in a transaction; a refusal changes nothing, anything else is a fault."""
        try:
            with self.office.sessions.writing() as session:
                act(session, OPERATOR, *args, **more, now=self.clock.now())
        except DomainError:
            return False
        return True

    def pick(self, table: Any, *where: Any) -> object | None:
        """Return one of the lines of a table, whichever the dice choose."""
        with self.office.sessions.reading() as session:
            found: Sequence[Any] = session.scalars(
                select(table).where(*where).order_by(table.id)
            ).all()
        return self.dice.choice(found) if found else None

    # What may happen ------------------------------------------------------------------------

    def bring_in(self) -> None:
        self.month += 1
        names = self.dice.sample(["王秀英", "马伟", "欧阳兰", "尉迟敬德", "李明"], 4)
        given = replace(
            self.dice.choice([OCTOBER, REVIEW]),
            households=[Household(name) for name in names],
            filename=f"{self.month}.csv",
        )
        if given.kind is OCTOBER.kind:
            given = replace(given, period=f"20{26 + self.month // 12}-{self.month % 12 + 1:02}")
        else:
            first = local_date(self.clock.now()) + timedelta(days=self.dice.randrange(-3, 4))
            last = first + timedelta(days=6)
            given = replace(given, period=f"{first}/{last}")
        self.office.bring_in(given, now=self.clock.now())

    def submit(self) -> None:
        one = self.pick(Submission, Submission.state == SubmissionState.DRAFT)
        if isinstance(one, Submission):
            self.try_to(service.submit, one.id)

    def approve(self) -> None:
        one = self.pick(Submission, Submission.state == SubmissionState.SUBMITTED)
        if isinstance(one, Submission):
            later = local_date(self.clock.now()) + timedelta(days=self.dice.randrange(4))
            self.try_to(service.approve, one.id, one.digest, post_on=later)

    def return_or_recall(self) -> None:
        one = self.pick(Submission, Submission.state == SubmissionState.SUBMITTED)
        if isinstance(one, Submission):
            self.try_to(service.return_to_clerk, one.id, REASON)
        one = self.pick(Submission, Submission.post_at.is_not(None))
        if isinstance(one, Submission):
            self.try_to(recall, one.id, REASON)

    def correct(self) -> None:
        notice = self.pick(Notice, Notice.published_at.is_not(None))
        if isinstance(notice, Notice):
            n, keys = self.dice.randrange(1, 5), self.office.keys
            edit = RowEdit("2组", 3, "A", self.dice.randrange(100, 900) * 100, "")
            if self.dice.random() < 0.3:
                self.try_to(strike, notice.id, n, keys=keys)
            else:
                self.try_to(correct_row, notice.id, n, edit, keys=keys)

    def go_on_with_a_correction(self) -> None:
        one = self.pick(Correction, Correction.state.in_(OPEN))
        if not isinstance(one, Correction):
            return
        if one.state is SubmissionState.DRAFT:
            private = self.dice.random() < 0.5
            self.try_to(corrections.submit, one.id, REASON, private=private)
        else:
            self.try_to(corrections.approve, one.id, one.digest)

    def object(self) -> None:
        notice = self.pick(Notice, Notice.published_at.is_not(None))
        if isinstance(notice, Notice):
            due = FindingDue(local_date(self.clock.now()) + timedelta(days=14), False)
            keys = self.office.keys
            n = self.dice.randrange(1, 5)
            with self.office.sessions.writing() as session:
                hold_back(session, notice.id, n, due=due, keys=keys, now=self.clock.now())

    def decide(self, finding: Finding | None = None) -> None:
        matter = self.pick(RowMatter, RowMatter.state.in_(tuple(HOLDING)))
        if isinstance(matter, RowMatter):
            found = finding or self.dice.choice(list(Finding))
            seen = Recorded(found, list_reasons(found)[0].code)
            if self.try_to(record_finding, matter.id, seen, ""):
                self.try_to(decide_matter, matter.id, seen, keys=self.office.keys)

    def withdraw(self) -> None:
        notice = self.pick(Notice, Notice.published_at.is_not(None))
        if isinstance(notice, Notice) and self.dice.random() < 0.4:
            self.try_to(withdraw_notice, notice.id, REASON)

    def wait(self) -> None:
        self.clock.advance(timedelta(hours=self.dice.choice([1, 9, 24, 80, 200])))

    def sweep(self) -> None:
        post_what_is_due(self.office.sessions, now=self.clock.now())
        forget_what_is_over(self.office.sessions, now=self.clock.now())

    # What must hold -------------------------------------------------------------------------

    def look(self) -> None:
        """Read every notice as anybody would, and hold it against its state."""
        now = self.clock.now()
        with self.office.sessions.reading() as session:
            notices = session.scalars(select(Notice).where(Notice.published_at.is_not(None))).all()
            states = {notice.id: state_at(facts_of(notice), now) for notice in notices}
            drafts = session.scalars(select(Notice.id).where(Notice.published_at.is_(None))).all()
        for notice_id, state in states.items():
            said = json.loads(self.client.get(f"/n/{notice_id}.json").data)
            assert said["state"] == state.value
            assert (said["rows"] is not None) == (state in VISIBLE)
            page = self.client.get(f"/n/{notice_id}")
            assert ('id="row-' in page.text) == (state in VISIBLE)
            assert notice_id not in self.over or state in OVER, "what is over came back"
            if state in OVER:
                self.over.add(notice_id)
                assert self.client.get(f"/n/{notice_id}.csv").status_code == 410
        for notice_id in drafts:
            assert self.client.get(f"/n/{notice_id}").status_code == 404


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_nothing_is_stuck_and_nothing_over_is_shown(
    office: Office, client: PageClient, clock: SettableClock, seed: int
) -> None:
    town = Town(office, client, clock, random.Random(seed))
    deeds = [
        *(town.bring_in, town.submit, town.submit, town.approve, town.approve),
        *(town.return_or_recall, town.correct, town.correct, town.go_on_with_a_correction),
        *(town.go_on_with_a_correction, town.object, town.object, town.decide, town.withdraw),
        *(town.wait, town.wait, town.sweep),
    ]
    for start in (town.bring_in, town.submit, town.approve, town.bring_in, town.submit):
        start()
    for _ in range(STEPS):
        town.dice.choice(deeds)()
        town.look()
    bring_to_an_end(town)


def bring_to_an_end(town: Town) -> None:
    """Do what is left to do, let a year pass, and find nothing that is still on its way."""
    for _ in range(12):
        for deed in (
            *(town.submit, town.approve, town.go_on_with_a_correction),
            *(partial(town.decide, Finding.CONFIRMED), town.wait, town.sweep),
        ):
            deed()
    town.clock.advance(timedelta(days=400))
    town.sweep()
    town.look()
    now = town.clock.now()
    with town.office.sessions.reading() as session:
        for notice in session.scalars(select(Notice).where(Notice.published_at.is_not(None))):
            state = state_at(facts_of(notice), now)
            stands = state is NoticeState.POSTED and notice.posted_to is None
            assert stands or (state in OVER and not NEXT[state])
        kept = set(
            session.scalars(
                select(NoticeRow.notice_id)
                .join(Notice, Notice.id == NoticeRow.notice_id)
                .where(Notice.published_at.is_not(None))
            )
        )
        waiting = session.scalars(
            select(Submission.state).where(
                Submission.state.in_([SubmissionState.DRAFT, SubmissionState.SUBMITTED])
            )
        ).all()
        assert not session.scalars(select(RowMatter).where(RowMatter.row_copy.is_not(None))).all()
    assert not waiting
    assert not kept & town.over
