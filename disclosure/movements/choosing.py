"""Choosing reasons 选择原因: what a clerk filled in for many rows at once, read as one whole.

Each row has a choice of its own. A reason chosen for a table goes to its rows that are ticked, or
to all that have none yet. What does not fit is said, and everything that was chosen stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disclosure.movements.comparing import Change
from disclosure.movements.deskqueries import ChangeRow, ChangeSetView
from disclosure.movements.reasons import NEED_A_REASON
from portal.kernel.language import N_

TICKED = "ticked"
UNKNOWN = N_("Choose one of the reasons that are offered for row %(n)s.")
NO_REASON = N_("You have ticked rows. Choose the reason that they shall have.")
NO_ROWS = N_("You have chosen a reason for several rows. Tick the rows that it is for.")


@dataclass(frozen=True)
class Mistake:
    """What does not fit: a message, its parameters, and the control where it stands."""

    message: str
    params: Mapping[str, object]
    control: str


@dataclass(frozen=True)
class Typed:
    """What was filled in: a code for each row, and for each table what its rows shall have."""

    codes: Mapping[int, str]
    for_many: Mapping[Change, str]
    all_without: frozenset[Change]
    ticked: frozenset[int]
    mistakes: tuple[Mistake, ...] = ()


def row_control(n: int) -> str:
    """Return the name of a row's own choice."""
    return f"reason-{n}"


def many_control(change: Change) -> str:
    """Return the name of the choice for many rows of a table."""
    return f"many-{change.value}"


def all_control(change: Change) -> str:
    """Return the name of the box "all rows that have no reason yet"."""
    return f"all-{change.value}"


def as_stored(view: ChangeSetView) -> Typed:
    """Return the form as it is first shown: with what is stored."""
    return Typed(
        codes={row.n: row.reason.code if row.reason else "" for row in _choosable(view)},
        for_many=dict.fromkeys(NEED_A_REASON, ""),
        all_without=frozenset(),
        ticked=frozenset(),
    )


def read_typed(view: ChangeSetView, form: Mapping[str, str], ticked: Sequence[str]) -> Typed:
    """Read a form that was sent; a row that the form did not show keeps what is stored."""
    stored = as_stored(view)
    typed = Typed(
        codes={n: form.get(row_control(n), code) for n, code in stored.codes.items()},
        for_many={change: form.get(many_control(change), "") for change in NEED_A_REASON},
        all_without=frozenset(one for one in NEED_A_REASON if all_control(one) in form),
        ticked=frozenset(int(n) for n in ticked if n.isdecimal() and n.isascii())
        & stored.codes.keys(),
    )
    mistakes = [
        mistake for change in sorted(NEED_A_REASON) for mistake in _mistakes(view, typed, change)
    ]
    return Typed(
        typed.codes, typed.for_many, typed.all_without, typed.ticked, mistakes=tuple(mistakes)
    )


def _mistakes(view: ChangeSetView, typed: Typed, change: Change) -> list[Mistake]:
    offered = {reason.code for reason in view.choices[change]}
    rows = [row for row in view.rows[change] if row.is_to_be_chosen]
    found = [
        Mistake(UNKNOWN, {"n": row.n}, row_control(row.n))
        for row in rows
        if typed.codes[row.n] and typed.codes[row.n] not in offered
    ]
    many = typed.for_many[change]
    is_asked = change in typed.all_without or any(row.n in typed.ticked for row in rows)
    if is_asked and many not in offered:
        found.append(Mistake(NO_REASON, {}, many_control(change)))
    elif many and not is_asked:
        found.append(Mistake(NO_ROWS, {}, many_control(change)))
    return found


def chosen(view: ChangeSetView, typed: Typed) -> dict[int, str]:
    """Return what is to be stored: the row's number → the code, for the rows that change."""
    found = {}
    for row in _choosable(view):
        code = typed.codes[row.n]
        many = typed.for_many[row.change]
        if row.n in typed.ticked or (not code and row.change in typed.all_without):
            code = many
        if code != (row.reason.code if row.reason else ""):
            found[row.n] = code
    return found


def _choosable(view: ChangeSetView) -> list[ChangeRow]:
    return [row for rows in view.rows.values() for row in rows if row.is_to_be_chosen]
