"""The log's key 日志密钥: changed, lost and replaced, always in public."""

from collections.abc import Callable
from typing import Any

import pytest

from disclosure.log.entries import KEY_STATEMENT
from disclosure.logbook import changing
from disclosure.logbook.changing import replace_key, rotate_key
from disclosure.logbook.keyfolder import log_name
from disclosure.logbook.reading import (
    find_signed_tree,
    list_keys,
    list_statements,
)
from disclosure.logbook.signing import sign_log
from portal.data.accounts import OPERATOR
from portal.kernel.errors import Refused
from tests.logbook.keeping import Keeper


def test_a_new_key_follows_the_old_one(keeper: Keeper) -> None:
    keeper.append(2)
    old = keeper.folder.signer(None).verifier_key
    new = rotate_key(keeper.sessions, OPERATOR, keeper.folder, now=keeper.now)
    keeper.append(1)
    keeper.sign()
    keeper.check()
    with keeper.sessions.reading() as session:
        assert [str(key) for key in list_keys(session)] == [new, str(old)]
        (said,) = list_statements(session)
        tree = find_signed_tree(session)
    assert (said.type, said.old, said.key) == (KEY_STATEMENT, str(old), new)
    assert tree is not None
    assert str(tree.key) == new
    assert not (keeper.folder.folder / "log-next.key").exists()


def test_a_change_of_keys_that_was_cut_short_is_finished(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.append(1)
    keeper.sign()
    with monkeypatch.context() as patched:
        # Dies after the statement was committed, before the new key has signed.
        patched.setattr(changing, "sign_log", _once(sign_log))
        with pytest.raises(KeyboardInterrupt):
            rotate_key(keeper.sessions, OPERATOR, keeper.folder, now=keeper.now)
    assert (keeper.folder.folder / "log-next.key").exists()
    keeper.sign()
    keeper.check()
    assert not (keeper.folder.folder / "log-next.key").exists()
    # Nothing was lost, so nobody is told that it was.
    with pytest.raises(Refused, match="nothing was lost"):
        replace_key(keeper.sessions, OPERATOR, keeper.folder, "遗失", now=keeper.now)


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what calls ``function`` the first time and dies the second."""
    called: list[bool] = []

    def call(*given: Any, **named: Any) -> Any:
        if called:
            raise KeyboardInterrupt
        called.append(True)
        return function(*given, **named)

    return call


def test_a_lost_key_is_replaced_in_public(keeper: Keeper) -> None:
    keeper.append(1)
    keeper.sign()
    with pytest.raises(Refused, match="nothing was lost"):
        replace_key(keeper.sessions, OPERATOR, keeper.folder, "遗失", now=keeper.now)
    (keeper.folder.folder / "log.key").unlink()
    keeper.append(1)
    with pytest.raises(Refused, match="key is missing"):
        keeper.sign()
    assert keeper.refusal() is not None
    new = replace_key(keeper.sessions, OPERATOR, keeper.folder, "服务器被盗", now=keeper.now)
    keeper.check()
    with keeper.sessions.reading() as session:
        (said,) = list_statements(session)
    assert (said.key, said.text, said.checkpoint) == (new, "服务器被盗", None)


def test_a_key_that_is_not_the_logs_signs_nothing(keeper: Keeper) -> None:
    keeper.append(1)
    keeper.sign()
    (keeper.folder.folder / "log.key").write_bytes(b"k" * 32)
    keeper.append(1)
    with pytest.raises(Refused, match="not the log's key"):
        keeper.sign()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://www.example.gov.cn/zwgk/jz/", "www.example.gov.cn/zwgk/jz"),
        ("https://www.example.gov.cn", "www.example.gov.cn"),
    ],
)
def test_a_log_is_called_after_its_address(url: str, name: str) -> None:
    assert log_name(url) == name
