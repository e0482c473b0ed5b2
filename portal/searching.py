"""Search for the command line 检索命令: look something up, keep the index, make it anew."""

from collections.abc import Iterator

from disclosure.search.asked import parse_query
from disclosure.search.finding import Question, find
from disclosure.search.indexer import Indexer, Report, tell_nobody
from disclosure.search.live import Found
from disclosure.search.opening import open_index
from disclosure.wording import STATE_WORDS
from portal.config import Settings
from portal.data.session import Sessions
from portal.kernel.clock import SystemClock
from portal.kernel.errors import Refused
from portal.kernel.language import N_, translate
from portal.worker import worker_name


def update_index(settings: Settings, sessions: Sessions) -> None:
    """Bring the index up to date, or make it where there is none; a running worker does it too."""
    _indexer(settings, sessions).catch_up()


def rebuild_index(settings: Settings, sessions: Sessions, *, report: Report = tell_nobody) -> int:
    """Make the index anew from nothing; return how many entries it has.

    The old one answers until then. Raises Conflict while the worker writes.
    """
    counts = [0]

    def tell(count: int) -> None:
        counts.append(count)
        report(count)

    _indexer(settings, sessions).rebuild(report=tell)
    return counts[-1]


def search_lines(
    settings: Settings, sessions: Sessions, query: str, *, locale: str
) -> Iterator[str]:
    """Yield the first page of results, a line each: address, state, full name or title.

    Raises TooLong, and Refused where there is no index.
    """
    question = Question(parse_query(query))
    index = open_index(sessions, settings.data_folder)
    with sessions.reading() as session:
        results = find(session, index, question, now=SystemClock().now())
    if results.without_index:
        raise Refused(N_("There is no search index. Run 'python -m portal reindex' first."))
    for found in results.found:
        yield _line(found, locale)
    figures = {"shown": len(results.found), "total": results.total}
    yield translate(locale, N_("%(shown)s of %(total)s results"), **figures)


def _line(found: Found, locale: str) -> str:
    if found.notice is not None:
        state = translate(locale, STATE_WORDS[found.notice.state])
        return f"/n/{found.notice.id}\t{state}\t{found.notice.title}"
    names = " > ".join(place.name for place in found.path)
    return f"/r/{found.path[-1].code}\t\t{names}"


def _indexer(settings: Settings, sessions: Sessions) -> Indexer:
    index = open_index(sessions, settings.data_folder)
    return Indexer(sessions, index, SystemClock(), worker_name())
