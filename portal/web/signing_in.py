"""The desk's door 登录与退出."""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.data.accounts import User, actor_of, audit
from portal.data.signing_in import begin_sign_in, change_password, finish_sign_in
from portal.kernel.errors import DomainError, TooMany
from portal.kernel.permissions import Permission
from portal.web.addresses import client_address
from portal.web.forms import ChangePasswordForm, SignInForm
from portal.web.guards import public, requires, signed_in_user
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("signing_in", __name__, url_prefix="/desk")


class SignedIn(UserMixin):
    """A signed-in member of staff, as Flask-Login wants it."""

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.user = user


def _load(user_id: str) -> SignedIn | None:
    user = reading().get(User, user_id, options=[joinedload(User.unit)])
    return SignedIn(user) if user is not None and user.active else None


def set_up_signing_in(app: Flask) -> None:
    """Register the door and Flask-Login."""
    manager = LoginManager()
    # Its own context processor would hide the user that the templates are given.
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    app.register_blueprint(blueprint)


def _safe_next(target: str | None) -> str:
    """Return a path of this site to go on to; anything else leads to the desk's first page."""
    parts = urlsplit(target or "")
    inside = (target or "").startswith("/desk") and not parts.netloc and not parts.scheme
    return request.script_root + (target or "") if inside else url_for("desk.home")


@blueprint.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> str | Response | tuple[str, int]:
    """Ask for login and password; slow down after failures, and never say which was wrong."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("portal/login.html", form=form)
    client = client_address(request.environ, installation().settings.trusted_proxies)
    try:
        attempt = begin_sign_in(reading(), form.login.data or "", client=client, now=now())
    except TooMany as refusal:
        form.password.errors = [sentence(refusal)]
        return render_template("portal/login.html", form=form), 429
    matched = attempt.matches(form.password.data or "")
    with writing() as database:
        user = finish_sign_in(database, attempt, matched=matched, now=now())
    if user is None:
        form.password.errors = [_("Login name or password is not right.")]
        return render_template("portal/login.html", form=form), 422
    session.renew()  # type: ignore[attr-defined]
    login_user(SignedIn(user))
    return redirect(_safe_next(request.args.get("next")))


@blueprint.post("/logout")
@requires(Permission.DESK)
def sign_out() -> Response:
    """End the session on the server as well as in the browser."""
    user = signed_in_user()
    if user is not None:
        with writing() as database:
            audit(database, actor_of(user), "logout", f"user:{user.login}", now=now())
    logout_user()
    session.clear()
    session.renew()  # type: ignore[attr-defined]
    return redirect(url_for("signing_in.sign_in"))


@blueprint.route("/password", methods=["GET", "POST"])
@requires(Permission.DESK)
def change_own_password() -> str | Response:
    """Change one's own password; a one-time password must be changed at the first sign-in."""
    form = ChangePasswordForm()
    user = signed_in_user()
    if form.validate_on_submit() and user is not None:
        try:
            with writing() as database:
                change_password(
                    database,
                    database.get_one(User, user.id),
                    form.old_password.data or "",
                    form.password.data or "",
                    now=now(),
                )
        except DomainError as refusal:
            form[refusal.field or "password"].errors = [sentence(refusal)]
        else:
            logout_user()
            session.clear()
            session.renew()  # type: ignore[attr-defined]
            flash(_("Your password has been changed. Please sign in with it."))
            return redirect(url_for("signing_in.sign_in"))
    return render_template("portal/change_password.html", form=form)
