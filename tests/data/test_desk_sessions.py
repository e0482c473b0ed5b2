"""Sessions at the desk 服务器端会话: the cookie is a key, and the server may change the lock."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.app import PortalApp, create_app
from portal.config import Settings
from portal.data.accounts import OPERATOR
from portal.data.signing_in import SESSION_IDLE, SESSION_LONGEST, WebSession, add_user
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from portal.worker import sweep
from tests.fixtures.application import sign_in
from tests.fixtures.pages import PageClient
from tests.fixtures.people import PASSWORD

DESK = "/desk/"
HOST = "127.0.0.1"


def key(client: PageClient) -> str | None:
    cookie = client.client.get_cookie("desk", domain=HOST)
    return cookie.value if cookie else None


def set_key(client: PageClient, value: str) -> None:
    client.client.set_cookie("desk", value, domain=HOST)


def is_in(client: PageClient) -> bool:
    """Tell whether the desk lets the client in."""
    answer = client.get(DESK)
    assert answer.status_code in {200, 302}
    if answer.status_code == 302:
        assert "/desk/login" in answer.headers["Location"]
    return answer.status_code == 200


def count_sessions(app: PortalApp) -> int:
    with app.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(WebSession)) or 0


def try_to_sign_in(
    client: PageClient, login: str, password: str, address: str = "127.0.0.1"
) -> TestResponse:
    page = client.page("/desk/login")
    form = page.form()
    token = form.select_one("input[name=csrf_token]")
    assert token is not None
    data = {"login": login, "password": password, "csrf_token": str(token["value"])}
    return client.post("/desk/login", data=data, environ_base={"REMOTE_ADDR": address})


@pytest.fixture
def clerk(client: PageClient, add_staff: Callable[..., str]) -> PageClient:
    sign_in(client, add_staff(Role.CLERK))
    return client


def test_the_key_is_a_new_one_after_signing_in(
    app: PortalApp, client: PageClient, add_staff: Callable[..., str]
) -> None:
    login = add_staff(Role.CLERK)
    client.page("/desk/login")
    before = key(client)
    assert before
    sign_in(client, login)
    after = key(client)
    assert after
    assert after != before
    # Whoever planted the first key has nothing: it opens nothing, not even for a while.
    thief = PageClient(app, app.settings.base_url)
    set_key(thief, before)
    assert not is_in(thief)
    assert is_in(client)
    # Nor is a key of somebody's own invention taken on.
    set_key(thief, "0" * 43)
    thief.page("/desk/login")
    assert key(thief) != "0" * 43


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    client: PageClient, settings: Settings, clock: SettableClock
) -> None:
    cookie = client.page("/desk/login").response.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    base = "https://www.example.gov.cn/zwgk/jz"
    secure = create_app(Settings(**{**vars(settings), "base_url": base}), clock=clock)
    cookie = PageClient(secure, base).page("/desk/login").response.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "Path=/zwgk/jz/"} <= set(cookie.split("; "))
    secure.sessions.engine.dispose()


def test_the_key_itself_is_not_in_the_database(app: PortalApp, clerk: PageClient) -> None:
    with app.sessions.reading() as session:
        digests = session.scalars(select(WebSession.digest)).all()
    assert len(digests) == 1
    assert key(clerk) not in digests


def test_signing_out_ends_the_session_on_the_server(app: PortalApp, clerk: PageClient) -> None:
    stolen = key(clerk)
    assert stolen
    assert is_in(clerk)
    assert clerk.submit(clerk.page(DESK), action="/logout").status_code == 302
    thief = PageClient(app, app.settings.base_url)
    set_key(thief, stolen)
    assert (is_in(thief), is_in(clerk)) == (False, False)


def test_a_request_still_under_way_does_not_undo_the_signing_out(
    app: PortalApp, clerk: PageClient, clock: SettableClock
) -> None:
    stolen = key(clerk)
    assert stolen
    clock.advance(timedelta(minutes=2))  # so that the request under way wants to write
    interface = app.flask.session_interface
    with app.flask.test_request_context("/desk/", headers={"Cookie": f"desk={stolen}"}) as context:
        under_way = interface.open_session(app.flask, context.request)
        assert under_way is not None
        assert under_way["_user_id"]
        clerk.submit(clerk.page(DESK), action="/logout")
        interface.save_session(app.flask, under_way, app.flask.make_response("late"))
    thief = PageClient(app, app.settings.base_url)
    set_key(thief, stolen)
    assert not is_in(thief)


def test_a_session_ends_when_nobody_has_used_it(
    app: PortalApp, clerk: PageClient, clock: SettableClock
) -> None:
    for _ in range(3):
        clock.advance(SESSION_IDLE - timedelta(minutes=1))
        assert is_in(clerk)
    clock.advance(SESSION_IDLE)
    assert not is_in(clerk)


def test_a_session_ends_after_its_longest_time_however_busy(
    app: PortalApp, clerk: PageClient, clock: SettableClock
) -> None:
    begun = clock.now()
    step = timedelta(minutes=50)
    while clock.now() + step < begun + SESSION_LONGEST:
        clock.advance(step)
        assert is_in(clerk)
    clock.move_to(begun + SESSION_LONGEST)
    assert not is_in(clerk)
    sweep(app.sessions, clock)
    stolen = key(clerk)
    assert stolen
    assert not is_in(clerk)


def test_ended_sessions_are_swept_away(
    app: PortalApp, clerk: PageClient, clock: SettableClock
) -> None:
    assert count_sessions(app) == 1
    clock.advance(SESSION_IDLE)
    sweep(app.sessions, clock)
    assert count_sessions(app) == 0


def test_whoever_changes_the_password_is_signed_out_everywhere(
    app: PortalApp, clerk: PageClient, clock: SettableClock
) -> None:
    elsewhere = PageClient(app, app.settings.base_url)
    sign_in(elsewhere, "clerk-sanying")
    stolen = key(clerk)
    assert stolen
    answer = clerk.submit(
        clerk.page("/desk/password"),
        {"old_password": PASSWORD, "password": "seven green hills"},
    )
    assert answer.status_code == 302
    thief = PageClient(app, app.settings.base_url)
    set_key(thief, stolen)
    assert (is_in(clerk), is_in(elsewhere), is_in(thief)) == (False, False, False)
    sign_in(clerk, "clerk-sanying", "seven green hills")
    assert is_in(clerk)


def test_a_password_for_one_time_must_be_changed_before_anything_else(
    app: PortalApp, client: PageClient, places: object, clock: SettableClock
) -> None:
    with app.sessions.writing() as session:
        new = add_user(
            session, OPERATOR, "new", role=Role.CLERK, unit="sanying", name="新", now=clock.now()
        )
    sign_in(client, "new", new.password)
    for path in (DESK, "/desk/lists/", "/desk/lists/upload", "/en/desk/lists/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].endswith("/desk/password")) == (
            302,
            True,
        ), path
    page = client.page("/desk/password")
    again = client.submit(page, {"old_password": new.password, "password": new.password})
    assert again.status_code in {200, 422}
    assert not is_in_without_change(client)
    client.submit(page, {"old_password": new.password, "password": "seven green hills"})
    sign_in(client, "new", "seven green hills")
    assert is_in(client)


def is_in_without_change(client: PageClient) -> bool:
    return client.get("/desk/lists/").status_code == 200


def test_nobody_learns_which_of_the_two_was_wrong(
    client: PageClient, add_staff: Callable[..., str]
) -> None:
    login = add_staff(Role.CLERK)
    wrong = try_to_sign_in(client, login, "wrong")
    unknown = try_to_sign_in(client, "nobody", "wrong")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    said = [answer.text.replace(login, "nobody") for answer in (wrong, unknown)]
    assert "不正确" in said[0] or "不对" in said[0]
    assert _without_tokens(said[0]) == _without_tokens(said[1])


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


def test_a_guesser_waits_and_the_colleague_does_not(
    app: PortalApp, client: PageClient, add_staff: Callable[..., str]
) -> None:
    login = add_staff(Role.CLERK)
    statuses = [try_to_sign_in(client, login, "wrong", "203.0.113.9").status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 429, 429]
    assert try_to_sign_in(client, login, PASSWORD, "203.0.113.9").status_code == 429
    # Nobody's own say-so makes a new client of them.
    page = client.page("/desk/login").form().select_one("input[name=csrf_token]")
    assert page is not None
    answer = client.post(
        "/desk/login",
        data={"login": login, "password": PASSWORD, "csrf_token": str(page["value"])},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
        headers={"X-Forwarded-For": "198.51.100.7"},
    )
    assert answer.status_code == 429
    assert try_to_sign_in(client, login, PASSWORD, "198.51.100.8").status_code == 302


def test_a_page_of_another_site_is_never_gone_on_to(
    client: PageClient, add_staff: Callable[..., str]
) -> None:
    login = add_staff(Role.CLERK)
    for target in ("https://evil.example/desk", "//evil.example/desk", "/\\evil.example", "/n/x"):
        page = client.page("/desk/login", query_string={"next": target})
        answer = client.submit(page, {"login": login, "password": PASSWORD})
        assert answer.headers["Location"].endswith("/desk/"), target
    page = client.page("/desk/login", query_string={"next": "/desk/lists/"})
    answer = client.submit(page, {"login": login, "password": PASSWORD})
    assert answer.headers["Location"].endswith("/desk/lists/")
