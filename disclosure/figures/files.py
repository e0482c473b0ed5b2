"""Published figures as files 数据下载: JSON for programs, CSV and XLSX for spreadsheets."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from disclosure.figures.contents import public_members
from disclosure.figures.kinds import WITHHELD
from disclosure.figures.numbers import Figure
from disclosure.figures.queries import Source
from portal.kernel.spreadsheets import harmless_cell

HEADINGS = {
    "source": "来源",
    "region_code": "区划代码",
    "region": "地区",
    "period": "期间",
    "programme": "项目",
    "measure": "指标",
    "value": "数值",
    "unit": "单位",
    "published": "公布写法",
    "note": "说明",
}
# A file that is made anew must be the same file, so it does not say when it was made.
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS = {"region_code": 15, "region": 18, "programme": 30, "measure": 20, "value": 16, "note": 30}


def figures_json(
    figures: Sequence[Figure], sources: Sequence[Source], funds: Sequence[dict[str, Any]]
) -> str:
    """Return the figures and the sources that they cite as JSON; values are decimals as text.

    ``funds`` are the lines of fund figures, with how each stands to the posted lists.
    """
    cited = {figure.source for figure in figures}
    return json.dumps(
        {
            "figures": [public_members(figure) for figure in figures],
            "funds": list(funds),
            "sources": [vars(source) for source in sources if source.id in cited],
        },
        ensure_ascii=False,
        indent=1,
    )


def figures_csv(figures: Sequence[Figure]) -> bytes:
    """Return the figures as CSV in UTF-8 with BOM, in the columns in which the desk takes them."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(HEADINGS)
    for figure in figures:
        members = public_members(figure) | ({"value": WITHHELD} if figure.withheld else {})
        writer.writerow([harmless_cell(members[name]) for name in HEADINGS])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def figures_xlsx(figures: Sequence[Figure], sources: Sequence[Source]) -> bytes:
    """Return the figures as a workbook with a sheet of sources; texts are texts, never formulas."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    workbook.set_properties({"created": _MADE_AT})
    head = workbook.add_format({"bold": True, "bottom": 1})
    sheet = workbook.add_worksheet("已公布数据")
    sheet.freeze_panes(1, 0)
    for column, (name, heading) in enumerate(HEADINGS.items()):
        sheet.write_string(0, column, heading, head)
        sheet.set_column(column, column, _WIDTHS.get(name, 12))
    for line, figure in enumerate(figures, start=1):
        _write_line(sheet, line, figure)
    cited = {figure.source for figure in figures}
    _write_sources(workbook.add_worksheet("来源"), head, [s for s in sources if s.id in cited])
    workbook.close()
    return target.getvalue()


def _write_line(sheet: Any, line: int, figure: Figure) -> None:
    members = public_members(figure) | ({"value": WITHHELD} if figure.withheld else {})
    for column, name in enumerate(HEADINGS):
        if name == "value" and not figure.withheld:
            sheet.write_number(line, column, float(figure.value))
        else:
            sheet.write_string(line, column, members[name])


def _write_sources(sheet: Any, head: Any, sources: Sequence[Source]) -> None:
    sheet.set_column(1, 1, 60)
    for column, heading in enumerate(("编号", "标题", "发布单位", "发布时间", "网址")):
        sheet.write_string(0, column, heading, head)
    for line, source in enumerate(sources, start=1):
        cells = (source.id, source.title, source.publisher, source.published, source.url)
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell)
