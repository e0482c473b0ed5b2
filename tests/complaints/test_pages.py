"""The public pages: one question a page, no cookie, nothing stored before it is sent."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from complaints.notices import NoNotices, NoticeAbout, connect_notices
from complaints.tracks import Track
from portal.app import PortalApp
from portal.data.accounts import UnitKind, UnitRow, load_units
from portal.kernel.clock import SettableClock
from tests.complaints.journeys import (
    ACCUSATION,
    CONTINUE,
    HELP,
    NAME,
    PHONE,
    SERVICE,
    TEXT,
    Given,
    answer,
    cases,
    code_on,
    count,
    look_up,
    send,
)
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import CITY, SANYING, YUANZHOU


class FakeNotices(NoNotices):
    """One posted list of 三营镇 with ten rows."""

    about = NoticeAbout("a123456789", "三营镇10月低保公示", SANYING, "/n/a123456789")

    def find(
        self, session: Session, notice_id: str, *, row: int | None, now: object
    ) -> NoticeAbout | None:
        del session, now
        return self.about if notice_id == self.about.id and (row or 1) <= 10 else None

    def list_of(self, session: Session, region_code: str, *, now: object) -> list[NoticeAbout]:
        del session, now
        return [self.about] if region_code == SANYING else []


def test_the_first_question_is_what_it_is_about_in_four_answers(resident: PageClient) -> None:
    page = resident.page("/complain")
    assert page.h1 == "您要反映的是哪一类事情？"
    values = [str(radio["value"]) for radio in page.soup.select("input[type=radio]")]
    assert values == [track.value for track in Track]


@pytest.mark.parametrize(
    "given", [HELP, SERVICE, ACCUSATION], ids=["help", "service", "accusation"]
)
def test_a_resident_files_and_follows_without_a_cookie(
    app: PortalApp, resident: PageClient, given: Given
) -> None:
    check = answer(resident, given)
    assert check.h1 == "Check what you send"
    assert count(app) == 0
    receipt = send(resident, check)
    assert receipt.h1 == "We have received it"
    (case,) = cases(app)
    assert case.track.value == given[0]["track"]
    code = code_on(receipt)
    assert code.locator == case.locator
    assert "svg" in str(receipt.soup.select_one(".receipt-code .qr"))
    followed = look_up(resident, code.printed())
    assert followed.status_code == 200
    matter = Page(followed)
    assert "我家的低保金三个月没有到账。" in matter.text
    assert code.digits not in re.sub(r"\s", "", followed.text)
    assert code.secret not in followed.text
    for response in (check.response, receipt.response, followed):
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_nothing_but_the_contact_of_an_anonymous_reporter_is_missing(
    app: PortalApp, resident: PageClient
) -> None:
    send(resident, answer(resident, [*HELP[:-2], {"named": "no"}]))
    (case,) = cases(app)
    assert (case.named, case.identity) == (False, None)


def test_what_was_answered_shows_nowhere_in_the_pages_between(resident: PageClient) -> None:
    page = answer(resident, HELP[:-1])
    assert "没有到账" not in page.response.text
    (hidden,) = page.soup.select("input[name=answers]")
    assert str(hidden["value"])


def test_going_back_keeps_the_answers_and_what_was_just_written(resident: PageClient) -> None:
    page = answer(resident, HELP[:5])
    assert page.h1 == "What happened?"
    page = Page(resident.submit(page, {"text": TEXT}, button="back"))
    assert page.h1 == "Is somebody in immediate danger?"
    assert page.soup.select_one("input[name=urgent][checked]")["value"] == "no"  # type: ignore[index]
    page = Page(resident.submit(page, {"urgent": "no"}, button=CONTINUE))
    # The text was kept on the way back, so what follows is the first question without an answer.
    assert page.h1 == "Do you want to leave your name?"
    page = Page(resident.submit(page, button="back"))
    assert page.soup.select_one("textarea").get_text().strip() == TEXT  # type: ignore[union-attr]


def test_the_place_is_narrowed_step_by_step_and_widened_on_the_way_back(
    resident: PageClient,
) -> None:
    page = answer(resident, HELP[:2])
    choices = [str(radio["value"]) for radio in page.soup.select("input[name=place]")]
    assert SANYING in choices
    # A county is not exact enough to find who helps.
    assert "here" not in choices
    page = Page(resident.submit(page, {"place": SANYING}, button=CONTINUE))
    assert "here" in [str(radio["value"]) for radio in page.soup.select("input[name=place]")]
    page = Page(resident.submit(page, button="back"))
    assert SANYING in [str(radio["value"]) for radio in page.soup.select("input[name=place]")]
    page = Page(resident.submit(page, button="back"))
    assert YUANZHOU in [str(radio["value"]) for radio in page.soup.select("input[name=place]")]
    page = Page(resident.submit(page, button="back"))
    assert page.h1 == "What is it about?"


def test_a_change_on_the_last_page_asks_only_what_is_new(
    app: PortalApp, resident: PageClient
) -> None:
    check = answer(resident, HELP)
    page = Page(resident.submit(check, button="change:track"))
    assert page.h1 == "What is it about?"
    page = Page(resident.submit(page, {"track": "service"}, button=CONTINUE))
    assert page.h1 == "Which office is it about?"
    page = Page(resident.submit(page, {"office": "none"}, button=CONTINUE))
    assert page.h1 == "May the unit that answers see who you are?"
    page = Page(resident.submit(page, {"consent": "yes"}, button=CONTINUE))
    assert page.h1 == "Check what you send"
    send(resident, page)
    (case,) = cases(app)
    assert (case.track, case.consent, case.responsible_unit_id) == (Track.SERVICE, True, "yuanzhou")


@pytest.mark.parametrize(
    ("before", "wrong", "words"),
    [
        (HELP[:0], {}, "Choose what it is about."),
        (HELP[:5], {"text": "  "}, "Write what happened."),
        (HELP[:5], {"text": "长" * 2001}, "Write at most 2,000 characters."),
        (HELP[:7], {"name": "", "phone": PHONE}, "Enter your name, or go back and stay anonymous."),
        (HELP[:7], {"name": NAME, "phone": "电话"}, "Enter a telephone number, digits only."),
    ],
)
def test_what_is_missing_is_said_beside_the_field(
    resident: PageClient, before: Given, wrong: dict[str, str], words: str
) -> None:
    page = answer(resident, before)
    response = resident.submit(page, wrong, button=CONTINUE)
    assert response.status_code == 422
    after = Page(response)
    assert after.h1 == page.h1
    assert words in after.soup.select_one(".govuk-error-message").get_text()  # type: ignore[union-attr]
    assert words in after.soup.select_one(".govuk-error-summary").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize("accused", ["county-leader", "city-or-above", "discipline"])
def test_what_belongs_to_a_higher_level_is_not_taken_in(
    app: PortalApp, resident: PageClient, accused: str
) -> None:
    with app.sessions.writing() as session:
        kind = UnitKind.DISCIPLINE
        load_units(
            session, [UnitRow("city-dis", "固原市纪委监委", kind, CITY, "0954-9", "文化街", None)]
        )
    page = answer(resident, [{"track": "accusation"}, {"accused": accused}])
    assert page.h1 == "Please turn to a higher office"
    assert "12388" in page.text
    assert "固原市纪委监委" in page.text
    assert "原州区纪委监委" not in page.text
    assert count(app) == 0
    page = Page(resident.submit(page, button="back"))
    assert page.h1 == "Whom is it about?"


def test_where_nobody_is_responsible_the_page_says_whom_to_call(
    app: PortalApp, resident: PageClient
) -> None:
    given = [dict(values) for values in ACCUSATION]
    given[2:5] = [{"place": "640422000000"}, {"place": "640422101000"}, {"place": "here"}]
    response = resident.submit(answer(resident, given), button="send")
    assert response.status_code == 422
    assert "12388" in Page(response).text
    assert count(app) == 0


def test_a_form_sent_twice_is_one_matter_with_one_code(
    app: PortalApp, resident: PageClient
) -> None:
    check = answer(resident, HELP)
    first, second = send(resident, check), send(resident, check)
    assert code_on(first) == code_on(second)
    assert count(app) == 1


def test_a_form_that_lay_open_for_too_long_says_so(
    app: PortalApp, resident: PageClient, clock: SettableClock
) -> None:
    check = answer(resident, HELP)
    clock.advance(timedelta(hours=2))
    response = resident.submit(check, button="send")
    assert response.status_code == 422
    assert Page(response).h1 == "The form has been closed"
    assert count(app) == 0


def test_a_hidden_field_that_was_tampered_with_is_not_taken(
    app: PortalApp, resident: PageClient
) -> None:
    check = answer(resident, HELP)
    (hidden,) = check.soup.select("input[name=answers]")
    sealed = str(hidden["value"])
    for changed in (sealed[:-8] + "AAAAAAA=", "", "x", sealed[4:]):
        response = resident.post(
            "/en/complain", {"answers": changed, "step": "check", "go": "send"}
        )
        assert response.status_code == 422
    assert count(app) == 0


def test_a_form_from_another_site_is_refused(app: PortalApp, resident: PageClient) -> None:
    check = answer(resident, HELP)
    data = {field["name"]: field["value"] for field in check.soup.select("input[type=hidden]")}
    for path in ("/complain", "/track", "/track/statement", "/track/satisfied"):
        response = resident.post(
            path, data, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://bad.example"}
        )
        assert response.status_code == 403
    assert count(app) == 0


def test_a_posted_list_is_taken_over_from_the_address(app: PortalApp, resident: PageClient) -> None:
    connect_notices(app.flask, FakeNotices())
    page = answer(
        resident,
        [{"track": "objection"}, {"accuses": "no"}, {"text": TEXT}, {"named": "no"}],
        start="/en/complain?notice=a123456789&row=7",
    )
    assert "三营镇10月低保公示" in page.text
    send(resident, page)
    (case,) = cases(app)
    assert (case.notice_id, case.notice_row, case.region_code) == ("a123456789", 7, SANYING)


@pytest.mark.parametrize("query", ["notice=zzzzzzzzzz&row=7", "notice=a123456789&row=11", "row=3"])
def test_an_unknown_list_or_row_in_the_address_is_not_taken_over(
    app: PortalApp, resident: PageClient, query: str
) -> None:
    connect_notices(app.flask, FakeNotices())
    given = [{"track": "objection"}, {"accuses": "no"}]
    page = answer(resident, given, start=f"/en/complain?{query}")
    assert page.h1 == "Where is it about?"


def test_an_objection_names_a_list_of_its_place(app: PortalApp, resident: PageClient) -> None:
    connect_notices(app.flask, FakeNotices())
    given = [{"track": "objection"}, {"accuses": "no"}, *HELP[1:4], {"notice": "a123456789"}]
    page = answer(resident, given)
    refused = resident.submit(page, {"row": "11"}, button=CONTINUE)
    assert refused.status_code == 422
    assert "There is no such row in this list." in Page(refused).text
    for values in ({"row": "4"}, {"text": TEXT}, {"named": "no"}):
        page = Page(resident.submit(page, values, button=CONTINUE))
    send(resident, page)
    (case,) = cases(app)
    assert (case.notice_id, case.notice_row) == ("a123456789", 4)
