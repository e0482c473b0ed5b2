"""The two frames: what every public page and every page of the desk has, and must not have."""

import re
from types import SimpleNamespace as Value

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.footer import Footer
from tests.components.gallery import NAVIGATION, STAFF
from tests.components.rendering import SITE, make_app, render_page

PAGE = (
    '{% extends "base.html" %}{% set section = "complain" %}'
    "{% block title %}标题 - {{ super() }}{% endblock %}{% block main %}<h1>标题</h1>{% endblock %}"
)
DESK = '{% extends "base_desk.html" %}{% block main %}<h1>名单</h1>{% endblock %}'


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_app({"page.html": PAGE, "desk.html": DESK})


def opened(app: Flask, name: str, locale: str = "zh_Hans", **values: object) -> BeautifulSoup:
    return BeautifulSoup(render_page(app, name, locale, **values), "html.parser")


def test_a_public_page_has_its_landmarks_and_a_way_past_the_header(app: Flask) -> None:
    page = opened(app, "page.html")
    skip = page.select_one("a.govuk-skip-link")
    assert skip is not None
    assert page.select_one(f"main{skip['href']}") is not None
    assert page.title is not None
    assert page.title.string == "标题 - 阳光救助"
    assert [len(page.find_all(name)) for name in ("header", "main", "footer")] == [1, 1, 1]
    assert page.select_one("meta[name=viewport]") is not None


@pytest.mark.parametrize(
    ("locale", "lang", "other", "words"),
    [
        (
            "zh_Hans",
            "zh-Hans",
            "/en/",
            ["首页", "资金与数据", "政策与指南", "投诉与求助", "查进度", "搜索"],
        ),
        (
            "en",
            "en",
            "/",
            [
                "Home",
                "Money and figures",
                "Policies and guides",
                "Complain or ask for help",
                "Follow my matter",
                "Search",
            ],
        ),
    ],
)
def test_both_languages_have_the_same_frame(
    app: Flask, locale: str, lang: str, other: str, words: list[str]
) -> None:
    page = opened(app, "page.html", locale)
    assert page.html is not None
    assert page.html["lang"] == lang
    switch = page.select_one(".site-header__language a")
    assert switch is not None
    assert switch["href"] == other
    assert switch["lang"] != lang
    assert [link.get_text(strip=True) for link in page.select(".site-nav a")] == words
    current = page.select(".site-nav [aria-current=page]")
    assert [link.get_text(strip=True) for link in current] == [words[3]]


def test_links_stay_under_the_base_path_and_in_the_language(app: Flask) -> None:
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/zwgk/jz/en"}):
        body = app.jinja_env.get_template("page.html").render(
            locale="en",
            site=SITE,
            other_language_url="/zwgk/jz/",
            request=Value(script_root="/zwgk/jz/en"),
        )
    hrefs = [
        str(link["href"])
        for link in BeautifulSoup(body, "html.parser").select(".site-nav a, footer a")
    ]
    assert hrefs
    assert all(href.startswith("/zwgk/jz/en/") for href in hrefs)


def test_a_public_page_is_the_same_for_everybody(app: Flask) -> None:
    page = opened(app, "page.html", current_user=STAFF, desk_nav=NAVIGATION)
    assert page.find_all("script") == []
    assert page.find_all("form") == []
    assert "马晓兰" not in page.get_text()
    assert "token" not in str(page)


@pytest.mark.parametrize("name", ["page.html", "desk.html"])
def test_no_frame_needs_more_than_the_policy_allows(app: Flask, name: str) -> None:
    page = opened(app, name, current_user=STAFF if name == "desk.html" else None)
    assert page.select("[style], style, script:not([src])") == []
    assert not [
        tag for tag in page.find_all(True) if any(re.match("on[a-z]", key) for key in tag.attrs)
    ]
    assert not [
        tag
        for tag in page.select("[src], link[href]")
        if "//" in str(tag.get("src") or tag.get("href"))
    ]


def test_the_demonstration_says_so_and_the_real_thing_does_not(app: Flask) -> None:
    assert "人物均为虚构" in opened(app, "page.html").get_text()
    footer = Footer(site_code="6404000001", icp="宁ICP备00000000号")
    real = Value(name="阳光救助", owner="民政局", demo=False, footer=footer)
    page = opened(app, "page.html", site=real)
    assert "虚构" not in page.get_text()
    assert page.footer is not None
    said = page.footer.get_text()
    for words in ("主办单位：民政局", "网站标识码：6404000001", "宁ICP备00000000号"):
        assert words in said
    assert "公网安备" not in said


def test_the_desk_names_who_is_signed_in_and_lets_them_out(app: Flask) -> None:
    page = opened(app, "desk.html", current_user=STAFF, desk_nav=NAVIGATION)
    who = page.select_one(".desk-header__who")
    assert who is not None
    assert " ".join(who.get_text().split()) == "马晓兰 · 经办人 原州区官厅镇民政办"
    form = page.select_one("form[method=post]")
    assert form is not None
    assert form["action"] == "/desk/logout"
    assert form.select_one("input[name=csrf_token][value]") is not None
    assert [link.get_text(strip=True) for link in page.select(".desk-nav [aria-current=page]")] == [
        "待发布名单"
    ]


def test_nobody_signed_in_sees_no_navigation(app: Flask) -> None:
    page = opened(app, "desk.html")
    assert page.select(".desk-nav, form, .desk-header__who") == []


def test_what_the_last_action_brought_about_is_announced_once(app: Flask) -> None:
    said = [("success", "名单已提交"), ("message", "请核对 <b>")]
    page = opened(
        app, "desk.html", current_user=STAFF, get_flashed_messages=lambda **_options: said
    )
    notes = page.select("main [role=alert]")
    assert [" ".join(note.get_text().split()) for note in notes] == ["名单已提交", "请核对 <b>"]
    assert "note--success" in notes[0]["class"]
    assert "note--info" in notes[1]["class"]
