"""What the demonstration is built with, and the order in which its past happens.

Everything goes through the services that people use, each step at its own instant in the past, the
earliest first: so the public log and the audit log tell one story.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from complaints.keyring import KeyRing
from portal.data.accounts import Actor
from portal.data.keyfiles import Keys
from portal.data.session import Sessions

Do = Callable[[datetime], None]


@dataclass(frozen=True)
class Stage:
    """The installation that is filled; ``now`` is the present, ``actors`` go by their logins."""

    sessions: Sessions
    keys: Keys
    keyring: KeyRing
    actors: dict[str, Actor]
    now: datetime
    data_folder: Path


@dataclass(frozen=True)
class Step:
    """Something that happened: when, and how it is done, given that instant."""

    at: datetime
    do: Do


def happen(steps: Iterable[Step]) -> None:
    """Let ``steps`` happen, the earliest first; of two at one instant, the one named first."""
    for step in sorted(steps, key=lambda step: step.at):
        step.do(step.at)
