"""The upload form 上传名单: whatever is sent, a clear sentence comes back and nothing is stored."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from disclosure.models import Notice, Submission
from portal.app import PortalApp
from portal.data.audit import AuditEntry
from portal.kernel.permissions import Role
from portal.web.requests import LARGEST_FORM, LARGEST_UPLOAD
from tests.disclosure.bombs import zeros_in_a_workbook
from tests.disclosure.lists import FOUR, list_csv
from tests.fixtures.pages import Page, PageClient, filled
from tests.fixtures.people import GUANTING, SANYING, XINGLONG
from tests.fixtures.run import ROOT

SAMPLES = ROOT / "tests" / "samples"
UPLOAD = "/desk/lists/upload"
BROKEN = ("empty.csv", "empty.xlsx", "not-a-workbook.xlsx", "truncated.xlsx", "unrelated.xlsx")


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK)


def send(
    client: PageClient, data: bytes, filename: str = "list.xlsx", **values: Any
) -> TestResponse:
    """Fill in the upload form as a clerk does, and send it."""
    given = {"kind": "standing", "region": SANYING, "period": "2026-10", **values}
    fields = filled(client.page(UPLOAD).form(), given, None)
    return post(client, {name: value[0] for name, value in fields.items()}, data, filename)


def post(
    client: PageClient, fields: dict[str, str], data: bytes, filename: str = "list.csv"
) -> TestResponse:
    """Send a form with a file, put together here: Werkzeug's client would need a temporary file."""
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    )
    body = "".join(parts).encode() + data + b"\r\n--limit--\r\n"
    return client.post(UPLOAD, data=body, content_type="multipart/form-data; boundary=limit")


def stored(app: PortalApp) -> int:
    with app.sessions.reading() as session:
        count = session.scalar(select(func.count()).select_from(Submission)) or 0
        assert (session.scalar(select(func.count()).select_from(Notice)) == 0) == (count == 0)
        imports = select(AuditEntry).where(AuditEntry.action == "list-import")
        assert len(session.scalars(imports).all()) == count
    return count


def test_every_broken_file_is_answered_with_a_sentence(app: PortalApp, clerk: PageClient) -> None:
    files = {name: (SAMPLES / name).read_bytes() for name in BROKEN}
    files["a picture.xlsx"] = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
    files["a page.xls"] = b"<html><table><tr><td>1</td></tr></table></html>"
    files["noise.csv"] = bytes(range(256)) * 40
    files["half a line.csv"] = '行政村,户主姓名\n"东塬'.encode()
    for name, data in files.items():
        answer = send(clerk, data, name)
        assert answer.status_code == 422, name
        page = Page(answer)
        rows = page.soup.select("main tbody tr")
        if rows:
            assert len(rows) == 1, name
            assert "。" in rows[0].get_text(), name
        else:
            assert page.soup.select_one(".govuk-error-summary"), name
        assert stored(app) == 0, name


def test_every_bad_row_is_shown_before_anything_is_decided(
    app: PortalApp, clerk: PageClient
) -> None:
    answer = clerk.follow(send(clerk, (SAMPLES / "bad-rows.xlsx").read_bytes()))
    assert answer.status_code == 200
    page = Page(answer)
    expected = json.loads((SAMPLES / "bad-rows.xlsx.expect.json").read_text(encoding="utf-8"))
    shown = [cell.get_text(strip=True) for cell in page.soup.select(".problems-table__row")]
    assert shown == [f"第{row}行" for row in expected["problems"]]
    assert stored(app) == 1  # a draft that cannot be submitted yet
    assert not page.soup.select('form[action$="/submit"]')
    assert page.soup.select('form[action$="/leave-out"]')


def test_the_same_file_twice_is_stored_once(app: PortalApp, clerk: PageClient) -> None:
    first, second = (send(clerk, list_csv(FOUR)) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert stored(app) == 1


def test_what_is_filled_in_wrong_is_said_beside_its_field(
    app: PortalApp, clerk: PageClient
) -> None:
    page = clerk.page(UPLOAD)
    wrong: tuple[dict[str, Any], ...] = (
        {"period": "October"},
        {"period": ""},
        {"period": "2026-13"},
        {"period": "9999-12", "kind": "review"},
        {"period": "9" * 5000},
    )
    for values in wrong:
        answer = send(clerk, list_csv(FOUR), **values)
        assert answer.status_code == 422, values
        assert Page(answer).soup.select_one("#period-error"), values
    data = {"kind": "standing", "region": SANYING, "period": "2026-10"}
    without = Page(clerk.submit(page, data))
    assert without.response.status_code == 422
    assert without.soup.select_one("#file-error")
    assert stored(app) == 0


def test_nobody_brings_in_a_list_for_another_place(app: PortalApp, clerk: PageClient) -> None:
    token = clerk.page(UPLOAD).form().select_one("input[name=csrf_token]")
    assert token is not None
    for region in (GUANTING, XINGLONG, "000000000000", "' OR 1=1 --", ""):
        fields = {"kind": "standing", "region": region, "csrf_token": str(token["value"])}
        answer = post(clerk, {**fields, "period": "2026-10"}, list_csv(FOUR))
        assert answer.status_code in {403, 404, 422}, region
    assert stored(app) == 0


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.HEAD, Role.ADMIN, Role.HELPER])
def test_other_roles_have_no_such_form(staff: Callable[..., PageClient], role: Role) -> None:
    assert staff(role).get(UPLOAD).status_code == 403


def test_a_file_of_the_largest_size_is_taken_and_one_more_byte_is_not(
    app: PortalApp, clerk: PageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it ever stands in a temporary file."""
    token = clerk.page(UPLOAD).form().select_one("input[name=csrf_token]")
    assert token is not None
    fields = {"kind": "standing", "region": SANYING, "csrf_token": str(token["value"])}
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))  # any use of it fails
    list_ = list_csv(FOUR)
    for month, size, status in (
        (1, 2 * LARGEST_FORM, 302),
        (2, LARGEST_UPLOAD, 302),
        (3, LARGEST_UPLOAD + 1, 422),
        (4, LARGEST_UPLOAD + LARGEST_FORM, 413),
    ):
        answer = post(clerk, {**fields, "period": f"2026-{month:02}"}, padded(list_, size))
        assert answer.status_code == status, size
        assert status == 302 or "20 MB" in Page(answer).text
    assert stored(app) == 2


def padded(data: bytes, size: int) -> bytes:
    """Return a CSV of exactly ``size`` bytes: blank lines follow, of many spaces each."""
    blank = b" " * 999 + b"\n"
    return (data + blank * (size // len(blank) + 1))[:size]


def test_a_workbook_of_two_gigabytes_of_zeros_is_refused(app: PortalApp, clerk: PageClient) -> None:
    for lying in (False, True):
        answer = send(clerk, zeros_in_a_workbook(2 * 1024**3, lying=lying))
        assert answer.status_code == 422
        (row,) = Page(answer).soup.select("main tbody tr")
        assert "256" in row.get_text()
    assert stored(app) == 0


def test_whoever_is_not_signed_in_sends_nothing(app: PortalApp, client: PageClient) -> None:
    for size in (10, 5 * LARGEST_FORM):
        answer = post(client, {"period": "2026-10"}, b"\n" * size)
        assert answer.status_code == 400
        assert Page(answer).h1
    assert stored(app) == 0


def test_a_form_from_elsewhere_is_refused(app: PortalApp, clerk: PageClient) -> None:
    for token in (None, "", "0" * 90):
        fields = {"kind": "standing", "region": SANYING, "period": "2026-10"}
        if token is not None:
            fields["csrf_token"] = token
        answer = post(clerk, fields, list_csv(FOUR))
        assert answer.status_code == 400
    assert stored(app) == 0


def test_a_torn_request_is_a_sentence_too(app: PortalApp, clerk: PageClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nabc'
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""):
        answer = clerk.post(UPLOAD, data=body, content_type=kind)
        assert answer.status_code == 400, kind
        assert Page(answer).h1
    assert stored(app) == 0
