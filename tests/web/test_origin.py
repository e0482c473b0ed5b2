"""Public forms have no cookie and no token; they check where they were sent from."""

import pytest
from werkzeug.test import Client

from portal.app import PortalApp
from portal.data.session import Sessions


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(
    app: PortalApp, places: Sessions, headers: dict[str, str]
) -> None:
    assert places is not None
    answer = Client(app.wsgi).post(
        "/track", data={"code": "1234"}, headers=headers, base_url="http://127.0.0.1:8000"
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_the_portals_own_form_is_taken(
    app: PortalApp, places: Sessions, headers: dict[str, str]
) -> None:
    assert places is not None
    answer = Client(app.wsgi).post(
        "/track", data={"code": "1234"}, headers=headers, base_url="http://127.0.0.1:8000"
    )
    assert answer.status_code != 403
    assert "Set-Cookie" not in answer.headers


def test_a_desk_form_without_its_token_is_refused(app: PortalApp, places: Sessions) -> None:
    assert places is not None
    answer = Client(app.wsgi).post("/desk/login", data={"login": "a", "password": "b"})
    assert answer.status_code == 400
    assert "表单已过期" in answer.text
