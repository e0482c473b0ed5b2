"""Guards 访问控制: every route declares who may use it; a test walks the URL map and looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.data.accounts import Actor, User, actor_of
from portal.kernel.permissions import Permission, permissions_of
from portal.web.installation import installation

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that anyone may use this route."""
    view.__access__ = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that only signed-in staff with ``permission`` may use this route."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = _refusal(permission)
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.__access__ = permission  # type: ignore[attr-defined]
        return guarded

    return declare


def _refusal(permission: Permission) -> Response | None:
    user = signed_in_user()
    if user is None:
        return redirect(url_for("signing_in.sign_in", next=request.full_path.rstrip("?")))
    if permission not in permissions_of(user.role):
        abort(403)
    if user.must_change_password and request.endpoint not in {
        "signing_in.change_own_password",
        "signing_in.sign_out",
    }:
        return redirect(url_for("signing_in.change_own_password"))
    return None


def signed_in_user() -> User | None:
    """Return the member of staff who is signed in in this request, or None."""
    return current_user.user if current_user.is_authenticated else None


def current_actor() -> Actor:
    """Return who acts in this request; only where ``requires`` has let them in."""
    user = signed_in_user()
    if user is None:
        abort(401)
    return actor_of(user)


def check_origin() -> None:
    """Refuse a public form that another site sent (公开表单没有登录状态，只核对来源).

    Browsers send ``Sec-Fetch-Site`` or ``Origin`` with a POST; where neither comes (old engines),
    there is no ambient authority to steal, so the form is taken.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    origin = request.headers.get("Origin")
    allowed = {installation().settings.origin, request.host_url.rstrip("/")}
    if origin is not None and origin != "null" and origin not in allowed:
        abort(403)
