"""Workbooks 工作簿 as they stand: cells with their sheet's own row numbers, nothing interpreted."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from portal.kernel.errors import Refused

CellValue = str | int | float | bool | date | datetime | time | timedelta

MAX_BYTES = 20 * 1024 * 1024  # rules on masking: uploads stay in memory up to 20 MB
MAX_UNPACKED = 256 * 1024 * 1024  # about 500,000 full rows; a larger one is no township's list
MAX_TEXT = 512 * 1024 * 1024  # bytes of text in all cells, however often one text is shared
MAX_ROWS = 200_000  # in all sheets together
MAX_COLUMNS = 256
MAX_CELLS = 6_000_000  # rows × columns, in all sheets together: the reader keeps a dense table
MAX_SHEETS = 1_000


class ReadCode(StrEnum):
    """Why a file as a whole cannot be read."""

    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"


class ReadRefused(Refused):
    """The file as a whole cannot be read; ``code`` is the problem's code, the sentence says why."""

    def __init__(self, code: ReadCode, message: str, **params: Any) -> None:
        super().__init__(message, **params)
        self.code = code


@dataclass(frozen=True)
class Merge:
    """A merged range: rows and columns from 0, first and last both inside."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Extent:
    """How far the cells of a sheet reach: number of rows and of columns, counted from A1."""

    rows: int = 0
    columns: int = 0

    @property
    def fits(self) -> bool:
        """Whether a sheet of this size is read."""
        return (
            self.rows <= MAX_ROWS
            and self.columns <= MAX_COLUMNS
            and self.rows * self.columns <= MAX_CELLS
        )


@dataclass(frozen=True)
class SheetScan:
    """What is known of a sheet before it is read: its name, how far its cells reach, its formulas.

    ``formulas`` holds (row, column) from 0. ``name`` is "" where the format does not tell.
    """

    name: str
    extent: Extent
    formulas: frozenset[tuple[int, int]] = frozenset()
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet 工作表: ``rows[i]`` is the sheet's row ``i + 1``, an empty cell is ``""``."""

    name: str
    rows: list[list[CellValue]] = field(repr=False)
    formulas: frozenset[tuple[int, int]] = frozenset()
    """(row, column), from 0, of the cells that hold a formula."""
    merges: tuple[Merge, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Workbook:
    """All sheets of a file; ``encoding`` is "utf-8", "utf-16" or "gb18030" for a CSV, else None."""

    sheets: tuple[Sheet, ...] = field(repr=False)
    encoding: str | None = None
