"""The reference 对照算法: two lists compared the slow way, each household with every row."""

from collections.abc import Iterable, Sequence
from itertools import product

from hypothesis import strategies as st

from disclosure.movements.comparing import Comparison, HouseholdChange, Listed
from tests.movements.lists import EAST, FAR, NEAR, WEST, household

# What is found of one household, written down without any of the product's own properties.
Found = tuple[str, str, tuple[str, int] | None, tuple[str, int] | None, tuple[str, ...], str]

NOVEMBER = "2026-11"

rows = st.builds(
    household,
    st.integers(0, 5),
    st.sampled_from([EAST, WEST, NEAR, FAR]),
    persons=st.sampled_from([None, 1, 2]),
    class_=st.sampled_from(["A", "B"]),
    amount_fen=st.sampled_from([33_000, 66_000]),
    exit_month=st.sampled_from([None, None, "2026-10", "2026-11", "2027-01"]),
)
lists = st.lists(rows, max_size=8)
proper_lists = st.lists(rows, max_size=6, unique_by=lambda row: row.digest)


def brute_force(earlier: Sequence[Listed], later: Sequence[Listed]) -> list[Found]:
    """Return what changed, by looking through both lists for each household anew."""
    found = []
    for digest in {row.digest for row in [*earlier, *later]}:
        old = [row for row in earlier if row.digest == digest]
        new = [row for row in later if row.digest == digest]
        if old and new:
            before, after = min(
                product(old, new),
                key=lambda pair: (pair[0].village != pair[1].village, _at(pair[0]), _at(pair[1])),
            )
            one = _both(before, after)
        elif old:
            before = min(old, key=_at)
            over = before.exit_month is not None and before.exit_month < NOVEMBER
            one = ("removed", digest, _place(before), None, (), "over" if over else "")
        else:
            after = min(new, key=_at)
            step = "begun" if after.exit_month else ""
            one = ("added", digest, None, _place(after), (), step)
        if one[0] != "kept" or one[4] or one[5]:
            found.append(one)
    return sorted(found)


def _both(before: Listed, after: Listed) -> Found:
    altered = [
        name
        for name, old, new in (
            ("persons", before.persons, after.persons),
            ("class", before.class_, after.class_),
            ("amount", before.amount_fen, after.amount_fen),
        )
        if old != new
    ]
    step = ""
    if after.exit_month:
        step = "going-on" if before.exit_month else "begun"
    elif before.exit_month:
        step = "called-off"
    change = "kept" if before.village == after.village else "moved"
    return (change, before.digest, _place(before), _place(after), tuple(altered), step)


def _at(row: Listed) -> tuple[str, str, int]:
    return row.village, row.notice_id, row.n


def _place(row: Listed) -> tuple[str, int]:
    return row.notice_id, row.n


def found_by(comparison: Comparison) -> list[Found]:
    """Return what the product found, in the reference's words."""
    return sorted(words_of(comparison.changes))


def words_of(changes: Iterable[HouseholdChange]) -> list[Found]:
    """Return changes in the reference's words, in their own order."""
    return [
        (
            one.change.value,
            one.listed.digest,
            None if one.before is None else _place(one.before),
            None if one.after is None else _place(one.after),
            tuple(what.value for what in one.alterations),
            (one.exit_step(NOVEMBER) or ""),
        )
        for one in changes
    ]
