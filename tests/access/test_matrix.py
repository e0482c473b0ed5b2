"""Every page of the desk × every role × own and other places and units 权限矩阵.

What is expected follows from the permission that the route declares and from what the table in
tests/access/about.py says the route is about: 403 without the permission; 404 for what lies
elsewhere, as if it were not there, whoever asks; neither of them for one's own. Never a 500.
"""

from collections.abc import Callable, Iterator

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import Client

from portal.app import PortalApp
from portal.data.accounts import Actor
from portal.data.regions import code_prefix
from portal.kernel.permissions import Permission, Role
from tests.access.about import ROUTES, About, Reach, Subject
from tests.access.conftest import Someone
from tests.access.making import Desk, Values
from tests.fixtures.application import BASE_URL
from tests.fixtures.people import CITY

STAFF = (
    *((Role.CLERK, unit) for unit in ("sanying", "yuanzhou")),
    *((Role.HEAD, unit) for unit in ("sanying", "yuanzhou")),
    *((Role.HANDLER, unit) for unit in ("sanying", "yuanzhou", "xinglong")),
    (Role.REVIEWER, "yuanzhou"),
    *((Role.ADMIN, unit) for unit in ("yuanzhou", "city")),
    (Role.HELPER, "sanying"),
    (Role.DISCIPLINE, "discipline"),
    (Role.AUDITOR, "yuanzhou"),
    (Role.SECURITY_AUDITOR, "city"),
)
GONE, NOT_ALLOWED = 404, 403
# Words of the objects, of which a refusal tells none.
TELLING = ("王*英", "王**", "办事指南", "申请表", "低保金")


def routes(app: PortalApp) -> Iterator[tuple[Rule, str, Permission]]:
    """Yield each route behind the desk's door with each of its methods."""
    for rule in app.flask.url_map.iter_rules():
        access = getattr(app.flask.view_functions[rule.endpoint], "__access__", None)
        if rule.rule.startswith("/desk") and isinstance(access, Permission):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, access


def address(app: PortalApp, rule: Rule, method: str, values: Values) -> str:
    given = {**values, **ROUTES[rule.endpoint].named}
    needed = {name: given[name] for name in rule.arguments}
    bound = app.flask.url_map.bind("127.0.0.1")
    return bound.build(rule.endpoint, MultiDict(needed), method=method, append_unknown=False)


def targets(desk: Desk, about: About) -> dict[str, Values]:
    """Return what the route can be asked about, by where that is."""
    return {"": {}} if about.subject is None else desk.objects[about.subject]


def is_within(actor: Actor, login: str, subject: Subject | None, where: str) -> bool:
    """Tell whether what lies ``where`` is this person's own."""
    if subject is None:
        return True
    if subject.reach is Reach.OWNER:
        return login == where
    if subject.reach is Reach.UNIT:
        return actor.unit_id in where.split()
    return where.startswith(code_prefix(actor.region_code or ""))


def is_for_the_city(about: About, method: str, actor: Actor) -> bool:
    return about.city_only and method == "POST" and actor.region_code != CITY


def test_the_table_says_what_each_route_of_the_desk_is_about(desk: Desk) -> None:
    found = {rule.endpoint for rule, _, _ in routes(desk.app)}
    assert found - set(ROUTES) == set(), (
        "these routes are new: add a line for each to tests/access/about.py that says what its "
        "address names (a new kind of object is made in tests/access/making.py)"
    )
    assert set(ROUTES) - found == set(), "these routes are gone: take them out of the table"


def test_whoever_is_not_signed_in_is_led_to_the_door(desk: Desk) -> None:
    client = Client(desk.app.wsgi)
    let_in = []
    for rule, method, _ in routes(desk.app):
        about = ROUTES[rule.endpoint]
        for values in targets(desk, about).values():
            path = address(desk.app, rule, method, values)
            answer = client.open(
                path, method=method, data=dict(about.form), base_url=BASE_URL, buffered=True
            )
            led = answer.headers.get("Location", "")
            if answer.status_code not in {302, 303} or "/desk/login" not in led:
                let_in.append(f"{method} {path}: {answer.status}")
    assert let_in == []


def wrong(someone: Someone, desk: Desk, rule: Rule, method: str, needed: Permission) -> list[str]:
    """Ask about everything that the route can be asked about; return what was answered wrongly."""
    about, actor, found = ROUTES[rule.endpoint], someone.actor, []
    tried = list(targets(desk, about).items())
    if not actor.may(needed):
        # Refused before anybody has looked what it is about: one's own, where there is one.
        own = [one for one in tried if is_within(actor, someone.login, about.subject, one[0])]
        tried = (own or tried)[:1]
    for where, values in tried:
        path = address(desk.app, rule, method, values)
        answer = someone.ask(method, path, about.form)
        status, within = answer.status_code, is_within(actor, someone.login, about.subject, where)
        if not actor.may(needed):
            right = status == NOT_ALLOWED
        elif not within:
            right = status == GONE
        elif actor.role in about.not_for or is_for_the_city(about, method, actor):
            right = status == NOT_ALLOWED
        else:
            wrongly = {NOT_ALLOWED} if about.may_lack else {NOT_ALLOWED, GONE}
            right = status < 500 and status not in wrongly
        told = [] if within else [word for word in TELLING if word in answer.text]
        if not right or told:
            found.append(f"{method} {rule.endpoint} ({where or '-'}): {status} {told}")
    return found


@pytest.mark.parametrize(("role", "unit"), STAFF)
def test_nobody_gets_further_than_role_and_place(
    desk: Desk, someone: Callable[[Role, str], Someone], role: Role, unit: str
) -> None:
    person = someone(role, unit)
    asked = sorted(routes(desk.app), key=lambda route: (route[1], route[0].rule))
    # Signing out is tried last: nothing can be asked after it.
    asked.sort(key=lambda route: route[0].endpoint == "signing_in.sign_out")
    answers = [wrong(person, desk, rule, method, needed) for rule, method, needed in asked]
    assert [line for lines in answers for line in lines] == []
