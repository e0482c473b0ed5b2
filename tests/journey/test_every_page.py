"""Every page that residents open, in both languages: no axe finding, valid HTML, no scrollbar."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.browsers import PHONE
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.servers import LiveServer
from tests.journey.walking import DESKTOP, Walk

PLACES = ("640400000000", "640402000000", "640402100000", "640402100200")


def _ask(server: LiveServer, query: str) -> list[str]:
    connection = sqlite3.connect(server.data_folder / "portal.db")
    try:
        return [str(row[0]) for row in connection.execute(query)]
    finally:
        connection.close()


def _public_paths(server: LiveServer) -> list[str]:
    standing, review = (
        _ask(
            server,
            f"SELECT id FROM notices WHERE kind = '{kind}' AND published_at IS NOT NULL "  # noqa: S608
            "AND replaced_at IS NULL LIMIT 1",
        )[0]
        for kind in ("standing", "review")
    )
    code = _ask(server, f"SELECT code FROM print_codes WHERE notice_id = '{standing}'")[0]  # noqa: S608
    one_a_kind = "SELECT MIN(id) FROM documents WHERE version IS NOT NULL GROUP BY kind"
    documents = _ask(server, one_a_kind)
    return [
        "/",
        *(f"/r/{place}" for place in PLACES),
        f"/n/{standing}",
        f"/n/{review}",
        f"/n/{standing}/receipts",
        "/log/",
        "/figures",
        *(f"/figures/kinds/{kind}" for kind in ("stages", "monitoring", "children", "standards")),
        f"/figures/kinds/stages?place={PLACES[1]}",
        "/policies",
        *(f"/policies/{document}" for document in documents),
        f"/policies/contacts/{PLACES[2]}",
        f"/v/{code}",
        "/v/",
        "/v/?code=1",
        "/v/0000000000",
        "/complain",
        f"/complain?notice={standing}&row=1",
        "/complain?about=help",
        "/track",
        "/search",
        "/search?q=sanying",
        "/search?q=%E4%B8%8D%E4%BC%9A%E6%9C%89%E7%9A%84%E8%AF%8D",
        "/nowhere",
        "/desk/login",
    ]


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])
def test_public_pages_are_accessible_and_valid(
    live_server: LiveServer,
    walk: Callable[..., Walk],
    vnu: HtmlChecker,
    prefix: str,
) -> None:
    """Each page is looked at on a phone, then at a desk."""
    resident = walk(PHONE)
    for path in _public_paths(live_server):
        resident.go(prefix + path, also=DESKTOP)
    assert resident.findings == []
    assert [str(finding) for finding in vnu(resident.seen)] == []
    if prefix:
        _assert_english(resident)


def _assert_english(resident: Walk) -> None:
    """Names of places, people and laws are Chinese; everything that the portal says is English."""
    for url, html in resident.seen:
        words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
        said = set(re.findall(r"(?:投诉|查进度|首页|登录|继续|返回|公示中|名单|下一步)", words))
        # What a document says, and what a list is called, is published as it was written.
        allowed = {"名单", "公示中"} if re.search(r"/(n|complain|search)\b", url) else set()
        if "/policies" in url:
            allowed = said
        assert not said - allowed, f"{url}: {said}"


def test_no_page_of_the_demonstration_holds_an_id_number(live_server: LiveServer) -> None:
    log = Path(live_server.log).read_text(errors="replace")
    pages = [
        live_server.get(path)[1].decode(errors="replace") for path in _public_paths(live_server)
    ]
    for text in (*pages, log):
        assert not re.search(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])", text)
