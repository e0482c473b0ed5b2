"""Components that show things, each rendered alone."""

from types import SimpleNamespace as Value

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from tests.components import sample_data as samples
from tests.components.rendering import component

HOSTILE = "<script>alert(1)</script>\"'"


def words(tag: Tag | None) -> str:
    """Return what a reader sees of ``tag``."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def test_breadcrumb_links_all_but_this_page(renderer: Flask) -> None:
    page = component(
        renderer, "breadcrumb", "breadcrumb(items)", items=[("首页", "/"), ("原州区", "/r/1")]
    )
    assert [link["href"] for link in page.find_all("a")] == ["/"]
    assert words(page.select_one("li[aria-current=page]")) == "原州区"
    assert page.nav is not None
    assert page.nav["aria-label"] == "当前位置"


def test_page_heading_has_the_one_h1_and_what_is_given(renderer: Flask) -> None:
    page = component(renderer, "page_heading", "page_heading(title, lede='说明')", title="名单")
    assert [words(h1) for h1 in page.find_all("h1")] == ["名单"]
    assert words(page.select_one(".page-heading__lede")) == "说明"
    assert page.select_one(".page-heading__caption") is None


@pytest.mark.parametrize(
    ("state", "text", "colour", "shown"),
    [
        ("posted", None, "green", "正在公示"),
        ("held_back", None, "amber", "暂缓确认"),
        ("withdrawn", "已撤下（更正）", "red", "已撤下（更正）"),
        ("grey", "自定", "grey", "自定"),
        ("something new", "新状态", "grey", "新状态"),
    ],
)
def test_status_tag_says_the_state_in_a_word_and_a_colour(
    renderer: Flask, state: str, text: str | None, colour: str, shown: str
) -> None:
    page = component(renderer, "status_tag", "status_tag(state, text)", state=state, text=text)
    assert words(page.strong) == shown
    assert page.strong is not None
    assert f"status-tag--{colour}" in page.strong["class"]


def test_status_tag_takes_an_enum_member(renderer: Flask) -> None:
    page = component(renderer, "status_tag", "status_tag(state)", state=Value(value="closed"))
    assert words(page.strong) == "已办结"


def test_summary_list_leaves_out_what_is_unknown(renderer: Flask) -> None:
    rows = [("公示期", "7天"), ("备注", None), {"key": "电话", "value": "12345", "url": "/edit"}]
    page = component(renderer, "summary_list", "summary_list(rows)", rows=rows)
    assert [words(key) for key in page.find_all("dt")] == ["公示期", "电话"]
    link = page.select_one("a[href='/edit']")
    assert words(link) == "修改 电话"


def test_notice_card_shows_figures_and_dates(renderer: Flask) -> None:
    page = component(renderer, "notice_card", "notice_card(notice)", notice=samples.NOTICES[0])
    facts = words(page.select_one(".notice-card__facts"))
    assert facts == "户数 24 人数 46 12,900.00 元 公示期：2026年11月16日至2026年11月22日"
    assert words(page.h3) == "官厅镇2026年11月农村低保审核公示"


def test_notice_card_needs_only_a_title_and_an_address(renderer: Flask) -> None:
    page = component(
        renderer, "notice_card", "notice_card(notice, 2)", notice=Value(title="公示", url="/n/1")
    )
    assert words(page.h2) == "公示"
    assert page.select_one(".status-tag") is None


def test_notice_list_without_notices_says_so(renderer: Flask) -> None:
    page = component(renderer, "notice_card", "notice_list([])")
    assert words(page.select_one(".empty-state__title")) == "这里还没有发布公示"


def test_rows_table_can_be_linked_to_and_objected_to_row_by_row(renderer: Flask) -> None:
    page = component(
        renderer,
        "rows_table",
        "rows_table(rows, columns, '名单', '/complain?notice=a&row=')",
        rows=samples.ROWS,
        columns=samples.COLUMNS,
    )
    row = page.select_one("tr#row-7")
    assert words(row) == "7 兰** 庙台村 4组 4 B类 1,520.00 提异议 （第7行）"
    assert row is not None
    assert [link["href"] for link in row.find_all("a")] == ["/complain?notice=a&row=7"]
    heads = [words(head) for head in page.select("thead th")]
    assert heads == ["序号", "姓名", "村", "组", "保障人数", "类别", "月保障金（元）", "异议"]
    assert len(page.select("tbody th[scope=row]")) == len(samples.ROWS)


def test_rows_table_without_an_address_to_object_at_offers_none(renderer: Flask) -> None:
    page = component(
        renderer,
        "rows_table",
        "rows_table(rows, columns, '名单')",
        rows=samples.ROWS,
        columns=samples.COLUMNS,
    )
    assert page.select(".is-action, a") == []


def test_rows_table_shows_a_dash_where_nothing_is_published(renderer: Flask) -> None:
    rows = [{"n": 1, "name": "马*", "amount": None}]
    columns = [samples.COLUMNS[0], samples.COLUMNS[1], samples.COLUMNS[-1]]
    page = component(
        renderer, "rows_table", "rows_table(rows, columns, '名单')", rows=rows, columns=columns
    )
    assert words(page.select_one("td.is-money")) == "—"


def test_rows_table_reads_attributes_as_well_as_keys(renderer: Flask) -> None:
    rows = [Value(n=3, name="王**", amount=52_000)]
    columns = [samples.COLUMNS[0], samples.COLUMNS[1], samples.COLUMNS[-1]]
    page = component(
        renderer, "rows_table", "rows_table(rows, columns, '名单')", rows=rows, columns=columns
    )
    assert words(page.select_one("#row-3 .is-money")) == "520.00"


def test_data_table_scrolls_in_a_group_that_the_keyboard_reaches(renderer: Flask) -> None:
    page = component(
        renderer,
        "data_table",
        "data_table(['类', {'label': '', 'kind': 'number'}], [['求助', '64']], '十月', ['计', 64])",
    )
    region = page.select_one(".table-scroll")
    assert region is not None
    assert (region["role"], region["aria-label"], region["tabindex"]) == ("group", "十月", "0")
    assert words(page.select_one("tbody td.is-number")) == "64"
    assert words(page.tfoot) == "计 64"


def test_figures_name_each_number(renderer: Flask) -> None:
    page = component(renderer, "figures", "figures(tiles)", tiles=samples.TILES)
    assert [words(name) for name in page.find_all("dt")] == ["在保户数", "保障人数", "月保障金"]
    assert words(page.find_all("dd")[2]) == "12,900.00 元"


def test_place_list_groups_by_the_first_letter(renderer: Flask) -> None:
    page = component(renderer, "place_list", "place_list(places, '乡镇')", places=samples.PLACES)
    letters = [words(letter) for letter in page.select(".place-list__initial")]
    assert letters == sorted(set(letters))
    assert words(page.select_one("#places-T ul")) == "炭山乡 头营镇"
    assert page.select(".place-list__letters") == []


def test_a_long_place_list_has_letters_to_jump_to(renderer: Flask) -> None:
    places = [Value(name=f"村{n}", url=f"/r/{n}", initial="ABCD"[n % 4]) for n in range(21)]
    page = component(renderer, "place_list", "place_list(places, '村')", places=places)
    targets = [str(link["href"]) for link in page.select(".place-list__letters a")]
    assert targets == ["#places-A", "#places-B", "#places-C", "#places-D"]
    assert all(page.select_one(target) for target in targets)


def test_contact_card_dials(renderer: Flask) -> None:
    page = component(renderer, "contact_card", "contact_card(contact)", contact=samples.CONTACTS[0])
    link = page.select_one("a[href^=tel]")
    assert link is not None
    assert (link["href"], words(link)) == ("tel:09546404003", "0954-6404003")
    assert "便民大厅" in words(page)


def test_contact_card_takes_what_is_known(renderer: Flask) -> None:
    page = component(
        renderer, "contact_card", "contact_cards(contacts)", contacts=[{"unit": "民政办"}]
    )
    assert words(page) == "民政办"


@pytest.mark.parametrize("kind", ["info", "success", "warning", "error"])
def test_notification_has_a_mark_of_its_kind(renderer: Flask, kind: str) -> None:
    page = component(
        renderer, "notification", "notification('已发布', kind, alert=true)", kind=kind
    )
    note = page.select_one(f".note--{kind}[role=alert]")
    assert words(note) == "已发布"
    assert page.select_one("svg[aria-hidden=true]") is not None


def test_warning_and_inset_and_empty_state(renderer: Flask) -> None:
    assert (
        words(component(renderer, "warning_text", "warning_text('不能撤回')")) == "注意： 不能撤回"
    )
    assert (
        words(component(renderer, "inset_text", "inset_text('说明')").select_one(".inset-text"))
        == "说明"
    )
    assert words(component(renderer, "empty_state", "empty_state('没有', '再试')")) == "没有 再试"


@given(st.from_regex(r"[0-9]{20}", fullmatch=True))
def test_receipt_code_stands_in_five_groups_of_four(renderer: Flask, code: str) -> None:
    page = component(renderer, "receipt_code", "receipt_code(code)", code=code)
    groups = [words(group) for group in page.select(".receipt-code__digits span")]
    assert [len(group) for group in groups] == [4] * 5
    assert "".join(groups) == code


def test_receipt_code_already_grouped_is_shown_alike(renderer: Flask) -> None:
    page = component(
        renderer, "receipt_code", "receipt_code('7391 0482 2655 0184 9937', qr)", qr=samples.QR
    )
    assert words(page.select_one(".receipt-code__digits")) == "7391 0482 2655 0184 9937"
    assert page.select_one(".qr__code[role=img] svg") is not None


def test_qr_takes_a_drawing_or_an_address_and_has_a_name(renderer: Flask) -> None:
    drawn = component(renderer, "qr", "qr(svg, '扫码核对')", svg=samples.QR)
    linked = component(renderer, "qr", "qr('/n/a/qr.svg')")
    assert drawn.svg is not None
    assert linked.img is not None
    assert linked.img["src"] == "/n/a/qr.svg"
    names = [page.select_one("[role=img]")["aria-label"] for page in (drawn, linked)]  # type: ignore[index]
    assert names == ["扫码核对", "二维码"]


def test_qr_escapes_what_is_no_markup(renderer: Flask) -> None:
    page = component(renderer, "qr", "qr(svg)", svg="<svg></svg>")
    assert page.svg is None


def test_timeline_says_in_words_what_is_late_and_what_is_to_come(renderer: Flask) -> None:
    page = component(renderer, "timeline", "timeline(events)", events=samples.EVENTS)
    items = page.find_all("li")
    assert words(items[0]).startswith("已登记 2026年11月3日 09:20")
    assert "（已超期）" in words(items[2])
    assert words(items[3]) == "正在核查 期限：2026年11月27日 · 原州区民政局"
    assert [item.get("aria-current") for item in items].count("step") == 1
    assert "（尚未进行）" in words(items[4])


def test_problems_table_names_row_column_severity_and_remedy(renderer: Flask) -> None:
    page = component(
        renderer, "problems_table", "problems_table(problems)", problems=samples.PROBLEMS
    )
    rows = [words(row) for row in page.select("tbody tr")]
    assert (
        rows[0]
        == "第7行 身份证号 必须改正 身份证号的校验码不对。 请对照户口簿或身份证改正后重新上传。"
    )
    assert rows[3].startswith("整个文件 请核对 合计行")


def test_side_by_side_marks_the_channel_that_shows_more(renderer: Flask) -> None:
    panes = [
        {"title": "网站", "body": Markup("<p>马**</p>")},
        {"title": "公开栏", "body": Markup("<p>马建国</p>"), "differs": True},
    ]
    page = component(renderer, "side_by_side", "side_by_side(panes)", panes=panes)
    assert [words(head) for head in page.select(".side-by-side__head")] == [
        "网站",
        "公开栏 比网站显示得多",
    ]
    assert [body["aria-label"] for body in page.select("[role=region]")] == [
        "预览：网站",
        "预览：公开栏",
    ]


@pytest.mark.parametrize("level", ["green", "grey", "red"])
def test_verification_is_a_statement_with_details(renderer: Flask, level: str) -> None:
    page = component(
        renderer,
        "verification",
        "verification(level, '结论', '说明', [('版本', '第2版')])",
        level=level,
    )
    assert words(page.h1) == "结论"
    assert page.select_one(f".verification--{level} svg") is not None
    assert words(page.dl) == "版本 第2版"


def listed(page: BeautifulSoup) -> list[str]:
    return [words(item) for item in page.find_all("li")]


def test_pagination_keeps_first_last_and_neighbours(renderer: Flask) -> None:
    page = component(renderer, "pagination", "pagination(6, 20, url)", url=samples.PAGE_URL)
    assert listed(page) == ["上一页", "1", "…", "5", "6", "7", "…", "20", "下一页"]
    assert words(page.select_one("[aria-current=page]")) == "6"
    previous = page.select_one("a[rel=prev]")
    assert previous is not None
    assert previous["href"] == "?page=5"


def test_pagination_of_one_page_is_nothing(renderer: Flask) -> None:
    assert not str(
        component(renderer, "pagination", "pagination(1, 1, url)", url=samples.PAGE_URL)
    ).strip()


@given(st.integers(1, 60), st.data())
def test_pagination_marks_the_present_page_and_leads_nowhere_else_than_to_pages(
    renderer: Flask, pages: int, data: st.DataObject
) -> None:
    present = data.draw(st.integers(1, pages))
    page = component(
        renderer,
        "pagination",
        "pagination(present, pages, url)",
        present=present,
        pages=pages,
        url=samples.PAGE_URL,
    )
    targets = {int(str(link["href"]).split("=")[1]) for link in page.find_all("a")}
    assert targets <= set(range(1, pages + 1)) - {present}
    assert (targets | {present}) >= {1, pages} if pages > 1 else not targets


def test_doors_and_search_lead_where_they_say(renderer: Flask) -> None:
    page = component(
        renderer, "doors", "doors([{'title': '查进度', 'url': '/track', 'icon': 'track'}])"
    )
    assert page.a is not None
    assert page.a["href"] == "/track"
    form = component(renderer, "search_box", "search_box('/search', query)", query=HOSTILE).form
    assert form is not None
    assert (form["method"], form["action"]) == ("get", "/search")
    field = form.find("input")
    assert isinstance(field, Tag)
    assert field["value"] == HOSTILE


def test_buttons_and_links_that_look_alike(renderer: Flask) -> None:
    pressed = component(renderer, "button", "button('删除', 'warning', 'action', 'delete')").button
    assert pressed is not None
    assert (pressed["type"], pressed["name"], pressed["value"]) == ("submit", "action", "delete")
    link = component(renderer, "button", "link_button('返回', '/', 'secondary')").a
    assert link is not None
    assert link["href"] == "/"
    assert "role" not in link.attrs


def test_every_role_has_a_name(renderer: Flask) -> None:
    from portal.kernel.permissions import Role

    names = {words(component(renderer, "role_name", "role_name(role)", role=role)) for role in Role}
    assert len(names) == len(Role)
    assert all("\u4e00" <= name[0] <= "\u9fff" for name in names)


@pytest.mark.parametrize(
    ("file", "call"),
    [
        ("page_heading", "page_heading(x, x, x)"),
        ("status_tag", "status_tag('grey', x)"),
        ("summary_list", "summary_list([(x, x)])"),
        ("notice_card", "notice_card({'title': x, 'url': x, 'place': x, 'kind': x})"),
        (
            "rows_table",
            "rows_table([{'n': x, 'a': x}], [{'key': 'a', 'label': x, 'kind': 'name'}], x, x)",
        ),
        ("data_table", "data_table([x], [[x]], x)"),
        ("figures", "figures([{'label': x, 'value': x, 'unit': x, 'note': x}])"),
        ("place_list", "place_list([{'name': x, 'url': x, 'initial': x, 'note': x}], x)"),
        (
            "contact_card",
            "contact_card({'unit': x, 'phones': [x], 'address': x, 'note': x, 'url': x})",
        ),
        ("notification", "notification(x, 'info', x)"),
        ("warning_text", "warning_text(x)"),
        ("timeline", "timeline([{'title': x, 'text': x, 'who': x}])"),
        (
            "problems_table",
            "problems_table([{'row': x, 'column': x, 'severity': 'error', 'message': x}])",
        ),
        ("verification", "verification('red', x, x, [(x, x)])"),
        ("doors", "doors([{'title': x, 'url': x, 'text': x}])"),
        ("hero", "hero(x, x)"),
        ("button", "button(x, value=x)"),
    ],
)
def test_words_are_escaped(renderer: Flask, file: str, call: str) -> None:
    page = component(renderer, file, call, x=HOSTILE)
    assert page.find("script") is None
    assert HOSTILE in page.get_text()
