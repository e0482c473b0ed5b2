"""Supervision reports (item 16), help measures (19) and helpers (20), from the desk to programs."""

import json

import pytest

from portal.kernel.permissions import Role
from tests.disclosure.test_documents_pages import publish, write
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import PageClient
from tests.fixtures.people import GUANTING, SANYING, YUANZHOU

VILLAGE = f"{SANYING[:9]}200"


@pytest.fixture
def writer(places: object, staff: StaffMaker) -> PageClient:
    return staff(Role.REVIEWER)


@pytest.fixture
def head(staff: StaffMaker) -> PageClient:
    return staff(Role.HEAD, "yuanzhou")


def test_a_supervision_report_says_what_was_found_and_put_right(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    parts = {
        "element_findings": "抽查3个乡镇。",
        "element_corrections": "",
        "element_petitions": "收到5件，办结5件。",
    }
    path = write(writer, "report", {"title": "9月督查通报", **parts})
    said = writer.follow(writer.submit(writer.page(path), action="/submit"))
    assert "督查通报的各部分都要填写" in said.get_data(as_text=True)
    writer.submit(writer.page(f"{path}/write"), {"element_corrections": "全部整改。"})
    before = writer.page("/desk/figures/").text
    assert "1个地方中已有0个" in before
    page = client.page(publish(writer, head, path))
    headings = [heading.get_text() for heading in page.soup.select(".element h2")]
    assert headings == ["检查情况", "整改结果", "信访办结情况"]
    assert "9月督查通报" in client.page("/policies").text
    told = json.loads(client.get(f"{path.replace('/desk/documents', '/policies')}.json").data)
    assert told["text"]["elements"]["corrections"] == "全部整改。"
    row = next(
        row
        for row in writer.page("/desk/figures/").soup.select("tbody tr")
        if "督查通报" in row.get_text()
    )
    assert "1个地方中已有1个" in row.get_text()


def test_helpers_stand_on_the_place_and_in_json(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    table = f"region_code,name,phone\n{VILLAGE},马演示,0954-0030001\n"
    kept = client.page(f"/r/{VILLAGE}").text
    assert "马演示" not in kept
    publish(writer, head, write(writer, "helpers", {"title": "协理员名单", "table": table}))
    for code, stands in ((VILLAGE, True), (SANYING, True), (GUANTING, False), (YUANZHOU, False)):
        assert ("马演示" in client.page(f"/r/{code}").text) is stands
        told = json.loads(client.get(f"/policies/contacts/{code}.json").data)
        assert bool(told["helpers"]) is stands
        assert told["offices"]
    told = json.loads(client.get(f"/policies/contacts/{SANYING}.json").data)
    assert told["helpers"][0] | {"village": ""} == {
        "region": VILLAGE,
        "village": "",
        "name": "马演示",
        "phone": "0954-0030001",
    }
    assert client.get("/policies/contacts/rubbish.json").status_code == 404


def test_help_measures_are_there_for_programs(
    writer: PageClient, head: PageClient, client: PageClient
) -> None:
    table = "category,measure,responsible,channel\n低保家庭,水费减免,水务局,便民服务中心\n"
    path = publish(writer, head, write(writer, "measures", {"title": "帮扶措施", "table": table}))
    told = json.loads(client.get(f"{path}.json").data)
    assert told["text"]["rows"] == [
        {
            "category": "低保家庭",
            "measure": "水费减免",
            "responsible": "水务局",
            "channel": "便民服务中心",
        }
    ]
