"""Following a matter on the page: the code alone, guessing slowed, nothing left behind."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest

from complaints.limiter import FREE_TRIES
from portal.kernel.clock import SettableClock
from tests.complaints.journeys import (
    HELP,
    NAME,
    PHONE,
    answer,
    code_on,
    look_up,
    send,
)
from tests.fixtures.pages import Page, PageClient


def test_a_wrong_code_and_an_unknown_one_get_the_same_words(resident: PageClient) -> None:
    code = code_on(send(resident, answer(resident, HELP)))
    other = "1" if code.digits[-1] != "1" else "2"
    wrong = look_up(resident, code.digits[:-1] + other)
    away = "9" if code.digits[0] != "9" else "8"
    unknown = look_up(resident, away + code.digits[1:])
    assert wrong.status_code == unknown.status_code == 404
    # What was typed comes back in the field, and is all that differs.
    typed = re.compile(r'(<input[^>]*id="code"[^>]*value=")[^"]*"')
    assert typed.search(wrong.text)
    assert typed.sub(r'\1"', wrong.text) == typed.sub(r'\1"', unknown.text)
    assert wrong.headers["Cache-Control"] == "no-store"


def test_a_code_that_is_no_code_says_how_many_digits_there_are(resident: PageClient) -> None:
    response = look_up(resident, "1234 5678 90")
    assert response.status_code == 422
    assert "here are 10" in Page(response).text


def test_guessing_is_slowed_and_a_right_code_is_not(
    resident: PageClient, clock: SettableClock
) -> None:
    code = code_on(send(resident, answer(resident, HELP)))
    for _ in range(FREE_TRIES):
        assert look_up(resident, "1" * 20).status_code == 404
    slowed = look_up(resident, "1" * 20)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) == 2
    # The right code has to wait as well, or the answer would tell that it is one.
    assert look_up(resident, code.digits).status_code == 429
    elsewhere = look_up(resident, code.digits, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200
    clock.advance(timedelta(seconds=2))
    assert look_up(resident, code.digits).status_code == 200
    assert look_up(resident, "1" * 20).status_code == 404
    assert int(look_up(resident, "1" * 20).headers["Retry-After"]) == 4


def test_the_reporter_adds_something_once_however_often_it_is_sent(resident: PageClient) -> None:
    code = code_on(send(resident, answer(resident, HELP)))
    matter = Page(look_up(resident, code.digits))
    for _ in range(2):
        added = resident.submit(matter, {"text": "今天到账了一个月的。"}, action="statement")
        assert added.status_code == 200
    shown = Page(look_up(resident, code.digits))
    assert shown.text.count("今天到账了一个月的。") == 1


def test_an_empty_addition_is_refused_beside_the_field(resident: PageClient) -> None:
    code = code_on(send(resident, answer(resident, HELP)))
    matter = Page(look_up(resident, code.digits))
    response = resident.submit(matter, {"text": " "}, action="statement")
    assert response.status_code == 422
    assert "Write what you want to tell us." in Page(response).text


def test_nothing_of_a_complaint_is_logged_or_lies_on_the_disk(
    resident: PageClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = code_on(send(resident, answer(resident, HELP)))
        matter = Page(look_up(resident, code.digits))
        resident.submit(matter, {"text": "补充的话很长"}, action="statement")
        look_up(resident, "1" * 20)
    logged = caplog.text + "".join(capfd.readouterr())
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (
        "没有到账",
        NAME,
        PHONE,
        "补充的话很长",
        code.digits,
        code.secret,
        code.printed(),
    ):
        assert secret not in logged
        assert secret.encode() not in written


def test_every_page_of_a_matter_speaks_chinese_by_default(resident: PageClient) -> None:
    page = resident.page("/complain")
    for values in HELP:
        page = Page(resident.submit(page, values, button="继续"))
        assert page.soup.html["lang"] == "zh-Hans"  # type: ignore[index]
    receipt = Page(resident.submit(page, button="send"))
    matter = Page(look_up(resident, code_on(receipt).digits, path="/track"))
    for shown in (page, receipt, matter):
        main = shown.soup.main.get_text(" ")  # type: ignore[union-attr]
        assert not re.search(r"[A-Za-z]{4,}", main), main
