"""Tiles 瓦片 (C2SP tlog-tiles): how a log's tree and entries are cut into files that never change.

A tile is 256 consecutive stored nodes of every eighth level (fewer at the right edge), a bundle the
entries of 256 leaves. Their addresses are written ``tile/<level>/<number>``: the number in groups
of three digits, all but the last with an ``x``, and ``.p/<width>`` behind it where it is not full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from disclosure.log.errors import LogError
from disclosure.log.strict import LARGEST_NUMBER, parse_decimal
from disclosure.log.tree import HASH_BYTES, tree_root

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
HIGHEST_LEVEL = 63
# The level of bundles, which lie beside the hashes of level 0.
ENTRIES = -1
LONGEST_ENTRY = 0xFFFF

_NUMBER = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([0-9]+))?")


@dataclass(frozen=True)
class Tile:
    """Which tile: level (``ENTRIES`` for a bundle), number in the level, how many it holds."""

    level: int
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its address below ``/log/``."""
        return tile_path(self.level, self.number, self.width)


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return a tile's address below ``/log/``: ``tile/0/x001/234.p/5``."""
    if not (ENTRIES <= level <= HIGHEST_LEVEL and number >= 0 and 1 <= width <= TILE_WIDTH):
        raise LogError("there is no such tile")
    digits = str(number).zfill(3)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    written = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    name = "entries" if level == ENTRIES else str(level)
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{name}/{written}{partial}"


def parse_tile_path(path: str) -> Tile:
    """Return the tile that a path such as ``tile/entries/x001/234.p/5`` names; raises LogError.

    Each tile has one path: what ``tile_path`` would write otherwise is refused.
    """
    wrong = LogError("this is not the address of a tile")
    name, _, rest = path[len("tile/") :].partition("/")
    found = _NUMBER.fullmatch(rest)
    if not path.startswith("tile/") or found is None or len(rest) > 40:
        raise wrong
    digits = found[1].replace("x", "").replace("/", "") + found[2]
    level = ENTRIES if name == "entries" else parse_decimal(name, "the tile's level")
    width = parse_decimal(found[3], "the tile's width") if found[3] else TILE_WIDTH
    if level > HIGHEST_LEVEL or int(digits) > LARGEST_NUMBER or not 1 <= width <= TILE_WIDTH:
        raise wrong
    tile = Tile(level, int(digits), width)
    if tile.path != path:
        raise wrong
    return tile


def tile_at(level: int, number: int, size: int) -> Tile:
    """Return the tile as it is in a tree of ``size`` entries: full, or as wide as it is so far."""
    held = size >> TILE_HEIGHT * max(level, 0)
    return Tile(level, number, min(TILE_WIDTH, held - number * TILE_WIDTH))


def tiles_between(old: int, new: int) -> list[Tile]:
    """Return the tiles and bundles that a tree of ``new`` entries has and one of ``old`` has not.

    With ``old`` 0: all of them. These are what an exported folder must hold.
    """
    found = []
    for level in range(ENTRIES, HIGHEST_LEVEL + 1):
        height = TILE_HEIGHT * max(level, 0)
        first, held = (old >> height) // TILE_WIDTH, new >> height
        if not held:
            break
        if old >> height == held:
            continue
        found += [tile_at(level, at, new) for at in range(first, -(-held // TILE_WIDTH))]
    return found


def entries_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle: each behind its length, two bytes, big-endian."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise LogError("an entry is longer than a bundle can hold")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(bundle: bytes, width: int) -> list[bytes]:
    """Return the ``width`` entries of a bundle; raises LogError where it holds anything else."""
    entries, at = [], 0
    while at < len(bundle):
        begin = at + 2
        at = begin + int.from_bytes(bundle[at:begin], "big")
        entries.append(bundle[begin:at])
    if at != len(bundle) or len(entries) != width:
        raise LogError(f"the bundle does not hold {width} whole entries")
    return entries


def split_tile(tile: Tile, data: bytes) -> list[bytes]:
    """Return a tile's hashes; raises LogError where the bytes are not so many hashes."""
    if len(data) != tile.width * HASH_BYTES:
        raise LogError(f"the file {tile.path} does not hold {tile.width} hashes")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


class TileReader:
    """Reads stored nodes out of the tiles of a tree of ``size``: a ``HashReader``.

    It believes what the tiles say. Whoever uses it compares what comes out with a root that is
    signed, or that was seen before.
    """

    def __init__(self, size: int, fetch: Callable[[Tile], bytes]) -> None:
        self.size = size
        self._fetch = fetch
        self._tiles: dict[Tile, bytes] = {}

    def __call__(self, nodes: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the hash of each node."""
        return [self._node(level, index) for level, index in nodes]

    def _node(self, level: int, index: int) -> bytes:
        if (index + 1) << level > self.size:
            raise LogError(f"a log of {self.size} entries has no stored node {level}, {index}")
        tile_level, inner = divmod(level, TILE_HEIGHT)
        first = index << inner
        hashes = self.hashes(tile_at(tile_level, first // TILE_WIDTH, self.size))
        begin = first % TILE_WIDTH
        return tree_root(hashes[begin : begin + (1 << inner)])

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return a tile's hashes; each tile is fetched once."""
        if tile not in self._tiles:
            self._tiles[tile] = self._fetch(tile)
        return split_tile(tile, self._tiles[tile])
