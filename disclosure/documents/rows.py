"""Tables of documents 表格: help measures 帮扶措施 and helpers 救助协理员, as lines of CSV."""

import csv
import io
from collections.abc import Collection, Sequence

from disclosure.documents.kinds import DocumentKind, columns_of
from portal.data.csvfiles import check_lengths, parse_records, refuse_all
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.text import clean

LONGEST = {
    "category": 60,
    "measure": 200,
    "responsible": 80,
    "channel": 200,
    "region_code": 12,
    "name": 40,
    "phone": 40,
}
MOST_ROWS = 1_000

Row = dict[str, str]


def parse_rows(kind: DocumentKind, text: str, *, villages: Collection[str] = ()) -> list[Row]:
    """Return the lines of a kind's table; raises SeveralRefused with everything that is wrong.

    ``villages`` are the codes that a helper may belong to.
    """
    columns = columns_of(kind)
    if not columns or not text.strip():
        return []
    records = parse_records(text.strip(), columns)
    problems: list[Refused] = []
    if len(records) > MOST_ROWS:
        problems.append(
            Refused(N_("The table has more than %(most)s lines."), field="table", most=MOST_ROWS)
        )
    for record in records:
        problems += check_lengths(record, {name: LONGEST[name] for name in columns})
        if kind is DocumentKind.HELPERS and record[1]["region_code"] not in villages:
            problems.append(
                Refused(
                    N_("Line %(line)s: %(code)s is no village or neighbourhood of this place."),
                    field="table",
                    line=record[0],
                    code=record[1]["region_code"][:12],
                )
            )
    refuse_all(problems)
    return [{name: clean(values[name]) for name in columns} for _, values in records]


def rows_text(kind: DocumentKind, rows: Sequence[Row]) -> str:
    """Return a table as the form shows it, its columns' names first."""
    columns = columns_of(kind)
    if not columns:
        return ""
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()
