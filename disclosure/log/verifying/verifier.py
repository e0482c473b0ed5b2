"""The verifier 核验: first the log, then the site against the log; what fails is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey, open_note
from disclosure.log.verifying.findings import CheckFailed, Finding, Report
from disclosure.log.verifying.logfiles import LogFiles
from disclosure.log.verifying.reading import (
    Progress,
    VerifiedLog,
    read_log,
    resuming_statements,
)
from disclosure.log.verifying.site import SiteCheck
from disclosure.log.verifying.sources import Source
from disclosure.log.verifying.state import Memory, load_memory, save_memory

# While pages are read others may be published; what does not fit is looked at again with the log
# as it is then, so many times.
ROUNDS = 4
PAUSE_SECONDS = 2.0


def verify(
    source: Source,
    state: Path | None,
    *,
    now: datetime,
    accept_key: VerifierKey | None = None,
    progress: Progress | None = None,
    wait: Callable[[float], None] | None = None,
) -> Report:
    """Check everything that ``source`` publishes and return what does not hold.

    ``state`` is the file in which a watcher remembers the last checkpoint; it is written only when
    everything holds. ``accept_key`` is the key that a person accepts although its predecessor did
    not sign it (and on the first check the only one that may be the log's). ``wait`` pauses before
    a second look.
    """
    tell = progress or _say_nothing
    memory = None
    try:
        memory = None if state is None else load_memory(state)
        log = read_log(LogFiles(source), memory, accept_key, tell)
    except CheckFailed as failed:
        return _broken(source, failed, memory)
    except LogError as error:
        return Report((Finding("state", str(error)),))
    site = SiteCheck(source, log, now, tell)
    findings = _look_at_site(site, source, tell, wait or _do_not_wait)
    report = _report(site, findings, memory)
    if not report.findings and state is not None:
        try:
            save_memory(state, site.log.remember())
        except LogError as error:
            return _report(site, [Finding("state", str(error))], memory)
    return report


def _say_nothing(_sentence: str) -> None:
    pass


def _do_not_wait(_seconds: float) -> None:
    pass


def _broken(source: Source, failed: CheckFailed, memory: Memory | None) -> Report:
    """Return the report on a log that cannot be believed; a fork brings its evidence."""
    if not failed.forked or memory is None:
        return Report((failed.finding,), first=memory is None)
    files, findings, evidence = LogFiles(source), [failed.finding], None
    try:
        note = files.checkpoint()
        open_note(note, memory.keys)
        evidence = note
        proof = "The same key signed both. Keep the state file and this checkpoint: they prove it."
        findings.append(Finding("log/checkpoint", proof))
    except LogError:
        pass
    findings += [
        Finding(f"entry {index}", f"here the log says why: “{statement.text}”", entry=index)
        for index, statement in resuming_statements(files)
    ]
    findings.append(
        Finding("state", "to follow the new history all the same, begin with a new state file")
    )
    return Report(tuple(findings), first=False, evidence=evidence)


def _look_at_site(
    site: SiteCheck, source: Source, tell: Progress, wait: Callable[[float], None]
) -> list[Finding]:
    """Check the site; return what does not hold even with the log as it is in the end."""
    told = list(site.log.findings)
    try:
        site.check(site.everything())
    except LogError as error:
        return [*told, Finding("the site", str(error))]
    for _ in range(ROUNDS - 1):
        if not site.failed:
            break
        wait(PAUSE_SECONDS)
        size = site.log.checkpoint.size
        try:
            newer = read_log(LogFiles(source), site.log.remember(), None, tell)
            site.use(_joined(site.log, newer))
        except CheckFailed as failed:
            return [*told, failed.finding]
        if site.log.checkpoint.size == size:
            break
        told += site.log.findings
        site.check([*site.failed, *site.since(size)])
    return [*told, *(finding for findings in site.failed.values() for finding in findings)]


def _joined(before: VerifiedLog, log: VerifiedLog) -> VerifiedLog:
    ended = {**before.history.ended, **log.history.ended}
    log.history.ended = {
        notice: ending for notice, ending in ended.items() if notice not in log.history.standing
    }
    return log


def _report(site: SiteCheck, findings: list[Finding], memory: Memory | None) -> Report:
    checkpoint, counts = site.log.checkpoint, site.counts()
    counts.entries = checkpoint.size
    counts.new_entries = checkpoint.size - (memory.checkpoint.size if memory else 0)
    return Report(
        tuple(findings),
        key=site.log.keys[-1],
        size=checkpoint.size,
        root=checkpoint.root,
        first=memory is None,
        counts=counts,
    )
