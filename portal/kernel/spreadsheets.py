"""Cells of spreadsheets that are given out 导出表格: a text that would be run is made harmless."""

from typing import Any

# A cell that begins like this would be run as a formula by a spreadsheet program.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(cell: Any) -> Any:
    """Return a CSV cell with an apostrophe before what would be a formula; numbers stay."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
