"""Comparing 增减比对: what changed between two standing lists, by the households' digests alone.

Pure: it knows no name but the masked one that it carries along, and no database. Nobody types an
addition or a removal in; whoever stands on the later list and not on the earlier one is an
addition. A household on both lists in two villages has moved 迁移, which is neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portal.kernel.errors import Conflict
from portal.kernel.language import N_


class DifferentKeys(Conflict):
    """The digests of two lists were made with different keys, so nothing follows from them."""


class Side(StrEnum):
    """Which of the two lists."""

    EARLIER = "earlier"  # 上期
    LATER = "later"  # 本期


class Change(StrEnum):
    """What became of a household between two lists."""

    ADDED = "added"  # 新增
    REMOVED = "removed"  # 退出
    MOVED = "moved"  # 迁移
    KEPT = "kept"  # 继续享受, perhaps with something altered


class Alteration(StrEnum):
    """What is another for a household that stands on both lists 变更."""

    PERSONS = "persons"  # 保障人数
    CLASS = "class"  # 救助类别
    AMOUNT = "amount"  # 保障金额


class ExitStep(StrEnum):
    """Where a household stands in its gradual exit 渐退期."""

    BEGUN = "begun"  # 本期进入渐退期
    GOING_ON = "going-on"  # 渐退期内
    CALLED_OFF = "called-off"  # 取消渐退, 继续享受
    OVER = "over"  # 渐退期满


class Listed(NamedTuple):
    """A household as it stands on a list 在册; names are masked, ``village`` is a code.

    ``exit_month`` ends its gradual exit (渐退期至, ``2026-12``); until then it still receives. A
    city has two hundred thousand of these to compare, so it is a tuple.
    """

    key_id: str
    digest: str
    village: str
    notice_id: str
    n: int
    group: str
    name: str
    name_board: str | None
    name_kiosk: str | None
    persons: int | None
    class_: str
    amount_fen: int
    exit_month: str | None

    def __repr__(self) -> str:
        """Name the place alone: a digest and a name belong in no message."""
        return f"Listed({self.village}, {self.notice_id}, {self.n})"


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """A household before and after; one of the two is there."""

    before: Listed | None
    after: Listed | None

    @property
    def listed(self) -> Listed:
        """How it stands on the newest list that has it."""
        listed = self.after or self.before
        if listed is None:
            raise ValueError("a change is about somebody")
        return listed

    @property
    def change(self) -> Change:
        """What became of it."""
        if self.before is None:
            return Change.ADDED
        if self.after is None:
            return Change.REMOVED
        return Change.KEPT if self.before.village == self.after.village else Change.MOVED

    @property
    def alterations(self) -> tuple[Alteration, ...]:
        """What is another; nothing for an addition or a removal."""
        before, after = self.before, self.after
        if before is None or after is None:
            return ()
        pairs = {
            Alteration.PERSONS: (before.persons, after.persons),
            Alteration.CLASS: (before.class_, after.class_),
            Alteration.AMOUNT: (before.amount_fen, after.amount_fen),
        }
        return tuple(what for what, (old, new) in pairs.items() if old != new)

    def exit_step(self, month: str) -> ExitStep | None:
        """Return where it stands in its gradual exit in ``month``, that of the later list.

        Whoever leaves the list before the month that was promised has not come to the end of
        anything: that is a removal like others, and needs its reason.
        """
        promised = self.before.exit_month if self.before else None
        if self.after is None:
            return ExitStep.OVER if promised is not None and promised < month else None
        if self.after.exit_month is not None:
            return ExitStep.BEGUN if promised is None else ExitStep.GOING_ON
        return None if promised is None else ExitStep.CALLED_OFF

    @property
    def tells(self) -> bool:
        """Tell whether there is anything to say: a change, an alteration or a gradual exit."""
        ends = (one for one in (self.before, self.after) if one is not None)
        return (
            self.change is not Change.KEPT
            or bool(self.alterations)
            or any(one.exit_month is not None for one in ends)
        )


@dataclass(frozen=True, slots=True)
class Doubled:
    """A household that stands on one list more than once 重复在册; the first row is compared."""

    side: Side
    rows: tuple[Listed, ...]


@dataclass(frozen=True)
class Uncompared:
    """Villages that one of the lists says nothing about 无法比对: withdrawn, or not brought in."""

    earlier: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()

    def concerns(self, change: HouseholdChange) -> bool:
        """Tell whether the missing end of ``change`` may only be missing from a lost list."""
        if change.before is None:
            return change.listed.village in self.earlier
        return change.after is None and change.before.village in self.later

    def with_those_of(self, other: "Uncompared") -> "Uncompared":
        """Return what is uncompared here or in ``other``."""
        return Uncompared(self.earlier | other.earlier, self.later | other.later)


EVERYTHING_THERE = Uncompared()


@dataclass(frozen=True)
class Comparison:
    """What follows from two lists; everything is in a fixed order.

    ``unclear`` are households of a place that has one of the two lists only: whether they came or
    went nobody can say. ``unchanged`` counts those of whom there is nothing to tell.
    """

    changes: tuple[HouseholdChange, ...]
    unclear: tuple[HouseholdChange, ...]
    doubled: tuple[Doubled, ...]
    unchanged: int
    key_id: str | None
    uncompared: Uncompared

    def of(self, change: Change) -> tuple[HouseholdChange, ...]:
        """Return the changes of one kind."""
        return tuple(one for one in self.changes if one.change is change)


# The rows of one household: on the earlier list, on the later one.
Pair = tuple[Sequence[Listed], Sequence[Listed]]


def compare(
    earlier: Iterable[Listed], later: Iterable[Listed], uncompared: Uncompared = EVERYTHING_THERE
) -> Comparison:
    """Compare two lists, each in any order; raises DifferentKeys."""
    pairs: defaultdict[str, tuple[list[Listed], list[Listed]]] = defaultdict(lambda: ([], []))
    for at, rows in enumerate((earlier, later)):
        for row in rows:
            pairs[row.digest][at].append(row)
    return compare_pairs(pairs.values(), uncompared)


def compare_pairs(pairs: Iterable[Pair], uncompared: Uncompared = EVERYTHING_THERE) -> Comparison:
    """Compare two lists that come household by household; raises DifferentKeys."""
    changes: list[HouseholdChange] = []
    unclear: list[HouseholdChange] = []
    doubled: list[Doubled] = []
    keys: set[str] = set()
    unchanged = 0
    for pair in pairs:
        earlier, later = pair
        keys.update([row.key_id for row in earlier], [row.key_id for row in later])
        if len(earlier) == len(later) == 1 and _same(earlier[0], later[0]):
            unchanged += 1
            continue
        doubled += _doubled(pair)
        change = _match(earlier, later)
        if not change.tells:
            unchanged += 1
        elif uncompared.concerns(change):
            unclear.append(change)
        else:
            changes.append(change)
    _check_keys(keys)
    return Comparison(
        changes=in_order(changes),
        unclear=in_order(unclear),
        doubled=tuple(sorted(doubled, key=lambda one: (one.side.value, _place(one.rows[0])))),
        unchanged=unchanged,
        key_id=next(iter(keys), None),
        uncompared=uncompared,
    )


def _same(before: Listed, after: Listed) -> bool:
    """Tell whether there is nothing to tell of two rows; most households are like that."""
    return (
        before.village == after.village
        and before.amount_fen == after.amount_fen
        and before.persons == after.persons
        and before.class_ == after.class_
        and before.exit_month is None
        and after.exit_month is None
    )


def _doubled(pair: Pair) -> list[Doubled]:
    return [
        Doubled(side, tuple(sorted(rows, key=_place)))
        for side, rows in zip(Side, pair, strict=True)
        if len(rows) > 1
    ]


def _match(earlier: Sequence[Listed], later: Sequence[Listed]) -> HouseholdChange:
    """Return the change of one household; rows of one village before others, if it is doubled."""
    both = {row.village for row in earlier} & {row.village for row in later}
    if both:
        earlier, later = (
            [row for row in rows if row.village in both and row.village == min(both)]
            for rows in (earlier, later)
        )
    return HouseholdChange(
        min(earlier, key=_place, default=None), min(later, key=_place, default=None)
    )


def _place(row: Listed) -> tuple[str, str, int]:
    return row.village, row.notice_id, row.n


def _check_keys(keys: set[str]) -> None:
    if len(keys) > 1:
        raise DifferentKeys(
            N_(
                "These lists cannot be compared: their digests were made with different keys "
                "(%(keys)s). Bring the earlier list in once more under the new key, or wait for "
                "the next list."
            ),
            keys=", ".join(sorted(keys)),
        )


ORDER = {change: at for at, change in enumerate(Change)}


def in_order(changes: Iterable[HouseholdChange]) -> tuple[HouseholdChange, ...]:
    """Return changes in the order in which they are printed: by kind, village and row."""
    return tuple(sorted(changes, key=lambda one: (ORDER[one.change], *_place(one.listed))))


def compose(
    first: Iterable[HouseholdChange],
    second: Iterable[HouseholdChange],
    listed: Mapping[str, Listed],
    uncompared: Uncompared = EVERYTHING_THERE,
) -> tuple[HouseholdChange, ...]:
    """Return what changed over two steps, where a list was replaced by another of the same month.

    ``listed`` holds rows of the last list by digest, at least of those whom ``first`` is about;
    ``uncompared`` is what the first step could not see.
    """
    before = {one.listed.digest: one.before for one in first}
    composed = [
        *(HouseholdChange(row, listed.get(digest)) for digest, row in before.items()),
        *(one for one in second if one.listed.digest not in before),
    ]
    return in_order(
        one
        for one in composed
        if (one.before or one.after) and one.tells and not uncompared.concerns(one)
    )
