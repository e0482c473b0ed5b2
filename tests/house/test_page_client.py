"""The test client's own checks: a good page passes, and each fault is named."""

import base64
import hashlib

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, Response, request
from werkzeug.test import Client, TestResponse

from tests.fixtures.pages import Page, check_page, filled

SCRIPT = "document.title"
DIGEST = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
POLICY = f"default-src 'self'; script-src 'self' 'sha256-{DIGEST}'"
GOOD = f"""<!DOCTYPE html><html lang="zh-Hans"><head><title>投诉 - 阳光救助</title></head><body>
<main><h1>投诉</h1><form method="post" action="/take"><input name="what"></form>
<script>{SCRIPT}</script><script type="application/ld+json">{{}}</script></main></body></html>"""

app = Flask("pages")


@app.get("/show")
def show() -> str:
    return GOOD


@app.post("/take")
def take() -> str:
    return request.form["what"]


def received(html: str, policy: str = POLICY) -> TestResponse:
    """Return ``html`` as if the server had answered /show with it."""
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = policy
    return Client(answer).get("/show")


def test_a_good_page_passes() -> None:
    check_page(received(GOOD), app.url_map, "")


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("<h1>投诉</h1>", "<h1>投诉</h1><h1>又</h1>", "2 h1"),
        ("<h1>投诉</h1>", "<h1>举报</h1>", "lacks the heading"),
        ('lang="zh-Hans"', 'lang="en"', "language"),
        ("<main>", '<main style="color: red">', "inline style"),
        ("<main>", "<main><style>p {}</style>", "inline <style>"),
        ("<main>", '<main onclick="x()">', "event handlers"),
        ("document.title", "document.body", "inline <script>"),
        ("<main>", '<main id="a"><p id="a">', "twice"),
        ('action="/take"', 'action="/nowhere"', "no route"),
        ('action="/take"', 'action="/show"', "no route"),
        ('action="/take"', 'action="https://elsewhere.example/take"', "leads away"),
    ],
)
def test_each_fault_is_named(good: str, bad: str, fault: str) -> None:
    assert good in GOOD
    with pytest.raises(AssertionError, match=fault):
        check_page(received(GOOD.replace(good, bad)), app.url_map, "")


@pytest.mark.parametrize("policy", ["", "default-src 'self' 'unsafe-inline'"])
def test_a_page_without_a_strict_policy_fails(policy: str) -> None:
    with pytest.raises(AssertionError, match="policy"):
        check_page(received(GOOD, policy), app.url_map, "")


def test_the_forms_of_a_site_under_a_path_stay_under_it() -> None:
    with pytest.raises(AssertionError, match="outside the base path"):
        check_page(received(GOOD), app.url_map, "/zwgk/jz")


def test_a_form_is_sent_as_a_browser_sends_it() -> None:
    form = _form(
        '<input type="hidden" name="token" value="t"><input name="name" value="old">'
        '<input type="checkbox" name="a" value="1" checked><input type="checkbox" name="b">'
        '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>'
        '<select name="s"><option value="x">X<option value="y" selected>Y</select>'
        '<textarea name="t">words</textarea><input name="off" value="no" disabled>'
        '<button name="go" value="next">下一步</button>'
        '<button name="go" value="back">上一步</button>'
    )
    assert filled(form, {"name": "new"}, None) == {
        "token": ["t"],
        "name": ["new"],
        "a": ["1"],
        "r": ["2"],
        "s": ["y"],
        "t": ["words"],
        "go": ["next"],
    }
    assert filled(form, {}, "上一步")["go"] == ["back"]
    with pytest.raises(AssertionError, match="no field"):
        filled(form, {"unknown": "x"}, None)
    with pytest.raises(AssertionError, match="no button"):
        filled(form, {}, "删除")


def test_the_page_is_read_as_people_read_it() -> None:
    page = Page(received(GOOD))
    assert page.h1 == "投诉"
    assert str(page.form()["action"]) == "/take"


def _form(fields: str) -> Tag:
    form = BeautifulSoup(f"<form>{fields}</form>", "html.parser").form
    assert form is not None
    return form
