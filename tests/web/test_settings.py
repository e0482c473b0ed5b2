"""The foot of every page 页脚信息: chosen at the desk, checked, shown at once, and nothing else."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.data.audit import list_audit
from portal.data.session import Sessions
from portal.footer import Footer, check, tidy
from portal.kernel.errors import Refused
from portal.kernel.permissions import Role
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import PageClient

WHOLE = {
    "organiser": "固原市民政局（演示）",
    "undertaker": "固原市低收入家庭核对中心",
    "phone": "0954-0000000",
    "site_code": "6404000001",
    "icp": "宁ICP备12345678号-1",
    "police": "宁公网安备64040202000001号",
    "faults_url": "https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=6404000001",
}


def fill_in(admin: PageClient, values: Mapping[str, str]) -> int:
    page = admin.page("/desk/settings/footer")
    return admin.submit(page, dict(values)).status_code


def foot(client: PageClient, path: str = "/") -> str:
    page = client.page(path, status=client.get(path).status_code)
    found = page.soup.select_one(".site-footer__facts")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_what_is_chosen_stands_at_the_foot_of_every_page_at_once(
    client: PageClient, staff: StaffMaker
) -> None:
    before = foot(client)
    assert "主办单位： 固原市民政局" in before
    assert "ICP" not in before
    assert fill_in(staff(Role.ADMIN), WHOLE) == 302
    for path in ("/", "/en/", "/r/640402100000", "/complain", "/nowhere", "/v/"):
        said = foot(client, path)
        for value in (*list(WHOLE.values())[:3], WHOLE["site_code"], WHOLE["icp"], WHOLE["police"]):
            assert value in said, path


def test_the_numbers_lead_to_where_they_are_registered(
    client: PageClient, staff: StaffMaker
) -> None:
    fill_in(staff(Role.ADMIN), WHOLE)
    page = client.page("/")
    links = {
        link.get_text(): str(link["href"]) for link in page.soup.select(".site-footer__facts a")
    }
    assert links[WHOLE["icp"]] == "https://beian.miit.gov.cn/"
    assert links[WHOLE["police"]].startswith("https://beian.mps.gov.cn/")
    assert links[WHOLE["police"]].endswith("=64040202000001")
    assert links["政府网站找错"] == WHOLE["faults_url"]
    assert links[WHOLE["phone"]] == "tel:09540000000"
    assert page.soup.select(".site-footer img, .site-footer script") == []


def test_what_is_left_empty_is_not_shown(client: PageClient, staff: StaffMaker) -> None:
    admin = staff(Role.ADMIN)
    fill_in(admin, WHOLE)
    fill_in(admin, dict.fromkeys(WHOLE, "") | {"icp": WHOLE["icp"]})
    said = foot(client)
    assert WHOLE["icp"] in said
    assert "主办单位： 固原市民政局" in said
    for words in ("标识码", "公网安备", "找错", "承办单位", "联系电话"):
        assert words not in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("site_code", "12345", "10位"),
        ("site_code", "640400000X", "10位"),
        ("icp", "ICP备12345678号", "ICP备案号"),
        ("icp", "宁ICP备12345678", "ICP备案号"),
        ("police", "宁公网安备6404号", "公安备案号"),
        ("phone", "电话", "电话"),
        ("faults_url", "javascript:alert(1)", "https://"),
        ("faults_url", "http://[", "https://"),
        ("faults_url", "https://a@b.example.cn/", "https://"),
        ("faults_url", "https://example.cn/" + "x" * 300, "300"),
        ("organiser", "局" * 121, "120"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    client: PageClient, staff: StaffMaker, name: str, value: str, words: str
) -> None:
    admin = staff(Role.ADMIN)
    answer = admin.submit(admin.page("/desk/settings/footer"), WHOLE | {name: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{value}"' in answer.text
    assert WHOLE["undertaker"] in answer.text
    assert "公网安备" not in foot(client)


def test_numbers_are_taken_however_they_are_typed(client: PageClient, staff: StaffMaker) -> None:
    typed = {
        "icp": " 宁ｉｃｐ备 12345678号-1",
        "police": "宁公网安备 ６４０４０２０２０００００１号",
    }
    assert fill_in(staff(Role.ADMIN), typed) == 302
    said = foot(client)
    assert WHOLE["icp"] in said
    assert WHOLE["police"] in said


def test_the_change_is_audited_and_an_administrator_elsewhere_may_not(
    staff: StaffMaker, places: Sessions
) -> None:
    fill_in(staff(Role.ADMIN), WHOLE)
    with places.reading() as session:
        actions = [entry.action for entry in list_audit(session, before_id=None, limit=20)]
    assert "choose-footer" in actions
    assert fill_in(staff(Role.ADMIN, "yuanzhou"), {"icp": "宁ICP备87654321号"}) == 403


def test_settings_are_found_from_the_desk(staff: StaffMaker) -> None:
    admin = staff(Role.ADMIN)
    page = admin.page("/desk/")
    assert page.soup.select_one(".desk-nav a[href='/desk/settings/']") is not None
    index = admin.page("/desk/settings/")
    assert index.soup.select_one("main a[href='/desk/settings/footer']") is not None
    clerk = staff(Role.CLERK).page("/desk/")
    assert clerk.soup.select_one("a[href='/desk/settings/']") is None


@given(st.sampled_from(list(WHOLE)), st.text(max_size=400))
def test_whatever_is_typed_is_taken_or_refused_in_words(name: str, text: str) -> None:
    tidied = tidy(name, text)
    assert tidy(name, tidied) == tidied
    try:
        check(name, tidied)
    except Refused:
        return
    assert Footer(**{name: tidied}).police_url.startswith("https://beian.mps.gov.cn/")
