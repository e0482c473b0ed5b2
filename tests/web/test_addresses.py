"""Addresses: the base path, the two languages, and who the client is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.addresses import client_address, split_address


@pytest.mark.parametrize(
    ("path", "base", "split"),
    [
        ("/", "", ("", "/", "zh_Hans")),
        ("/en", "", ("/en", "/", "en")),
        ("/en/", "", ("/en", "/", "en")),
        ("/en/n/abc", "", ("/en", "/n/abc", "en")),
        ("/english", "", ("", "/english", "zh_Hans")),
        ("/zwgk/jz", "/zwgk/jz", ("/zwgk/jz", "/", "zh_Hans")),
        ("/zwgk/jz/en/track", "/zwgk/jz", ("/zwgk/jz/en", "/track", "en")),
        ("/zwgk/jzx", "/zwgk/jz", None),
        ("/", "/zwgk/jz", None),
    ],
)
def test_an_address_splits_into_base_path_and_language(
    path: str, base: str, split: tuple[str, str, str] | None
) -> None:
    assert split_address(path, base) == split


@given(st.from_regex(r"(/[a-z]{1,5}){1,4}", fullmatch=True))
def test_nothing_of_a_path_is_lost(path: str) -> None:
    split = split_address(path, "")
    assert split is not None
    script, inside, _locale = split
    assert (script + inside).rstrip("/") == path.rstrip("/")


def test_a_stranger_cannot_choose_their_address() -> None:
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    assert client_address(environ, ()) == "203.0.113.9"


def test_a_trusted_proxy_tells_who_came_last() -> None:
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}
    assert client_address(environ, ("127.0.0.1",)) == "203.0.113.9"


def test_only_what_trusted_proxies_added_is_believed() -> None:
    environ = {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9, 10.0.0.2",
    }
    assert client_address(environ, ("127.0.0.1", "10.0.0.2")) == "203.0.113.9"
