"""The units' private keys in their folder."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from complaints.keyring import KeyRing
from complaints.sealing import CannotOpen, Purpose, open_key, seal_key_to
from portal.kernel.errors import NotFound, Refused


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_that_was_made_is_found_again(secrets: Path) -> None:
    made = KeyRing(secrets).create("xiji-civil")
    found = KeyRing(secrets).load("xiji-civil")
    assert found == made
    sealed = seal_key_to(made.public_key, bytes(32), "case", Purpose.CONTENT_KEY)
    assert open_key(found.private_key, sealed, "case", Purpose.CONTENT_KEY) == bytes(32)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_a_new_key_whatever_the_umask(secrets: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        KeyRing(secrets).create("xiji")
    finally:
        os.umask(before)
    assert mode(secrets) == mode(secrets / "units") == 0o700
    assert mode(secrets / "units" / "xiji.key") == 0o600
    assert [path.name for path in (secrets / "units").iterdir()] == ["xiji.key"]


def test_a_key_is_never_replaced(secrets: Path) -> None:
    ring = KeyRing(secrets)
    first = ring.load_or_create("xiji")
    assert ring.create("xiji") == first
    assert ring.load_or_create("xiji") == first


def test_many_at_once_end_with_one_key(secrets: Path) -> None:
    with ThreadPoolExecutor(8) as many:
        keys = list(many.map(KeyRing(secrets).load_or_create, ["xiji"] * 24))
    assert len({key.private_key for key in keys}) == 1


@pytest.mark.parametrize("unsafe", [0o640, 0o604, 0o660, 0o620])
def test_a_key_that_others_can_read_or_change_is_refused(secrets: Path, unsafe: int) -> None:
    ring = KeyRing(secrets)
    ring.create("xiji")
    (secrets / "units" / "xiji.key").chmod(unsafe)
    with pytest.raises(Refused, match="Others can read"):
        ring.load("xiji")
    with pytest.raises(Refused):
        ring.load_or_create("xiji")


def test_a_folder_that_others_can_enter_is_refused(secrets: Path) -> None:
    ring = KeyRing(secrets)
    ring.create("xiji")
    (secrets / "units").chmod(0o755)
    for act in (ring.load, ring.create):
        with pytest.raises(Refused, match="Others can read"):
            act("xiji")


def test_a_link_is_not_followed(secrets: Path, tmp_path: Path) -> None:
    ring = KeyRing(secrets)
    ring.create("xiji")
    (secrets / "units" / "longde.key").symlink_to(secrets / "units" / "xiji.key")
    with pytest.raises(Refused, match="not a file of its own"):
        ring.load("longde")


@pytest.mark.parametrize(
    "unit", ["", ".", "..", "../xiji", "a/b", ".hidden", "西吉", "x" * 65, "a\n"]
)
def test_an_id_cannot_lead_out_of_the_folder(secrets: Path, unit: str) -> None:
    with pytest.raises(Refused, match="letters, digits"):
        KeyRing(secrets).load_or_create(unit)
    assert not secrets.exists()


def test_a_unit_without_a_key_is_not_found(secrets: Path) -> None:
    with pytest.raises(NotFound, match="xiji"):
        KeyRing(secrets).load("xiji")


@pytest.mark.parametrize("content", [b"", b"not base64!\n", b"AAAA\n", b"xQEE" + b"A" * 5000])
def test_a_damaged_key_is_not_used(secrets: Path, content: bytes) -> None:
    ring = KeyRing(secrets)
    ring.create("xiji")
    path = secrets / "units" / "xiji.key"
    path.write_bytes(content)
    with pytest.raises(CannotOpen):
        ring.load("xiji")


def test_the_units_that_have_keys_are_listed(secrets: Path) -> None:
    ring = KeyRing(secrets)
    assert ring.list_units() == []
    for unit in ("xiji", "longde"):
        ring.create(unit)
    assert ring.list_units() == ["longde", "xiji"]
