"""A process that appends to a log and signs, beside others that do the same.

Run as ``python -m tests.logbook.appender DATABASE_URL SECRETS_FOLDER MARK``.
"""

import sys
from pathlib import Path

from disclosure.logbook.appending import NewEntry, append_entries
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.signing import sign_after_commits
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SystemClock

COUNTS = (1, 2, 5, 1, 1, 3)


def append(database_url: str, folder: Path, mark: str) -> None:
    """Append entries that carry ``mark``, in as many transactions as there are counts."""
    clock = SystemClock()
    sessions = Sessions(make_engine(database_url))
    sign_after_commits(sessions, LogFolder(folder), clock)
    for count in COUNTS:
        entries = [NewEntry("abcdefghij", {"n": n, "mark": mark}) for n in range(count)]
        with sessions.writing() as session:
            append_entries(session, entries, now=clock.now())
    sessions.engine.dispose()


if __name__ == "__main__":
    append(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
