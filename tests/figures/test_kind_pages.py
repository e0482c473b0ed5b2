"""Figures of kinds on pages, in JSON and at the desk, from upload to approval."""

import io
import json
from typing import Any

import pytest
from sqlalchemy import select

from disclosure.figures.models import PublishedFigure
from portal.app import PortalApp
from portal.kernel.permissions import Role
from tests.figures.conftest import Publish, file_of, line
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import GUANTING, SANYING, YUANZHOU

STAGES = [
    line("办理进度:申请,cases,12,件"),
    line("办理进度:全程,cases,9,件"),
    line("办理进度:全程,median_time,27,工作日"),
    *(
        line(f"办理进度:申请,cases,{n},件", place=p, name=w)
        for p, w, n in ((SANYING, "三营镇", 2), (GUANTING, "官厅镇", 10))
    ),
    line("办理进度:全程,median_time,31,工作日", place=SANYING, name="三营镇"),
    line("办理进度:全程,median_time,22,工作日", place=GUANTING, name="官厅镇"),
]
CHILDREN = [
    line("孤儿,persons,42,人", period="2026-Q3"),
    line("孤儿:集中养育,persons,2,人", period="2026-Q3"),
    line("孤儿:集中养育,amount_paid,8700,元", period="2026-Q3"),
    line("孤儿:社会散居,persons,40,人", period="2026-Q3"),
    line("孤儿:社会散居,standard,1100,元/人·月", period="2026-Q3"),
]
STANDARDS = [
    line("城市低保,standard_from,700,元/人·月", period="2024-01"),
    line("城市低保,standard_from,730,元/人·月", period="2025-07"),
    line("特困基本生活(城市),standard_from,949,元/人·月", period="2025-07"),
]


def rows_of(page: Page, caption: str) -> list[list[str]]:
    for table in page.soup.select("table"):
        if table.caption and caption in table.caption.get_text():
            return [
                [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
                for row in table.select("tbody tr")
            ]
    raise AssertionError(f"no table called {caption}")


def test_stages_stand_beside_their_limit_and_small_numbers_are_withheld(
    app: PortalApp, publish: Publish, client: PageClient
) -> None:
    draft = publish(STAGES)
    assert "* 不公开" in draft
    page = client.page(f"/figures/kinds/stages?place={YUANZHOU}")
    own = rows_of(page, "原州区")
    assert own[0][:2] == ["申请", "12"]
    assert own[1] == ["全程", "9", "27 个工作日，未超时限"]
    places = rows_of(page, "各地情况")
    # 12 less 10 would be 2, so neither is shown.
    assert [row[:2] for row in places] == [["三营镇", "*"], ["官厅镇", "*"]]
    assert places[0][-1] == "31 个工作日，超过时限"
    assert "30个工作日" in page.text
    with app.sessions.reading() as session:
        stored = session.scalars(select(PublishedFigure).where(PublishedFigure.withheld)).all()
        assert [(row.region_code, row.number) for row in stored] == [(SANYING, 0), (GUANTING, 0)]
    assert "办理进度：2026年9月" in client.page("/figures").text
    assert "办理进度：2026年9月" in client.page(f"/r/{YUANZHOU}").text
    assert "超过时限" in client.page(f"/r/{SANYING}").text
    assert client.page("/en/figures/kinds/stages").text.count("Stages of the procedure") > 1


def test_programs_get_a_kind_with_what_is_withheld(publish: Publish, client: PageClient) -> None:
    publish(STAGES)
    told = json.loads(client.get(f"/figures/kinds/stages.json?place={SANYING}").data)
    assert (told["item"], told["cadence"], told["withheld_below"]) == (17, "monthly", 3)
    assert told["limits"] == {"usual": 30, "hard": 45, "unit": "working days"}
    by_measure = {one["measure"]: one for one in told["figures"]}
    assert (by_measure["cases"]["value"], by_measure["cases"]["published"]) == (None, "*")
    assert by_measure["median_time"]["value"] == "31"
    assert [one["id"] for one in told["sources"]] == ["S5"]
    assert client.get("/figures/kinds/rubbish.json").status_code == 404
    assert client.get("/figures/kinds/stages?place=rubbish").status_code == 404


def test_a_county_promises_shorter_limits(
    publish: Publish, client: PageClient, staff: StaffMaker
) -> None:
    publish(STAGES)
    admin = staff(Role.ADMIN)
    assert "办理时限" in admin.page("/desk/settings/").text
    assert "30个工作日，情况复杂的45个工作日" in admin.page("/desk/settings/limits/").text
    form = admin.page(f"/desk/settings/limits/{YUANZHOU}")
    assert admin.submit(form, {"limits": "promised"}).status_code == 302
    page = client.page(f"/figures/kinds/stages?place={YUANZHOU}")
    assert rows_of(page, "原州区")[1][2] == "27 个工作日，超过时限"
    assert "本县的承诺" in page.text
    assert "25个工作日" in admin.page("/desk/settings/limits/").text
    assert staff(Role.HANDLER).get("/desk/settings/limits/").status_code == 403
    assert admin.get("/desk/settings/limits/999999999999").status_code == 404


def test_children_are_told_in_figures_for_the_county_only(
    publish: Publish, client: PageClient
) -> None:
    publish(CHILDREN)
    page = client.page(f"/figures/kinds/children?place={YUANZHOU}")
    rows = {row[0]: row[1:] for row in rows_of(page, "原州区")}
    assert rows["孤儿"][0] == "42"
    assert rows["集中养育孤儿"][:2] == ["*", "*"]
    assert rows["社会散居孤儿"] == ["*", "—", "1,100"]
    assert "少于3的数不公开" in page.text


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (line("孤儿,persons,42,人", place=SANYING, name="三营镇", period="2026-Q3"), "更大范围"),
        (line("孤儿,persons_added,5,人", period="2026-Q3"), "只填报这些指标"),
        (line("孤儿(三营镇),persons,5,人", period="2026-Q3"), "项目只能是"),
        (line("孤儿,persons,42,人"), "按季度填报"),
        (line("办理进度:申请,cases,5,人"), "unit应为下列之一"),
        (line("办理进度:家访,cases,5,件"), "项目只能是"),
        (line("城乡低保,persons,*,人"), "数值不是数字"),
        (line("城市低保,standard_from,700,元/人·月", period="2025-H1"), "起执行"),
    ],
)
def test_a_line_that_its_kind_does_not_take_is_refused(
    app: PortalApp, reviewer: PageClient, bad: str, said: str
) -> None:
    form = reviewer.page("/desk/figures/upload")
    answer = reviewer.submit(form, {"file": (file_of([bad]), "figures.csv")})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with app.sessions.reading() as session:
        assert session.scalars(select(PublishedFigure)).all() == []


def test_a_list_of_people_is_no_file_of_figures(reviewer: PageClient) -> None:
    people = io.BytesIO("序号,姓名,身份证号,金额\n1,某某,,100\n".encode())
    form = reviewer.page("/desk/figures/upload")
    answer = reviewer.submit(form, {"file": (people, "孤儿名单.csv")})
    assert answer.status_code == 422
    assert "人员名单" in answer.get_data(as_text=True)


def test_a_whole_that_would_tell_a_withheld_part_cannot_come_later(
    publish: Publish, reviewer: PageClient
) -> None:
    publish([line("办理进度:申请,cases,2,件", place=SANYING, name="三营镇")])
    form = reviewer.page("/desk/figures/upload")
    late = [line("办理进度:申请,cases,12,件")]
    draft = Page(reviewer.follow(reviewer.submit(form, {"file": (file_of(late), "w.csv")})))
    assert rows_of(draft, "每个数据")[0][4] == "*"


def test_the_workbook_that_is_taken_home_can_be_brought_in_again(
    publish: Publish, client: PageClient, reviewer: PageClient
) -> None:
    publish([*STAGES, *STANDARDS])
    book = io.BytesIO(client.get("/figures.xlsx").data)
    form = reviewer.page("/desk/figures/upload")
    draft = Page(reviewer.follow(reviewer.submit(form, {"file": (book, "figures.xlsx")})))
    assert len(rows_of(draft, "每个数据")) == len(STAGES) + len(STANDARDS)
    damaged = io.BytesIO(b"PK\x03\x04 nothing")
    answer = reviewer.submit(form, {"file": (damaged, "figures.xlsx")})
    assert answer.status_code == 422


def test_standards_have_a_history_and_a_day(publish: Publish, client: PageClient) -> None:
    publish(STANDARDS)
    page = client.page(f"/figures/kinds/standards?place={YUANZHOU}&on=2025-01-15")
    assert [row[:2] for row in rows_of(page, "2025-01-15执行的标准")] == [
        ["城市低保", "700 元/人·月"]
    ]
    history = rows_of(page, "城市低保")
    assert history[0][:4] == ["2025-07-01", "730 元/人·月", "+30", "+4.3%"]
    assert "原州区民政局统计" in history[0][-1]
    assert "为城市低保的130.0%，规定不低于130%：符合" in page.text
    assert len(page.soup.select("svg[role=img]")) == 2
    before = client.page(f"/figures/kinds/standards?place={YUANZHOU}&on=2001-01-01")
    assert "没有公布过" in before.text
    assert client.get("/figures/kinds/standards?on=rubbish").status_code == 200
    told: Any = json.loads(client.get("/figures/kinds/standards.json").data)
    assert {one["programme"]: one["value"] for one in told["in_force"]} == {
        "城市低保": "730.00",
        "特困基本生活(城市)": "949.00",
    }


def test_the_desk_says_what_is_due(publish: Publish, reviewer: PageClient) -> None:
    def state(item: str) -> list[str]:
        rows = rows_of(reviewer.page("/desk/figures/"), "应公开的事项")
        return next(row for row in rows if row[0] == item)

    assert state("办理进度")[-2:] == ["尚未公开", "2个地方中已有0个"]
    publish(
        [
            line("办理进度:申请,cases,9,件", place=SANYING, name="三营镇"),
            line("办理进度:申请,cases,9,件", place=GUANTING, name="官厅镇"),
        ]
    )
    assert state("办理进度")[-1] == "2个地方中已有2个"
    assert state("低收入人口监测")[2] == "2026年第3季度"


@pytest.mark.parametrize("kind", ["stages", "monitoring", "children", "standards"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_kind_has_a_page_before_anything_is_told(
    places: object, client: PageClient, kind: str, language: str
) -> None:
    page = client.page(f"{language}/figures/kinds/{kind}")
    assert page.soup.select(".empty-state")
    assert json.loads(client.get(f"/figures/kinds/{kind}.json").data)["figures"] == []


def test_pages_of_kinds_are_made_anew_when_figures_come(
    publish: Publish, client: PageClient
) -> None:
    path = "/figures/kinds/monitoring"
    before = client.get(path)
    again = {"If-None-Match": before.headers["ETag"]}
    assert client.get(path, headers=again).status_code == 304
    publish([line("监测:特困人员,persons,420,人", place=YUANZHOU, period="2026-Q3")])
    after = client.get(path, headers=again)
    assert after.status_code == 200
    assert "420" in after.get_data(as_text=True)
