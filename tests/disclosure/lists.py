"""Lists for tests 名单: files about people who do not exist, and how they become notices."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from disclosure import service
from disclosure.importing import Imported, Prepared, import_list, prepare
from disclosure.intake.kinds import Kind
from disclosure.models import Notice, NoticeVersion, PrintCode, Submission
from disclosure.namepolicy import choose_policy, get_policy
from disclosure.queries import get_intake_place
from portal.data.accounts import OPERATOR, Actor, User, actor_of
from portal.data.keyfiles import Keys
from portal.data.session import Sessions
from portal.kernel.masking import DEFAULT_POLICY, MaskingPolicy
from portal.kernel.period import parse_period
from tests.fixtures.people import SANYING

EAST, TUANJIE, MALU = "东塬村委会", "团结村委会", "马路村委会"  # three villages of 三营镇
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, *, born: str = "19700315") -> str:
    """Return an ID number under the county code 640499, which no county has."""
    digits = f"640499{born}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


@dataclass(frozen=True)
class Household:
    """One line of a list that a township exports; the ID number follows from its place if empty."""

    name: str
    village: str = EAST
    group: str = "1组"
    persons: str = "2"
    class_: str = "B"
    amount: str = "330"
    id_number: str = ""
    relief: str = "支出型"
    reason: str = "突发疾病"


def list_csv(households: Sequence[Household], *, kind: Kind = Kind.STANDING) -> bytes:
    """Return a list as a township's CSV file."""
    target = io.StringIO()
    writer = csv.writer(target)
    last = ["救助类型", "救助事由", "救助金额（元）"]
    if kind is not Kind.TEMPORARY:
        last = ["家庭人口", "保障人口", "救助类别", "月保障金额（元）"]
    writer.writerow(["行政村", "村民小组", "户主姓名", "身份证号码", *last])
    for serial, one in enumerate(households, start=1):
        number = one.id_number or id_number(serial)
        values = [one.relief, one.reason, one.amount]
        if kind is not Kind.TEMPORARY:
            values = [one.persons, one.persons, one.class_, one.amount]
        writer.writerow([one.village, one.group, one.name, number, *values])
    return target.getvalue().encode()


FOUR = (
    Household("王秀英"),
    Household("欧阳兰"),
    Household("马伟", persons="3", amount="660.50"),
    Household("尉迟敬德", village=TUANJIE),
)


@dataclass(frozen=True)
class Given:
    """A file as somebody brings it in; the township is 三营镇."""

    households: Sequence[Household] = FOUR
    kind: Kind = Kind.STANDING
    period: str = "2026-10"
    policy: MaskingPolicy = DEFAULT_POLICY
    region: str = SANYING
    filename: str = "名单.csv"
    data: bytes | None = field(default=None, repr=False)


OCTOBER = Given()
NOVEMBER = replace(OCTOBER, period="2026-11")
REVIEW = replace(OCTOBER, kind=Kind.REVIEW, period="2026-11-16/2026-11-22")


class Office:
    """Brings lists in, submits and approves them, each step in a transaction of its own."""

    def __init__(self, sessions: Sessions, keys: Keys) -> None:
        self.sessions = sessions
        self.keys = keys

    def prepare(self, given: Given, *, now: datetime) -> Prepared:
        """Read, check and mask the file."""
        with self.sessions.reading() as session:
            place = get_intake_place(session, given.region)
            decided = get_policy(session, given.region)
        if decided != given.policy:
            with self.sessions.writing() as session:
                choose_policy(session, OPERATOR, given.policy, area=given.region, now=now)
        data = given.data
        if data is None:
            data = list_csv(given.households, kind=given.kind)
        return prepare(
            data,
            filename=given.filename,
            kind=given.kind,
            place=place,
            period=parse_period(given.period),
            policy=given.policy,
            keys=self.keys,
            now=now,
        )

    def bring_in(self, given: Given, *, now: datetime, actor: Actor = OPERATOR) -> Imported:
        """Store the file as a draft."""
        prepared = self.prepare(given, now=now)
        with self.sessions.writing() as session:
            return import_list(session, actor, prepared, now=now)

    def submit(self, given: Given, *, now: datetime, actor: Actor = OPERATOR) -> Imported:
        """Store the file and submit it for approval."""
        imported = self.bring_in(given, now=now, actor=actor)
        with self.sessions.writing() as session:
            service.submit(session, actor, imported.submission_id, now=now)
        return imported

    def approve(
        self, submission_id: str, *, now: datetime, actor: Actor = OPERATOR
    ) -> tuple[str, ...]:
        """Approve what is stored now; return the notices' ids."""
        digest = self.submission(submission_id).digest
        with self.sessions.writing() as session:
            return service.approve(session, actor, submission_id, digest, now=now)

    def publish(self, given: Given, *, now: datetime) -> tuple[str, ...]:
        """Bring in, submit and approve as the operator; return the notices' ids, by place."""
        return self.approve(self.submit(given, now=now).submission_id, now=now)

    def submission(self, submission_id: str) -> Submission:
        """Return the stored file."""
        with self.sessions.reading() as session:
            return session.get_one(Submission, submission_id)

    def notice(self, notice_id: str) -> Notice:
        """Return the stored notice."""
        with self.sessions.reading() as session:
            return session.get_one(Notice, notice_id)

    def version(self, notice_id: str) -> NoticeVersion:
        """Return the notice's first version."""
        with self.sessions.reading() as session:
            return session.get_one(NoticeVersion, (notice_id, 1))

    def code(self, notice_id: str, version: int) -> str:
        """Return the short code of the board's copy of a version."""
        with self.sessions.reading() as session:
            return session.scalars(
                select(PrintCode.code).where(
                    PrintCode.notice_id == notice_id,
                    PrintCode.version == version,
                    PrintCode.channel == "board",
                )
            ).one()

    def actor(self, login: str) -> Actor:
        """Return the member of staff of that login as an actor."""
        with self.sessions.reading() as session:
            return actor_of(session.scalars(select(User).where(User.login == login)).one())


def database_bytes(database_url: str) -> bytes:
    """Return everything that SQLite's files hold: the database and its write-ahead file."""
    path = Path(database_url.removeprefix("sqlite:///"))
    wal = path.with_name(path.name + "-wal")
    return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")
