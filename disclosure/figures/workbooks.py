"""A file of figures as it comes 数据表: CSV or a workbook, its columns named in either language."""

import csv
import io
from collections.abc import Sequence

from disclosure.figures.files import HEADINGS
from disclosure.intake.reader import read_workbook
from disclosure.intake.workbook import Workbook
from portal.data.csvfiles import decode_csv
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.text import clean

# How workbooks of the newer and of the older kind begin.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OF_PEOPLE = ("姓名", "身份证", "证件号", "户主")
_NAMES = {heading: name for name, heading in HEADINGS.items()}


def csv_of(data: bytes) -> bytes:
    """Return the file as CSV in UTF-8 whose first line names the columns as programs call them.

    Raises Refused for a list of people, whose rows are never figures, and for a file that cannot
    be read.
    """
    if data.startswith(_WORKBOOKS):
        rows = _rows_of(read_workbook(data))
    else:
        rows = _lines_of(decode_csv(data))
    if rows:
        rows[0] = [_NAMES.get(clean(cell), clean(cell)) for cell in rows[0]]
        _refuse_people(rows[0])
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def _lines_of(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Refused(
            N_("The file is no text in UTF-8 or GB18030. Save it as CSV and try again."),
            field="file",
        ) from error


def _rows_of(workbook: Workbook) -> list[list[str]]:
    """Return the cells of the first sheet that can be seen."""
    sheet = next((one for one in workbook.sheets if not one.hidden), None)
    if sheet is None or sheet.formulas:
        raise Refused(
            N_("The workbook needs one sheet with values and no formulas. Paste values and save."),
            field="file",
        )
    return [[_written(cell) for cell in row] for row in sheet.rows]


def _written(cell: object) -> str:
    """Return a cell as CSV writes it: whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _refuse_people(headings: Sequence[str]) -> None:
    if any(word in heading for heading in headings for word in _OF_PEOPLE):
        raise Refused(
            N_(
                "This is a list of people. Here only numbers are brought in, without names; of "
                "children no list is published at all."
            ),
            field="file",
        )
