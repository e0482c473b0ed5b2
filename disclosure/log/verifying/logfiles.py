"""The log's own files 日志文件: checkpoint, keys, tiles and bundles, as a source gives them."""

from __future__ import annotations

from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey
from disclosure.log.tiles import ENTRIES, TILE_WIDTH, Tile, parse_bundle, tile_at
from disclosure.log.tree import HASH_BYTES
from disclosure.log.verifying.sources import Source, SourceError


class LogFiles:
    """Reads the files below ``log/``."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def checkpoint(self) -> bytes:
        """Return the newest signed checkpoint; raises LogError."""
        return self._source.get("log/checkpoint")

    def keys(self) -> list[VerifierKey]:
        """Return the keys that are published, the newest first; raises LogError."""
        try:
            text = self._source.get("log/key").decode()
        except UnicodeDecodeError:
            raise LogError("it is not UTF-8") from None
        if not text.endswith("\n"):
            raise LogError("it does not end with a newline")
        keys = [VerifierKey.parse(line) for line in text[:-1].split("\n")]
        if len(set(keys)) != len(keys):
            raise LogError("a key stands there twice")
        return keys

    def tile(self, tile: Tile) -> bytes:
        """Return a tile; the beginning of the full one where a partial one is gone already."""
        try:
            return self._source.get(f"log/{tile.path}")
        except SourceError as error:
            if not error.missing or tile.width == TILE_WIDTH:
                raise
        whole = self._source.get(f"log/{Tile(tile.level, tile.number).path}")
        return whole[: tile.width * HASH_BYTES]

    def bundle(self, number: int, size: int) -> list[bytes]:
        """Return the entries of a bundle as a log of ``size`` has it; raises LogError."""
        tile = tile_at(ENTRIES, number, size)
        try:
            return parse_bundle(self._source.get(f"log/{tile.path}"), tile.width)
        except SourceError as error:
            if not error.missing or tile.width == TILE_WIDTH:
                raise
        whole = Tile(ENTRIES, number)
        return parse_bundle(self._source.get(f"log/{whole.path}"), TILE_WIDTH)[: tile.width]
