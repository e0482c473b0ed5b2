"""Posters to test with, and what Debian's PDF programs read from them."""

import re
import subprocess
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from disclosure.posters.content import (
    FundRow,
    Objection,
    PosterContent,
    PosterKind,
    PosterRow,
    PosterTotals,
)
from disclosure.posters.render import PosterSize, render_poster
from tests.fixtures.programs import need_program

VERIFY_URL = "https://www.example.gov.cn/zwgk/jz/v/7K3QF-9XW2M"
SHORT_CODE = "7K3QF-9XW2M"
WITHHELD = "未成年人，不公示姓名"
_NAMES = ("马*", "王*英", "古***·***", WITHHELD, "欧阳*", "𠮷*䶮", "𬱖*㛃", "J*** S****")


def rows(count: int, kind: PosterKind = "standing") -> tuple[PosterRow | FundRow, ...]:
    """Return ``count`` rows of a list, their amounts all different."""
    if kind in ("funds", "figures"):
        return tuple(
            FundRow(
                n, "吉强镇", f"{n % 12 + 1}月", "农村低保", 100 + n, 200 + n, f"{50_000 + n:,}.50"
            )
            for n in range(1, count + 1)
        )
    return tuple(
        PosterRow(
            n=n,
            name=_NAMES[n % len(_NAMES)],
            amount_yuan=f"{1_000 + 37 * n:,}",
            group=f"{n % 9 + 1}组",
            persons=n % 6 + 1,
            class_="ABC"[n % 3],
            reason="子女就学负担重" if kind == "temporary" else "",
        )
        for n in range(1, count + 1)
    )


def sample(count: int, kind: PosterKind = "standing", **changes: Any) -> PosterContent:
    """Return a poster of ``count`` people who do not exist; ``changes`` replace its fields."""
    content = PosterContent(
        kind=kind,
        title="三营镇金轮村2026年10月农村最低生活保障对象名单公示",
        programme="农村最低生活保障",
        place=("固原市", "原州区", "三营镇", "金轮村委会"),
        period="2026年10月",
        rows=rows(count, kind),
        totals=PosterTotals(households=count, persons=2 * count, amount_yuan=f"{count * 1_540:,}"),
        verify_url=VERIFY_URL,
        short_code=SHORT_CODE,
        issuer="三营镇人民政府",
        issued_on=date(2026, 10, 9),
        objection=Objection(
            unit="三营镇民政办公室（社会救助窗口）",
            address="固原市原州区三营镇政府大院一楼民生服务中心",
            telephone="0954-0000001",
            supervising_unit="原州区民政局",
            supervising_telephone="0954-0000002",
        ),
        posted_from=date(2026, 10, 16),
        posted_to=date(2026, 10, 22),
        channel_note="本名单张贴于村务公开栏。",
        version=2,
    )
    return replace(content, **changes)


@cache
def poster(
    count: int, size: PosterSize = "a3", kind: PosterKind = "standing", **changes: Any
) -> bytes:
    """Return the rendered sample, once for all tests that look at it."""
    return render_poster(sample(count, kind, **changes), size=size)


def read_with(program: str, pdf: bytes, *arguments: str, last: tuple[str, ...] = ()) -> str:
    """Return what ``program`` prints about ``pdf``; ``last`` are arguments behind the file."""
    path = need_program(program)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.pdf"
        file.write_bytes(pdf)
        done = subprocess.run(
            [path, *arguments, str(file), *last], check=True, capture_output=True, timeout=120
        )
    return done.stdout.decode(errors="replace")


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page in the order it was set, cell after cell, without spaces."""
    text = read_with("pdftotext", pdf, "-raw", last=("-",))
    return [re.sub(r"\s+", "", page) for page in text.split("\f")[:-1]]


def lines_of(pdf: bytes) -> list[str]:
    """Return the lines as they stand on the paper, spaces taken out."""
    text = read_with("pdftotext", pdf, "-layout", last=("-",))
    return [re.sub(r"\s+", "", line) for line in text.splitlines()]


def pictures_of(pdf: bytes, dpi: int, folder: Path, *options: str) -> list[Path]:
    """Return one picture of each page, at ``dpi`` dots an inch, written into ``folder``."""
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    program = need_program("pdftoppm")
    subprocess.run(
        [program, "-r", str(dpi), *options, str(file), str(folder / "page")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return sorted(folder.glob("page*"))


def decoded(picture: Path) -> list[str]:
    """Return what the codes on ``picture`` say."""
    program = need_program("zbarimg")
    done = subprocess.run(
        [program, "--quiet", "--raw", str(picture)], capture_output=True, timeout=120, check=False
    )
    return done.stdout.decode().splitlines()
