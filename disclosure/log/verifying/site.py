"""The site 网站 against the log: what residents are shown is logged, and what holds is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from disclosure.log.entries import WITHDRAW
from disclosure.log.errors import LogError
from disclosure.log.history import Standing
from disclosure.log.proofs import parse_proof
from disclosure.log.verifying.documentpage import check_document_page
from disclosure.log.verifying.figuresfile import check_figures_file
from disclosure.log.verifying.findings import Counts, Finding
from disclosure.log.verifying.listpage import check_facts, check_page, check_sums
from disclosure.log.verifying.pages import Page, SiteMap, read_site_map
from disclosure.log.verifying.reading import Progress, VerifiedLog
from disclosure.log.verifying.shown import Shown, check_digests, read_shown
from disclosure.log.verifying.sources import Source, SourceError

DOCUMENT_KIND = "document"
FIGURES_KIND = "figures"
MOST_MAP_PARTS = 100
# What the clock alone has ended; the log says so when the sweep comes.
_ENDED = ("ended", "concluded")

# What there is to check: ("place", code), ("list", id), ("document", id), ("set", id), and the
# file of all figures.
Task = tuple[str, str]
PLACE, LIST, DOCUMENT, FIGURE_SET = "place", "list", "document", "set"
ALL_FIGURES: Task = ("figures", "")
_TASK_OF_KIND = {DOCUMENT_KIND: DOCUMENT, FIGURES_KIND: FIGURE_SET}
_FOLDERS = {LIST: "n", DOCUMENT: "policies", FIGURE_SET: "figures"}
_WORDS = {LIST: "notice", DOCUMENT: "document", FIGURE_SET: "set of figures"}


def task_of(kind: str, matter: str) -> Task:
    """Return the task of checking one matter of the given kind."""
    return _TASK_OF_KIND.get(kind, LIST), matter


class SiteCheck:
    """Checks tasks against ``log`` and keeps what does not hold, by task."""

    def __init__(self, source: Source, log: VerifiedLog, now: datetime, tell: Progress) -> None:
        self.failed: dict[Task, list[Finding]] = {}
        self._source, self._now, self._tell = source, now, tell
        self._done: set[Task] = set()
        # How many rows each list shows, None for those that are over.
        self._rows: dict[str, int | None] = {}
        self._sets: dict[str, Any] = {}
        self.use(log)

    def use(self, log: VerifiedLog) -> None:
        """Check against ``log`` from now on."""
        self.log = log
        self._hanging: dict[str, list[Standing]] = {}
        for one in log.history.standing.values():
            if task_of(one.kind, one.notice)[0] == LIST and one.is_current(self._now):
                self._hanging.setdefault(one.region, []).append(one)

    def counts(self) -> Counts:
        """Return how much was looked at."""
        rows = [count for count in self._rows.values() if count is not None]
        return Counts(
            places=sum(what == PLACE for what, _ in self._done),
            notices=len(rows),
            rows=sum(rows),
            ended=len(self._rows) - len(rows),
            documents=sum(what == DOCUMENT for what, _ in self._done),
            figures=len(self._sets),
        )

    def everything(self) -> list[Task]:
        """Return the tasks of a whole check; raises LogError where the site has no map."""
        site_map = self._site_map()
        home, policies = Page(self._source.get("")), Page(self._source.get("policies"))
        tasks = [(LIST, one) for one in sorted(home.notices())]
        tasks += self._standing_tasks(self.log.history.standing.values())
        tasks += [task_of(one.kind, matter) for matter, one in self.log.history.ended.items()]
        tasks += [(DOCUMENT, one) for one in sorted(site_map.documents | policies.documents())]
        tasks += [(PLACE, code) for code in sorted(site_map.places)]
        # Documents and sets of figures first: the file of all figures is compared with the sets.
        return [*dict.fromkeys(tasks), ALL_FIGURES]

    def since(self, size: int) -> list[Task]:
        """Return the tasks that the entries from ``size`` on bring with them."""
        history = self.log.history
        return self._standing_tasks(one for one in history.standing.values() if one.index >= size)

    def _standing_tasks(self, standing: Iterable[Standing]) -> list[Task]:
        tasks = []
        for one in standing:
            task = task_of(one.kind, one.notice)
            tasks.append(task)
            if task[0] == LIST and one.is_current(self._now):
                tasks.append((PLACE, one.region))
        return tasks

    def _site_map(self) -> SiteMap:
        whole = read_site_map(self._source.get("sitemap.xml"))
        places, documents = set(whole.places), set(whole.documents)
        for name in whole.parts[:MOST_MAP_PARTS]:
            part = read_site_map(self._source.get(name))
            places |= part.places
            documents |= part.documents
        return SiteMap(frozenset(places), frozenset(documents), ())

    def check(self, tasks: Iterable[Task]) -> None:
        """Check ``tasks`` and everything that their pages lead to."""
        waiting = sorted(dict.fromkeys(tasks), key=lambda task: task == ALL_FIGURES)
        self._done |= set(waiting)
        for at, task in enumerate(waiting):
            self._tell(f"pages: {at} of {len(waiting)}")
            # What a page leads to is added while the list is gone through.
            waiting += self._check_one(task)

    def _check_one(self, task: Task) -> list[Task]:
        what, key = task
        self.failed.pop(task, None)
        if what == PLACE:
            return self._check_place(key)
        try:
            if what == LIST:
                self._check_list(key)
            elif what == DOCUMENT:
                self._check_document(key)
            elif what == FIGURE_SET:
                self._check_set(key)
            else:
                self._check_all_figures()
        except LogError as error:
            self._fail(task, self._finding(task, str(error)))
        return []

    def _finding(self, task: Task, sentence: str) -> Finding:
        what, key = task
        if task == ALL_FIGURES:
            return Finding("figures.json", sentence)
        standing = self.log.history.standing.get(key)
        if standing is None:
            return Finding(f"{_WORDS[what]} {key}", sentence, notice=key)
        region, entry = standing.region, standing.index
        where = f"{_WORDS[what]} {key} (place {region}, entry {entry})"
        return Finding(where, sentence, entry=entry, notice=key, region=region)

    def _fail(self, task: Task, finding: Finding) -> None:
        self.failed.setdefault(task, []).append(finding)

    def _check_place(self, code: str) -> list[Task]:
        task, where = (PLACE, code), f"place {code}"
        try:
            shown = Page(self._source.get(f"r/{code}")).notices()
        except SourceError as error:
            self._fail(task, Finding(where, str(error), region=code))
            shown = set()
        for one in self._hanging.get(code, ()):
            if one.notice not in shown:
                sentence = (
                    f"the notice {one.notice} holds (entry {one.index}), but the page of its "
                    "place does not show it"
                )
                self._fail(task, Finding(where, sentence, one.index, one.notice, code))
        new = [found for found in ((LIST, one) for one in sorted(shown)) if found not in self._done]
        self._done |= set(new)
        return new

    def _check_list(self, notice: str) -> None:
        shown = self._logged(LIST, notice)
        self._check_state(shown, notice)
        check_digests(shown)
        check_facts(shown)
        check_sums(shown)
        check_page(shown, Page(self._source.get(f"n/{notice}")))
        self._check_proof(shown, notice)
        self._rows[notice] = None if shown.rows is None else len(shown.rows)

    def _logged(self, what: str, key: str) -> Shown:
        """Return what is shown of a matter, whose entry is in the log as it is shown."""
        shown = read_shown(self._source.get(f"{_FOLDERS[what]}/{key}.json"))
        entry = shown.entry
        self.log.check_entry(shown.entry_bytes, shown.index)
        if shown.members.get("id") != key or entry.notice != key or entry.kind is None:
            raise LogError("the entry that it names is about another notice")
        if task_of(entry.kind, key)[0] != what:
            raise LogError("the entry that it names is of another kind")
        if shown.members.get("version") != entry.version:
            raise LogError("its version is not the one that was logged")
        return shown

    def _check_state(self, shown: Shown, key: str) -> None:
        history, state = self.log.history, shown.members.get("state")
        standing, ended = history.standing.get(key), history.ended.get(key)
        if standing is None:
            if not shown.is_over:
                raise LogError("it is shown as if it held, but the log has ended it")
            withdrawn = shown.entry.event == WITHDRAW if ended is None else ended.withdrawn
            if ended is not None and withdrawn != (state == "withdrawn"):
                raise LogError(f"it is shown as {state}, which is not how the log has ended it")
            return
        if shown.index != standing.index:
            raise LogError(f"it is shown as of entry {shown.index}; the newest is {standing.index}")
        if standing.is_current(self._now) and shown.is_over:
            raise LogError(f"it is shown as {state}, but nothing in the log has ended it")
        if not standing.is_current(self._now) and state not in _ENDED:
            raise LogError(f"it is shown as {state}, but its last day has passed")

    def _check_proof(self, shown: Shown, notice: str) -> None:
        proof = parse_proof(self._source.get(f"n/{notice}.tlog-proof"))
        if proof.index != shown.index:
            raise LogError("its receipt is for another entry")
        self.log.check_earlier(proof.verify(shown.entry_bytes, self.log.keys))

    def _check_document(self, key: str) -> None:
        shown = self._logged(DOCUMENT, key)
        self._check_state(shown, key)
        check_digests(shown)
        check_document_page(shown, Page(self._source.get(f"policies/{key}")))

    def _check_set(self, key: str) -> None:
        shown = self._logged(FIGURE_SET, key)
        self._check_state(shown, key)
        check_digests(shown)
        text = shown.members.get("text")
        self._sets[key] = (shown.index, text.get("figures") if isinstance(text, dict) else None)

    def _check_all_figures(self) -> None:
        sets = [figures for _, figures in sorted(self._sets.values(), key=lambda one: one[0])]
        check_figures_file(sets, self._source.get("figures.json"))
