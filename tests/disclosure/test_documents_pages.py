"""Documents through pages: written, approved by a second person, corrected, withdrawn."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from disclosure.documents.kinds import ELEMENTS
from disclosure.documents.models import Document, DocumentFile
from disclosure.log.commitment import content_digest
from disclosure.log.notes import VerifierKey
from disclosure.log.proofs import parse_proof
from disclosure.log.rows import rows_root
from disclosure.logbook.models import LogEntry
from portal.app import PortalApp
from portal.data.audit import AuditEntry
from portal.kernel.permissions import Role
from tests.disclosure.lists import id_number
from tests.disclosure.pictures import FILM, PDF, SECRET, png
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import SANYING, UNITS, YUANZHOU

OFFICE_PHONE = next(unit.phone for unit in UNITS if unit.id == "yuanzhou")
POLICY = {"title": "救助政策要点", "summary": "一句话说清", "body": "一、条件\n人均收入低于标准。"}


@pytest.fixture
def writer(staff: StaffMaker) -> PageClient:
    return staff(Role.REVIEWER)


@pytest.fixture
def head(staff: StaffMaker) -> PageClient:
    return staff(Role.HEAD, "yuanzhou")


def write(writer: PageClient, kind: str, values: dict[str, str]) -> str:
    """Write a draft; return its address at the desk."""
    chosen = writer.submit(writer.page("/desk/documents/new"), {"kind": kind})
    answer = writer.submit(Page(writer.follow(chosen)), values)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return Page(writer.follow(answer)).response.request.path


def add(
    writer: PageClient, path: str, data: bytes, name: str, text: str = "画面的内容"
) -> TestResponse:
    page = writer.page(f"{path}/files")
    return read(writer.submit(page, {"file": (io.BytesIO(data), name), "text": text}))


def read(answer: TestResponse) -> TestResponse:
    """Return an answer that was read to its end and closed, as a browser does."""
    answer.get_data()
    answer.close()
    return answer


def publish(writer: PageClient, head: PageClient, path: str) -> str:
    """Submit and approve; return the public address."""
    said = writer.follow(writer.submit(writer.page(path), action="/submit"))
    assert "等待另一人复核" in said.get_data(as_text=True)
    said = head.follow(head.submit(head.page(path), action="/approve"))
    assert "文件已发布" in said.get_data(as_text=True)
    return path.replace("/desk/documents", "/policies")


def test_a_policy_goes_through_a_second_person_into_public_view(
    app: PortalApp, writer: PageClient, head: PageClient, client: PageClient
) -> None:
    assert "还没有发布政策或指南" in client.page("/policies").text
    path = write(writer, "policy", POLICY)
    public = path.replace("/desk/documents", "/policies")
    assert client.get(public).status_code == 404
    waiting = Page(writer.follow(writer.submit(writer.page(path), action="/submit")))
    assert not waiting.soup.select("form[action$='/approve']")
    assert client.get(public).status_code == 404
    head.submit(head.page(path), action="/approve")
    page = client.page(public)
    assert page.h1 == "救助政策要点"
    assert [heading.get_text() for heading in page.soup.select(".document-text h2")] == ["一、条件"]
    assert "救助政策要点" in client.page("/policies").text
    assert client.page(f"/en{public}").h1 == "救助政策要点"
    told = json.loads(client.get(f"{public}.json").data)
    entry = _last_entry(app)
    assert told["content"] == content_digest(told["text"]) == entry["content"]
    assert (entry["kind"], entry["event"], entry["version"]) == ("document", "publish", 1)
    assert entry["rows"] == rows_root(())
    assert told["versions"][0]["log_index"] == told["log"]["index"]
    receipt = parse_proof(client.get(f"{public}.tlog-proof").data)
    keys = [VerifierKey.parse(client.get("/log/key").text.strip())]
    receipt.verify(told["log"]["entry"].encode(), keys)


def _last_entry(app: PortalApp) -> dict[str, Any]:
    with app.sessions.reading() as session:
        entry = session.scalars(select(LogEntry).order_by(LogEntry.index.desc())).first()
    assert entry is not None
    told: dict[str, Any] = json.loads(entry.entry)
    return told


def test_whoever_wrote_it_cannot_approve_it_even_by_hand(
    writer: PageClient, client: PageClient
) -> None:
    path = write(writer, "policy", POLICY)
    page = Page(writer.follow(writer.submit(writer.page(path), action="/submit")))
    token = str(page.soup.select("input[name=csrf_token]")[0]["value"])
    answer = writer.post(f"{path}/approve", {"csrf_token": token, "digest": "0" * 64})
    assert answer.status_code == 403
    assert client.get(path.replace("/desk/documents", "/policies")).status_code == 404


def test_what_changed_since_it_was_looked_at_is_not_approved(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    path = write(writer, "policy", POLICY)
    writer.submit(writer.page(path), action="/submit")
    looked_at = head.page(path)
    head.submit(looked_at, {"reason": "标题不对"}, action="/return")
    writer.submit(writer.page(f"{path}/write"), {"title": "新的标题"})
    writer.submit(writer.page(path), action="/submit")
    said = head.follow(head.submit(looked_at, action="/approve"))
    assert "重新核对" in said.get_data(as_text=True)
    assert client.get(path.replace("/desk/documents", "/policies")).status_code == 404


def test_a_guide_has_all_seven_parts(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    parts = {f"element_{name}": f"{name}的内容" for name in ELEMENTS}
    path = write(writer, "guide", {"title": "低保办事指南", **parts, "element_steps": ""})
    said = writer.follow(writer.submit(writer.page(path), action="/submit"))
    assert "七项内容都要填写" in said.get_data(as_text=True)
    steps = "1. 申请\n2. 公示7天"
    writer.submit(writer.page(f"{path}/write"), {"element_steps": steps})
    page = client.page(publish(writer, head, path))
    headings = [heading.get_text() for heading in page.soup.select(".element h2")]
    assert headings == [
        *("办理事项", "办理条件", "救助标准", "申请材料"),
        *("办理流程", "办理时间地点", "联系方式"),
    ]
    assert [item.get_text() for item in page.soup.select(".element ol li")] == ["申请", "公示7天"]


def test_a_picture_needs_its_words_and_shows_nothing_else(
    app: PortalApp, writer: PageClient, head: PageClient, client: PageClient, tmp_path: Path
) -> None:
    path = write(writer, "comic", {"title": "漫画"})
    refused = add(writer, path, png(), "图.png", text="  ")
    assert refused.status_code == 422
    assert "供看不到的人阅读" in refused.get_data(as_text=True)
    said = writer.follow(writer.submit(writer.page(path), action="/submit"))
    assert "漫画要有图片" in said.get_data(as_text=True)
    assert add(writer, path, png(), "图.png", text="第一格：申请。").status_code == 302
    public = publish(writer, head, path)
    page = client.page(public)
    (picture,) = page.soup.select("img.viewer__picture")
    assert (picture["width"], picture["height"]) == ("4", "3")
    assert "第一格：申请。" in page.text
    answer = read(client.get(str(picture["src"])))
    assert answer.mimetype == "image/png"
    assert SECRET not in answer.data
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = read(client.get(str(picture["src"]), headers={"If-None-Match": answer.headers["ETag"]}))
    assert again.status_code == 304
    with app.sessions.reading() as session:
        file = session.scalars(select(DocumentFile)).one()
    assert hashlib.sha256(answer.data).hexdigest() == file.digest
    assert client.get(f"{public}/files/1-0000000000000000.png").status_code == 404
    assert client.get(f"{public}/files/..%2F..%2Fportal.db").status_code == 404


def test_films_are_sent_in_parts_and_pdf_files_to_keep(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    path = write(writer, "film", {"title": "短片"})
    assert add(writer, path, FILM, "短片.mp4").status_code == 302
    assert add(writer, path, PDF, "说明.pdf").status_code == 302
    page = client.page(publish(writer, head, path))
    (film,) = page.soup.select("video.viewer__film")
    part = read(client.get(str(film["src"]), headers={"Range": "bytes=10-19"}))
    assert part.status_code == 206
    assert part.data == FILM[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(FILM)}"
    assert (
        read(client.get(str(film["src"]), headers={"Range": "bytes=9999999-"})).status_code == 416
    )
    (pdf,) = [a for a in page.soup.select(".viewer__download a") if ".pdf" in str(a["href"])]
    answer = read(client.get(str(pdf["href"])))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == PDF


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"GIF89a...", 422), (b"<html><script>", 422), (png()[:50], 422)],
)
def test_a_bad_file_is_refused_and_not_kept(
    writer: PageClient, tmp_path: Path, data: bytes, status: int
) -> None:
    path = write(writer, "comic", {"title": "漫画"})
    assert add(writer, path, data, "图.png").status_code == status
    kept = tmp_path / "documents"
    assert not kept.exists() or list(kept.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "values", "file_text"),
    [
        ("policy", {"title": "张三 13800138000", "body": "要点"}, None),
        ("policy", {"title": "要点", "body": f"身份证{id_number(1)}"}, None),
        ("comic", {"title": "漫画"}, "拨打13800138000"),
    ],
)
def test_personal_data_stops_a_document(
    writer: PageClient, kind: str, values: dict[str, str], file_text: str | None
) -> None:
    path = write(writer, kind, values)
    if file_text:
        add(writer, path, png(), "图.png", text=file_text)
    page = writer.page(path)
    assert "发现个人信息" in page.text
    assert not page.soup.select("form[action$='/submit']")
    token = str(page.soup.select("input[name=csrf_token]")[0]["value"])
    said = writer.follow(writer.post(f"{path}/submit", {"csrf_token": token}))
    assert "含有个人信息" in said.get_data(as_text=True)


def test_telephones_of_the_offices_are_public(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    path = write(writer, "policy", {**POLICY, "body": f"咨询电话：{OFFICE_PHONE}，也可拨打12345。"})
    assert OFFICE_PHONE in client.page(publish(writer, head, path)).text


def test_a_correction_is_a_new_version_and_both_are_logged(
    app: PortalApp, writer: PageClient, head: PageClient, client: PageClient
) -> None:
    path = write(writer, "policy", POLICY)
    public = publish(writer, head, path)
    writer.submit(writer.page(path), action="/revise")
    writer.submit(writer.page(f"{path}/write"), {"title": "改过的要点"})
    assert client.page(public).h1 == "救助政策要点"
    first = _last_entry(app)
    publish(writer, head, path)
    page = client.page(public)
    assert page.h1 == "改过的要点"
    assert "第2版" in page.text
    entry = _last_entry(app)
    assert (entry["event"], entry["version"]) == ("correct", 2)
    told = json.loads(client.get(f"{public}.json").data)
    assert entry["prev"] == told["versions"][1]["log_index"]
    assert first["content"] == told["versions"][1]["content"]


def test_what_is_withdrawn_leaves_its_reason_alone(
    app: PortalApp, writer: PageClient, head: PageClient, client: PageClient, tmp_path: Path
) -> None:
    path = write(writer, "comic", {"title": "漫画", "summary": "摘要会消失"})
    add(writer, path, png(), "图.png", text="第一格会消失")
    public = publish(writer, head, path)
    src = str(client.page(public).soup.select("img.viewer__picture")[0]["src"])
    assert (
        head.submit(head.page(path), {"withdraw-reason": ""}, action="/withdraw").status_code == 422
    )
    head.submit(head.page(path), {"withdraw-reason": "内容过时"}, action="/withdraw")
    page = client.page(public)
    assert "内容过时" in page.text
    assert "会消失" not in page.text
    assert client.get(src).status_code == 410
    assert list((tmp_path / "documents").iterdir()) == []
    assert json.loads(client.get(f"{public}.json").data)["text"] is None
    assert public not in str(client.page("/policies").soup)
    assert _last_entry(app)["event"] == "withdraw"
    with app.sessions.reading() as session:
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {
        "document-create",
        "document-submit",
        "document-approve",
        "document-withdraw",
    } <= actions


def test_a_file_that_another_document_shows_stays(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    paths = [write(writer, "comic", {"title": title}) for title in ("漫画一", "漫画二")]
    for path in paths:
        add(writer, path, png(), "图.png")
    publics = [publish(writer, head, path) for path in paths]
    head.submit(head.page(paths[0]), {"withdraw-reason": "重复"}, action="/withdraw")
    src = str(client.page(publics[1]).soup.select("img.viewer__picture")[0]["src"])
    assert read(client.get(src)).status_code == 200


def test_a_draft_is_discarded_with_its_files(
    app: PortalApp, writer: PageClient, tmp_path: Path
) -> None:
    path = write(writer, "comic", {"title": "漫画"})
    add(writer, path, png(), "图.png")
    page = writer.page(path)
    writer.submit(page, action="/remove")
    assert list((tmp_path / "documents").iterdir()) == []
    add(writer, path, png(), "图.png")
    writer.submit(writer.page(path), action="/discard")
    assert writer.get(path).status_code == 404
    assert list((tmp_path / "documents").iterdir()) == []
    with app.sessions.reading() as session:
        assert session.scalars(select(Document)).all() == []


def test_helpers_stand_beside_the_telephones_of_every_level(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    table = f"region_code,name,phone\n{SANYING[:9]}200,马演示,0954-0030001\n"
    path = write(writer, "helpers", {"title": "协理员名单", "table": table})
    before = client.page(f"/policies/contacts/{SANYING}")
    assert "还没有公布协理员" in before.text
    public = publish(writer, head, path)
    page = client.page(f"/policies/contacts/{SANYING}")
    assert "马演示" in page.text
    assert "0954-0030001" in page.text
    units = [card.get_text() for card in page.soup.select(".contact-card__unit")]
    assert units == ["三营镇民政办", "原州区民政局", "原州区纪委监委", "固原市民政局"]
    assert "马演示" in client.page(f"/policies/contacts/{SANYING[:9]}200").text
    assert "马演示" not in client.page(f"/policies/contacts/{YUANZHOU}").text
    assert "马演示" in client.page(public).text
    assert client.get("/policies/contacts/999999999999").status_code == 404


def test_a_table_with_mistakes_is_sent_back_whole(writer: PageClient) -> None:
    page = writer.page("/desk/documents/new/helpers")
    bad = "region_code,name,phone\n1,,0954\n"
    answer = writer.submit(page, {"title": "名单", "table": bad})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "第2行：name" in text
    assert "1,,0954" in text


def test_help_measures_say_who_is_responsible(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    table = "category,measure,responsible,channel\n低保家庭,水费减免,水务局,便民服务中心\n"
    publish(writer, head, write(writer, "measures", {"title": "帮扶措施", "table": table}))
    page = client.page("/policies")
    assert [cell.get_text() for cell in page.soup.select("tbody tr")[0].find_all(["th", "td"])] == [
        *("低保家庭", "水费减免", "水务局", "便民服务中心")
    ]


def test_other_areas_and_other_roles_see_no_draft(writer: PageClient, staff: StaffMaker) -> None:
    path = write(writer, "policy", POLICY)
    assert staff(Role.REVIEWER, "xiji").get(path).status_code == 404
    assert staff(Role.ADMIN).get("/desk/documents/").status_code == 403
    assert staff(Role.HELPER).get("/desk/documents/new").status_code == 403
    assert writer.page("/desk/documents/").soup.find("a", string="救助政策要点")
    assert writer.get("/desk/documents/new/rubbish").status_code == 404
    assert writer.get("/desk/documents/aaaaaaaaaa").status_code == 404
