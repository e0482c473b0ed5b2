"""CSV files 数据文件 that an operator loads: decoded, taken apart, all problems told at once."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from portal.kernel.errors import Refused, SeveralRefused
from portal.kernel.language import N_

Record = tuple[int, dict[str, str]]


def read_csv_file(path: Path) -> str:
    """Return the text of a file in UTF-8 (with or without BOM) or GB18030; raises Refused."""
    return decode_csv(path.read_bytes())


def decode_csv(data: bytes) -> str:
    """Return the text of what such a file holds; raises Refused."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(N_("The file is no text in UTF-8 or GB18030. Save it as CSV and try again."))


def parse_records(text: str, columns: Sequence[str]) -> list[Record]:
    """Return (number of the line, value of each column without spaces around it) for every line.

    Raises Refused where the first line does not name ``columns``, or where it is no CSV at all.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if not set(columns) <= set(reader.fieldnames or ()):
            raise Refused(N_("The first line must read %(columns)s."), columns=",".join(columns))
        return [
            (reader.line_num, {name: (record[name] or "").strip() for name in columns})
            for record in reader
        ]
    except csv.Error as error:
        raise Refused(N_("Line %(line)s cannot be read."), line=reader.reader.line_num) from error


def check_lengths(
    record: Record, longest: Mapping[str, int], *, may_be_empty: Collection[str] = ()
) -> list[Refused]:
    """Return a refusal for each value that is longer than its column takes, or that is missing."""
    line, values = record
    return [
        Refused(
            N_("Line %(line)s: %(column)s must have %(least)s to %(most)s characters."),
            line=line,
            column=column,
            least=0 if column in may_be_empty else 1,
            most=most,
        )
        for column, most in longest.items()
        if len(values[column]) > most or (not values[column] and column not in may_be_empty)
    ]


def refuse_all(problems: Sequence[Refused]) -> None:
    """Raise SeveralRefused unless there is nothing wrong."""
    if problems:
        raise SeveralRefused(problems)
