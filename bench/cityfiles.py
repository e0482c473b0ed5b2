"""A city's installation and its sixty-five townships' files of a month 全市名单, to be published.

Run as ``python -m bench.cityfiles FOLDER MONTH``: it brings every file in and approves it, one
after another, on the installation that the environment names.
"""

import os
import sys
from pathlib import Path

from bench.reading import DIVISIONS, workbook_of
from disclosure import service
from disclosure.importing import import_list, prepare
from disclosure.models import Submission
from disclosure.uploads.waiting import intake_terms
from portal.commands import initialise, open_sessions
from portal.config import Settings
from portal.data.accounts import OPERATOR, UnitKind, UnitRow, load_units
from portal.data.keyfiles import Keys, load_keys
from portal.data.regionfiles import RegionRow, load_regions, parse_regions_csv
from portal.data.regions import Level
from portal.data.session import Sessions
from portal.kernel.clock import SystemClock
from portal.kernel.period import parse_period

# As many as 固原市 had (published figures), spread over its townships evenly.
HOUSEHOLDS = 108_200
KIND = "standing"
UNIT_KINDS = {
    Level.CITY: UnitKind.CITY,
    Level.COUNTY: UnitKind.COUNTY,
    Level.TOWNSHIP: UnitKind.TOWNSHIP,
}


def set_up(settings: Settings, folder: Path, months: tuple[str, ...]) -> None:
    """Make an installation with the city's places and units, and each month's files in folders."""
    initialise(settings, recovery_out=None)
    rows = parse_regions_csv(DIVISIONS.read_text(encoding="utf-8-sig"))
    sessions = open_sessions(settings)
    with sessions.writing() as session:
        load_regions(session, rows)
        load_units(session, _units(rows))
    sessions.engine.dispose()
    for month in months:
        (folder / month).mkdir()
        _write_files(folder / month, rows, month)


def _units(rows: list[RegionRow]) -> list[UnitRow]:
    units = []
    for row in rows:
        if row.level in UNIT_KINDS:
            above = None if row.level is Level.CITY else row.parent
            kind = UNIT_KINDS[row.level]
            units.append(UnitRow(row.code, f"{row.name}民政", kind, row.code, "", "", above))
    return units


def _write_files(folder: Path, rows: list[RegionRow], month: str) -> None:
    townships = [row for row in rows if row.level is Level.TOWNSHIP]
    each, more = divmod(HOUSEHOLDS, len(townships))
    begin = 0
    for at, township in enumerate(townships):
        end = begin + each + (at < more)
        villages = [row.name for row in rows if row.parent == township.code]
        year, number = month.split("-")
        title = f"{township.name}{year}年{int(number)}月农村最低生活保障对象花名册"
        data = workbook_of(villages, range(begin, end), title)
        (folder / f"{township.code}.xlsx").write_bytes(data)
        begin = end


def publish(settings: Settings, folder: Path, month: str) -> None:
    """Bring in and approve the month's files, one after another."""
    sessions, keys = open_sessions(settings), load_keys(settings.secrets_folder)
    for file in sorted((folder / month).iterdir()):
        _publish_one(sessions, keys, file, month)
    sessions.engine.dispose()


def _publish_one(sessions: Sessions, keys: Keys, file: Path, month: str) -> None:
    clock = SystemClock()
    with sessions.reading() as session:
        terms = intake_terms(session, file.stem, KIND)
    prepared = prepare(
        file.read_bytes(),
        filename=file.name,
        kind=terms.kind,
        place=terms.place,
        period=parse_period(month),
        policy=terms.policy,
        keys=keys,
        now=clock.now(),
        learned=terms.learned,
    )
    if prepared.has_errors:
        raise RuntimeError(f"{file.name} has errors: {prepared.checked.problems[:3]}")
    with sessions.writing() as session:
        imported = import_list(session, OPERATOR, prepared, now=clock.now())
    with sessions.writing() as session:
        service.submit(session, OPERATOR, imported.submission_id, now=clock.now())
    with sessions.writing() as session:
        digest = session.get_one(Submission, imported.submission_id).digest
        service.approve(session, OPERATOR, imported.submission_id, digest, now=clock.now())


if __name__ == "__main__":
    publish(Settings.from_env(os.environ), Path(sys.argv[1]), sys.argv[2])
