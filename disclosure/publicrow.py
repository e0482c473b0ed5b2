"""A row as it is published 公开的名单行: what the web shows of a household, and nothing else."""

from json.encoder import encode_basestring as _quoted
from typing import Any, NamedTuple

from portal.kernel.money import format_yuan


class PublicRow(NamedTuple):
    """What the web shows of a row, and what the log commits to.

    ``reason`` is published for temporary assistance and for additions and removals alone
    (rules/masking.md, 1). ``exit_month`` ends a gradual exit 渐退期至; ``change`` says what became
    of a household 增减.
    """

    n: int
    village: str
    group: str
    name: str
    persons: int | None
    class_: str
    amount_fen: int
    reason: str
    exit_month: str | None = None
    change: str | None = None

    def members(self) -> dict[str, Any]:
        """Return it in the names of ``/n/<id>.json``, without its salt; no empty ones."""
        row: dict[str, Any] = {
            "n": self.n,
            "village": self.village,
            "group": self.group,
            "name": self.name,
            "persons": self.persons,
            "class": self.class_,
            "amount": format_yuan(self.amount_fen),
        }
        others = {
            "reason": self.reason,
            "gradual_exit_until": self.exit_month,
            "change": self.change,
        }
        return {**row, **{name: value for name, value in others.items() if value}}

    def jcs(self) -> bytes:
        """Return the JCS of its members, as the log commits to it.

        A city has a hundred thousand rows, so it is written here, member by member in its order;
        a test holds it to ``members``.
        """
        n, village, group, name, persons, class_, amount_fen, reason, exit_month, change = self
        reason = f'"reason":{_quoted(reason)},' if reason else ""
        until = f'"gradual_exit_until":{_quoted(exit_month)},' if exit_month else ""
        change = f'"change":{_quoted(change)},' if change else ""
        return (
            f'{{"amount":"{format_yuan(amount_fen)}",{change}"class":{_quoted(class_)},'
            f'{until}"group":{_quoted(group)},"n":{n},"name":{_quoted(name)},'
            f'"persons":{"null" if persons is None else persons},'
            f'{reason}"village":{_quoted(village)}}}'
        ).encode()
