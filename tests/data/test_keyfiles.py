"""Key files 密钥文件: made once, whole, and readable by nobody else."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError

from portal.data.keyfiles import KEY_BYTES, UPLOAD_HEADER, Keys, key_id, load_key, load_keys
from portal.kernel.errors import Refused


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_made_at_first_use_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "secrets"
    first = load_key(folder, "web")
    assert len(first) == KEY_BYTES
    assert load_key(folder, "web") == first
    assert load_key(folder, "other") != first
    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == {
        "web.key": 0o600,
        "other.key": 0o600,
    }


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_key(tmp_path, "web")
    for wrong in (0o604, 0o640, 0o644, 0o660, 0o601):
        (tmp_path / "web.key").chmod(wrong)
        with pytest.raises(Refused, match="0600"):
            load_key(tmp_path, "web")
    (tmp_path / "web.key").chmod(0o400)
    load_key(tmp_path, "web")


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    load_key(folder, "web")
    assert mode(folder) == 0o700


@pytest.mark.parametrize("content", [b"", b"short", b"x" * (KEY_BYTES + 1)])
def test_a_damaged_key_is_refused_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "web.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Refused, match="damaged"):
        load_key(tmp_path, "web")
    assert path.read_bytes() == content


def test_many_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: load_key(tmp_path / "secrets", "web"), range(64)))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["web.key"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return load_keys(tmp_path_factory.mktemp("keys") / "secrets")


def test_the_keys_of_an_installation_are_all_different(tmp_path: Path, keys: Keys) -> None:
    others = load_keys(tmp_path / "secrets")
    own = {keys.web, keys.receipts, keys.persons, bytes(keys.uploads)}
    theirs = {others.web, others.receipts, others.persons, bytes(others.uploads)}
    assert len(own | theirs) == 8
    assert keys.persons_id == key_id(keys.persons) != others.persons_id


def test_nothing_printed_shows_a_key(keys: Keys) -> None:
    assert keys.web.hex() not in repr(keys)
    assert repr(keys.web) not in repr(keys)


@given(data=st.binary(max_size=500))
def test_an_upload_is_opened_with_its_own_key_alone(
    keys: Keys, tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    sealed = keys.seal_upload(data)
    assert keys.open_upload(sealed) == data
    # The header in front is no secret, and a short text may stand in it by chance.
    assert len(data) < 8 or data not in sealed.removeprefix(UPLOAD_HEADER)


def test_what_was_not_sealed_here_is_not_opened(tmp_path: Path, keys: Keys) -> None:
    sealed = keys.seal_upload(b"a list")
    with pytest.raises(CryptoError):
        load_keys(tmp_path / "secrets").open_upload(sealed)
    with pytest.raises(CryptoError):
        keys.open_upload(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(ValueError, match="sealed for something else"):
        keys.open_upload(b"a list")


def test_a_digest_tells_its_parts_apart(keys: Keys) -> None:
    assert keys.digest("person", "a", "b") == keys.digest("person", "a", "b")
    different = {
        keys.digest("person", "a", "b"),
        keys.digest("person", "ab", ""),
        keys.digest("person", "ab"),
        keys.digest("household", "a", "b"),
    }
    assert len(different) == 4
