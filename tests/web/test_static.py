"""Styles and scripts come packed, named by their content, and are the same packed or not."""

import gzip

import brotli
import pytest

from portal.web.addresses import STATIC
from tests.fixtures.pages import PageClient

PACKED = sorted(path.name for path in STATIC.iterdir() if path.suffix in {".css", ".js", ".svg"})


@pytest.mark.parametrize("name", PACKED)
def test_a_file_is_the_same_however_it_travels(client: PageClient, name: str) -> None:
    whole = (STATIC / name).read_bytes()
    plain = client.get(f"/static/{name}")
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    smaller = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip, br"})
    assert plain.data == whole
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == whole
    assert brotli.decompress(smaller.data) == whole
    assert smaller.headers["Content-Encoding"] == "br"
    assert smaller.headers["Vary"] == "Accept-Encoding"


def test_a_browser_that_has_it_is_told_so(client: PageClient) -> None:
    first = client.get("/static/portal.css")
    assert "immutable" in first.headers["Cache-Control"]
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get("/static/portal.css", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_a_page_names_its_style_in_its_head(client: PageClient) -> None:
    page = client.get("/policies")
    address = page.headers["Link"].partition(">")[0].lstrip("<")
    assert page.headers["Link"] == f"<{address}>; rel=preload; as=style"
    assert f'<link rel="stylesheet" href="{address}">' in page.text
    assert client.get(address).status_code == 200
    assert "Link" not in client.get("/sitemap.xml").headers


@pytest.mark.parametrize("name", ["nothing.css", "../app.py", "..%2fapp.py", "%00"])
def test_nothing_else_is_served(client: PageClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404
