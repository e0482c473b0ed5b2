"""Where the verifier gets its files: from the web with caution, or from an exported folder."""

from pathlib import Path

import pytest

from disclosure.log.verifying import sources
from disclosure.log.verifying.sources import FolderSource, HttpSource, SourceError, open_source
from tests.verifier.conftest import Served


def test_files_are_asked_for_below_the_address(served: Served) -> None:
    source = open_source(served.url + "/")
    assert source.get("log/checkpoint") == served.files["log/checkpoint"]
    assert source.get("") == served.files[""]
    with pytest.raises(SourceError, match="/n/zzzzzzzzzz answers 404") as found:
        source.get("n/zzzzzzzzzz")
    assert found.value.missing


def test_a_server_that_stumbles_is_asked_again_and_one_that_refuses_is_not(served: Served) -> None:
    source = HttpSource(served.url)
    served.answers["log/key"] = [(503, {}, b"")]
    assert source.get("log/key") == served.files["log/key"]
    served.answers["log/key"] = [(503, {}, b""), (503, {}, b"")]
    with pytest.raises(SourceError, match="answers 503") as found:
        source.get("log/key")
    assert not found.value.missing
    before = len(served.asked)
    with pytest.raises(SourceError, match="answers 404"):
        source.get("none")
    assert len(served.asked) == before + 1


def test_a_redirect_is_followed_within_the_host_and_not_to_another(served: Served) -> None:
    source = HttpSource(served.url)
    served.answers["log/key"] = [(302, {"Location": f"{served.url}/policies"}, b"")]
    assert source.get("log/key") == served.files["policies"]
    served.answers["log/key"] = [(302, {"Location": "http://127.0.0.2:9/elsewhere"}, b"")]
    with pytest.raises(SourceError, match=r"leads to another host, 127\.0\.0\.2:9"):
        source.get("log/key")


def test_an_answer_that_is_too_long_or_too_short_is_refused(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 10)
    source = HttpSource(served.url)
    with pytest.raises(SourceError, match="too large"):
        source.get("log/key")
    cut = (200, {"Content-Length": "9"}, b"short")
    served.answers["log/key"] = [cut, cut]
    with pytest.raises(SourceError, match="cannot be had"):
        source.get("log/key")


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(SourceError, match="cannot be had"):
        HttpSource("http://127.0.0.1:9").get("log/key")


@pytest.mark.parametrize("target", ["ftp://a", "file:///etc", "http://", "http://a?b", "://"])
def test_only_web_addresses_are_addresses(target: str) -> None:
    with pytest.raises(SourceError, match="must begin with"):
        open_source(target)


def test_a_folder_is_read_and_nothing_outside_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / "n").mkdir(parents=True)
    (folder / "n" / "aaaaaaaaaa.html").write_bytes(b"page")
    (folder / "n" / "aaaaaaaaaa.json").write_bytes(b"json")
    (folder / "index.html").write_bytes(b"home")
    (tmp_path / "secret").write_bytes(b"secret")
    source = open_source(str(folder))
    assert isinstance(source, FolderSource)
    assert [source.get(path) for path in ("n/aaaaaaaaaa", "n/aaaaaaaaaa.json", "")] == [
        *(b"page", b"json", b"home")
    ]
    for path in ("../secret", "/etc/hostname", "n/none"):
        with pytest.raises(SourceError, match="not in the folder") as found:
            source.get(path)
        assert found.value.missing
    with pytest.raises(SourceError, match="neither a web address nor a folder"):
        open_source(str(tmp_path / "none"))


def test_a_file_that_cannot_be_read_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x" * 20)
    monkeypatch.setattr(sources, "MOST_BYTES", 10)
    with pytest.raises(SourceError, match="too large"):
        FolderSource(tmp_path).get("file")
