"""Every route declares who may use it; what comes of it is tried in tests/access."""

from collections.abc import Iterator

from werkzeug.routing import BaseConverter, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from portal.app import PortalApp
from portal.kernel.permissions import Permission
from portal.web.guards import PUBLIC
from tests.fixtures.pages import PageClient

Attempt = tuple[str, str, Permission]


def test_every_route_declares_its_access(app: PortalApp) -> None:
    rules = list(app.flask.url_map.iter_rules())
    assert [str(rule) for rule in rules if _access(app, rule) is None] == []


def test_only_what_is_declared_public_is_open_outside_the_desk(app: PortalApp) -> None:
    outside = [rule for rule in app.flask.url_map.iter_rules() if not rule.rule.startswith("/desk")]
    assert outside
    assert [str(rule) for rule in outside if _access(app, rule) != PUBLIC] == []


def test_nobody_gets_past_the_guard_without_signing_in(app: PortalApp, client: PageClient) -> None:
    _without_tokens(app)
    passed = [
        f"{method} {path}: {answer.status}"
        for method, path, _ in _attempts(app)
        if not _turned_away(answer := client.open(path, method=method))
    ]
    assert passed == []


def test_no_form_of_the_desk_is_taken_without_its_token(app: PortalApp, client: PageClient) -> None:
    answers = {
        path: client.open(path, method=method).status_code
        for method, path, _ in _attempts(app)
        if method != "GET"
    }
    assert answers
    assert {path: status for path, status in answers.items() if status != 400} == {}


def _access(app: PortalApp, rule: Rule) -> object:
    return getattr(app.flask.view_functions[rule.endpoint], "__access__", None)


def _without_tokens(app: PortalApp) -> None:
    """Let forms through without a token, so that it is the guard that turns them away."""
    app.flask.config["WTF_CSRF_METHODS"] = frozenset()


def _attempts(app: PortalApp) -> Iterator[Attempt]:
    """Yield a request for each method of each route that is not public."""
    routes = app.flask.url_map.bind("127.0.0.1")
    for rule in app.flask.url_map.iter_rules():
        access = _access(app, rule)
        if not isinstance(access, Permission):
            continue
        # The converters know what an address of this route may look like.
        values = {name: _example(rule._converters[name]) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = routes.build(rule.endpoint, values, method=method, append_unknown=False)
            yield method, path, access


def _example(converter: BaseConverter) -> object:
    if isinstance(converter, IntegerConverter):
        return 1
    if isinstance(converter, UUIDConverter):
        return "00000000-0000-4000-8000-000000000000"
    return "640402100000" if "0-9" in converter.regex or "\\d" in converter.regex else "a123456789"


def _turned_away(answer: TestResponse) -> bool:
    if answer.status_code in {302, 303}:
        return "/desk/login" in answer.headers["Location"]
    return answer.status_code in {401, 403}
