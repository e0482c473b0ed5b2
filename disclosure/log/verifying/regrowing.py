"""Regrowing the tree 重建: entry by entry, and every tile on the way compared with the log's own.

A tree is regrown from nothing, or from the size that was seen last. Then its right edge is taken
from the log's tiles and believed only if it adds up to the root that was seen; that the regrown
tree has the new root is then the proof that it extends the old one.
"""

from __future__ import annotations

from disclosure.log.errors import LogError
from disclosure.log.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, TileReader, tile_at
from disclosure.log.tree import tree_root


class GrowingTree:
    """A tree of ``size`` leaves that grows to the size of ``reader``, whose tiles it compares."""

    def __init__(self, size: int, reader: TileReader) -> None:
        self._reader = reader
        # Of each level of tiles: how many full ones there are, and the hashes behind them.
        self._full: list[int] = []
        self._open: list[list[bytes]] = []
        level = 0
        while size >> TILE_HEIGHT * level:
            number, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
            tile = tile_at(level, number, reader.size) if width else None
            self._full.append(number)
            self._open.append(reader.hashes(tile)[:width] if tile else [])
            level += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        edge: list[bytes] = []
        for hashes in self._open:
            # What is above the last full tile is one incomplete subtree at the right of the next.
            joined = [*hashes, *edge]
            edge = [tree_root(joined)] if joined else []
        return tree_root(edge)

    def open_leaves(self) -> list[bytes]:
        """Return the leaves behind the last full tile of leaves."""
        return list(self._open[0]) if self._open else []

    def append(self, leaf: bytes) -> None:
        """Add a leaf; raises LogError where it completes a tile that the log shows otherwise."""
        self._append(0, leaf)

    def _append(self, level: int, found: bytes) -> None:
        if level == len(self._open):
            self._open.append([])
            self._full.append(0)
        self._open[level].append(found)
        if len(self._open[level]) == TILE_WIDTH:
            self._compare(level)
            complete, self._open[level] = self._open[level], []
            self._full[level] += 1
            self._append(level + 1, tree_root(complete))

    def finish(self) -> None:
        """Compare the tiles that are not full; raises LogError."""
        for level, hashes in enumerate(self._open):
            if hashes:
                self._compare(level)

    def _compare(self, level: int) -> None:
        hashes, number = self._open[level], self._full[level]
        tile = Tile(level, number, len(hashes))
        shown = self._reader.hashes(tile)
        if shown == hashes:
            return
        at = next(at for at, found in enumerate(hashes) if found != shown[at])
        first = number * TILE_WIDTH + at
        what = f"entry {first}" if level == 0 else f"the subtree {first} of its level"
        raise LogError(f"the file {tile.path} does not agree with {what}")
