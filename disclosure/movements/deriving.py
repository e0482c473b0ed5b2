"""Deriving 增减推算: what changed between two standing lists of an area, from the stored rows.

Both lists stream out of the database household by household, in one pass; nothing is compared but
keyed digests. The rows of a list are forgotten soon after another has replaced it, so what changed
is recorded in that very transaction (``recording``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from disclosure.catalogue import standing_kinds
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow, Submission
from disclosure.movements.comparing import (
    Comparison,
    HouseholdChange,
    Listed,
    Pair,
    Side,
    Uncompared,
    compare_pairs,
    in_order,
)
from portal.data.regions import code_prefix, path_of
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.language import N_
from portal.kernel.period import Period

AT_ONCE = 2_000  # rows that are fetched together
DIGESTS_AT_ONCE = 400
EVERYWHERE = ""


@dataclass(frozen=True)
class Lists:
    """Which files make the lists on both sides: ids of submissions with the place of each."""

    earlier: Mapping[str, str]
    later: Mapping[str, str]


def derive_changes(
    session: Session, region_code: str, programme: str, earlier: Period, later: Period
) -> Comparison:
    """Return what changed in an area between the lists of two periods, as they were last approved.

    A township, a county, the city: a household that came from outside the area, or went there, has
    moved as well. Raises NotFound where one of the lists was never there, Conflict where its rows
    are forgotten already, DifferentKeys where the two cannot be compared.
    """
    path = [region.code for region in path_of(session, region_code)]
    kinds = standing_kinds(session, programme)
    lists = Lists(*(_find_lists(session, path, kinds, period) for period in (earlier, later)))
    for found, period in ((lists.earlier, earlier), (lists.later, later)):
        if not found:
            raise NotFound(
                N_("There is no standing list of %(period)s here to compare with."),
                period=period.text,
            )
    area = code_prefix(region_code)
    _check_not_forgotten(session, lists, area)
    comparison = compare_lists(session, lists, area=area)
    everywhere = Lists(*(_find_lists(session, (), kinds, period) for period in (earlier, later)))
    if everywhere == lists:
        return comparison
    return _with_moves_beyond(session, comparison, everywhere)


def compare_lists(session: Session, lists: Lists, *, area: str = EVERYWHERE) -> Comparison:
    """Compare the files of both sides, within the places whose codes begin with ``area``.

    Rows that are not there say that nobody was on that list. Raises DifferentKeys.
    """
    uncompared = _find_uncompared(session, lists, area=area)
    return compare_pairs(_pairs(session, lists, area), uncompared)


def _find_lists(
    session: Session, path: Sequence[str], kinds: Sequence[str], period: Period
) -> dict[str, str]:
    """Return the file that was approved last for each place inside the area or around it."""
    query = (
        select(Submission.region_code, Submission.id)
        .where(
            Submission.kind.in_(kinds),
            Submission.period == period.text,
            Submission.state == SubmissionState.APPROVED,
            # What is approved may still wait for its day.
            ~exists().where(Notice.submission_id == Submission.id, Notice.published_at.is_(None)),
        )
        .order_by(Submission.decided_at, Submission.id)
    )
    if path:
        inside = Submission.region_code.startswith(code_prefix(path[-1]))
        query = query.where(or_(inside, Submission.region_code.in_(path)))
    last = dict(session.execute(query).all())
    return {submission: region for region, submission in last.items()}


def _check_not_forgotten(session: Session, lists: Lists, area: str) -> None:
    """Raise Conflict where rows are forgotten, because another list has replaced theirs."""
    period = session.scalar(
        select(Submission.period)
        .join(Notice, Submission.id == Notice.submission_id)
        .where(
            Submission.id.in_([*lists.earlier, *lists.later]),
            Notice.region_code.startswith(area),
            Notice.withdrawn_at.is_(None),
            ~exists().where(NoticeRow.notice_id == Notice.id, NoticeRow.version == Notice.version),
        )
        .limit(1)
    )
    if period is not None:
        raise Conflict(
            N_(
                "The rows of the list of %(period)s are forgotten already, because another has "
                "replaced it. What changed was kept when that happened."
            ),
            period=period,
        )


def _find_uncompared(session: Session, lists: Lists, *, area: str = EVERYWHERE) -> Uncompared:
    """Return the villages of which one side has no list."""
    query = (
        select(
            *(Submission.region_code, Submission.id),
            *(Notice.region_code, Notice.withdrawn_at.is_not(None)),
        )
        .join(Submission, Submission.id == Notice.submission_id)
        .where(
            Submission.id.in_([*lists.earlier, *lists.later]),
            Notice.region_code.startswith(area),
        )
    )
    unknown: dict[Side, set[str]] = {side: set() for side in Side}
    for place, submission, village, withdrawn in session.execute(query):
        here, there, others = (
            (Side.EARLIER, Side.LATER, lists.later)
            if submission in lists.earlier
            else (Side.LATER, Side.EARLIER, lists.earlier)
        )
        if withdrawn:
            unknown[here].add(village)
        if place not in others.values():
            unknown[there].add(village)
    return Uncompared(frozenset(unknown[Side.EARLIER]), frozenset(unknown[Side.LATER]))


def _lines() -> Select[*tuple[Any, ...]]:
    """Return the query for rows of lists: the file's id first, then a row's members in order."""
    row = NoticeRow
    return (
        select(
            *(Notice.submission_id, row.key_id, row.household_digest, Notice.region_code),
            *(row.notice_id, row.n, row.group, row.name, row.name_board, row.name_kiosk),
            *(row.persons, row.class_, row.amount_fen, row.exit_month),
        )
        .join(Notice, and_(Notice.id == row.notice_id, Notice.version == row.version))
        .where(Notice.withdrawn_at.is_(None))
    )


def _pairs(session: Session, lists: Lists, area: str) -> Iterator[Pair]:
    """Yield the rows of each household on both sides, straight from the database's order."""
    query = (
        _lines()
        .where(
            Notice.submission_id.in_([*lists.earlier, *lists.later]),
            Notice.region_code.startswith(area),
        )
        .order_by(NoticeRow.household_digest)
    )
    # Past the mapper, which would look at each of two hundred thousand rows.
    lines = session.connection().execute(query, execution_options={"yield_per": AT_ONCE})
    for _, rows in groupby(lines, itemgetter(2)):
        earlier: list[Listed] = []
        later: list[Listed] = []
        for line in rows:
            side = earlier if line[0] in lists.earlier else later
            side.append(_listed(line))
        yield earlier, later


def _listed(line: Row[*tuple[Any, ...]]) -> Listed:
    return Listed._make(line[1:])


def list_listed(
    session: Session, submissions: Collection[str], digests: Iterable[str]
) -> dict[str, Listed]:
    """Return the rows of given households on the lists of ``submissions``, by digest."""
    wanted = sorted(digests)
    found: dict[str, Listed] = {}
    for at in range(0, len(wanted), DIGESTS_AT_ONCE):
        query = (
            _lines()
            .where(NoticeRow.household_digest.in_(wanted[at : at + DIGESTS_AT_ONCE]))
            .order_by(Notice.region_code, NoticeRow.notice_id, NoticeRow.n)
        )
        # With the files in the query, SQLite would read these instead of looking the digests up.
        for line in session.execute(query):
            if line[0] in submissions:
                row = _listed(line)
                found.setdefault(row.digest, row)
    return found


def _with_moves_beyond(session: Session, comparison: Comparison, everywhere: Lists) -> Comparison:
    """Return ``comparison`` with the households that came from outside the area or went there.

    Inside the area they would have been found already.
    """
    open_ends = [one for one in comparison.changes if one.before is None or one.after is None]
    came = [one.listed.digest for one in open_ends if one.before is None]
    went = [one.listed.digest for one in open_ends if one.after is None]
    before = list_listed(session, everywhere.earlier, came)
    after = list_listed(session, everywhere.later, went)
    changes = (
        HouseholdChange(
            one.before or before.get(one.listed.digest), one.after or after.get(one.listed.digest)
        )
        for one in comparison.changes
    )
    return replace(comparison, changes=in_order(changes))
