"""Spreadsheets of every kind, and the way of one through the pages to what residents see."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from tests.disclosure.lists import EAST, TUANJIE, id_number
from tests.fixtures.pages import Page, PageClient, filled
from tests.fixtures.people import SANYING

UPLOAD = "/desk/lists/upload"
NAMES = ("王秀英", "马建国", "李文华", "张桂兰", "杨立军", "苏玉梅")


@dataclass(frozen=True)
class Columns:
    """The columns of a form beside village, group, name and ID number, and each row's values."""

    headings: tuple[str, ...]
    values: tuple[str | float, ...]


LIVING = Columns(("家庭人口", "保障人口", "救助类别", "月保障金额（元）"), (2, 2, "B", 330))
CARE = Columns(
    ("供养方式", "照料护理等级", "基本生活费（元）", "照料护理费"),
    ("集中供养", "全护理", 1014, 780),
)
PERSONS = Columns(("供养方式", "终止原因"), ("分散供养", "突发脑溢血病故"))
FAMILIES = Columns(("家庭人口", "保障人口"), (3, 3))
RELIEF = Columns(("救助类型", "救助事由", "救助金额（元）"), ("支出型", "因灾", 1200))
SUBSIDY = Columns(("补贴金额（元）",), (15,))


def workbook(title: str, columns: Columns, villages: Sequence[str]) -> bytes:
    """Return a spreadsheet with one row a village, as a township's clerk exports it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    sheet.write(0, 0, title)
    sheet.write_row(2, 0, ["序号", "行政村", "村民小组", "姓名", "身份证号码", *columns.headings])
    for n, village in enumerate(villages, start=1):
        name, number = NAMES[n % len(NAMES)], id_number(n)
        sheet.write_row(2 + n, 0, [n, village, "1组", name, number, *columns.values])
    book.close()
    return target.getvalue()


FOUR = (EAST, EAST, EAST, TUANJIE)


def send(clerk: PageClient, kind: str, period: str, data: bytes) -> Page:
    """Bring in a file through the form; return the page that comes of it."""
    fields = filled(
        clerk.page(UPLOAD).form(), {"kind": kind, "region": SANYING, "period": period}, None
    )
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value[0]}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        '--limit\r\nContent-Disposition: form-data; name="file"; filename="list.xlsx"\r\n\r\n'
    )
    body = "".join(parts).encode() + data + b"\r\n--limit--\r\n"
    answer = clerk.post(UPLOAD, data=body, content_type="multipart/form-data; boundary=limit")
    return Page(clerk.follow(answer))


def path_of(page: Page) -> str:
    """Return the path of a page."""
    return str(page.response.request.path)


def approve(approver: PageClient, where: str) -> Page:
    """Approve a list as it is shown, to be posted at once; return the page that comes of it."""
    forms = approver.page(where).soup.select('form[action$="/approve"]')
    fields = filled(forms[0], {}, None)
    return Page(approver.follow(approver.post(str(forms[0]["action"]), data=fields)))


def publish(
    clerk: PageClient, approver: PageClient, kind: str, period: str, data: bytes
) -> list[str]:
    """Bring a file in, submit it, and have it approved, all through pages; return the notices."""
    page = send(clerk, kind, period, data)
    where = path_of(page)
    assert where != UPLOAD, page.text
    clerk.submit(page, action="/submit")
    shown = approve(approver, where)
    found = [str(link["href"]) for link in shown.soup.select('a[href*="/n/"]')]
    assert found, shown.text
    return [link.rpartition("/n/")[2] for link in found]
