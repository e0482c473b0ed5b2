"""The smallest demonstration, loaded once a test module, and the people who were drawn for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.build import load_demonstration
from demo.people import People, Person
from portal.config import Mode, Settings
from portal.data.migrate import upgrade
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SettableClock

HOUSEHOLDS = 65
BASE_URL = "http://127.0.0.1:8000"


def demo_settings(folder: Path, url: str, mode: Mode = Mode.DEMO) -> Settings:
    """Return the settings of an installation in ``folder`` over the database ``url``."""
    return Settings(
        mode=mode,
        data_folder=folder,
        secrets_folder=folder / "secrets",
        database_url=url,
        base_url=BASE_URL,
    )


class Said:
    """Keeps what a command prints."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, message: str, **params: object) -> None:
        self.lines.append(message % params if params else message)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def load(settings: Settings, clock: SettableClock, *, if_empty: bool = False) -> Said:
    """Load the smallest demonstration; return what it said."""
    said = Said()
    load_demonstration(
        settings,
        households=HOUSEHOLDS,
        if_empty=if_empty,
        say=said,
        report=lambda _done, _total: None,
        clock=clock,
    )
    return said


@dataclass(frozen=True)
class Loaded:
    """A loaded demonstration; ``people`` are all that were drawn, with whole names and numbers."""

    settings: Settings
    sessions: Sessions
    clock: SettableClock
    people: tuple[Person, ...]
    said: Said


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    """Everybody who is drawn during the test."""
    return record_people(monkeypatch)


def record_people(monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    """Keep everybody who is drawn from now on."""
    people: list[Person] = []
    draw = People._draw

    def recording(self: People, ages: tuple[int, int]) -> Person:
        people.append(draw(self, ages))
        return people[-1]

    monkeypatch.setattr(People, "_draw", recording)
    return people


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The smallest demonstration on SQLite, on 8 October 2026."""
    folder = tmp_path_factory.mktemp("demonstration")
    settings = demo_settings(folder, f"sqlite:///{folder / 'portal.db'}")
    engine = make_engine(settings.database_url)
    upgrade(engine)
    clock = SettableClock()
    with pytest.MonkeyPatch.context() as monkeypatch:
        people = record_people(monkeypatch)
        said = load(settings, clock)
    yield Loaded(settings, Sessions(engine), clock, tuple(people), said)
    engine.dispose()
