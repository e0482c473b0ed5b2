"""Renders templates as the application does, without a database: real filters, real translations."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, render_template, render_template_string
from jinja2 import (
    ChoiceLoader,
    DictLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Undefined,
)
from jinja2.runtime import missing

from portal.web.addresses import LOCALE_KEY
from portal.web.filters import set_up_filters
from portal.web.languages import set_up_languages

ROOT = Path(__file__).resolve().parents[2]
SITE = SimpleNamespace(name="阳光救助", owner="固原市民政局", demo=True)
ENGLISH_SITE = SimpleNamespace(name="Open Assistance", owner="Guyuan civil affairs bureau", demo=True)


class OptionalKeys(StrictUndefined):
    """Strict, except for what a dict of options may leave out (the govuk macros live on that)."""

    def __new__(cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *rest: Any) -> Any:
        """Return a lenient undefined for a missing key of a mapping and for what the macros probe."""
        lenient = isinstance(obj, Mapping) or name in {"caller", "undefined", "null"}
        return Undefined(hint, obj, name, *rest) if lenient else super().__new__(cls)


def make_app(templates: Mapping[str, str] | None = None) -> Flask:
    """Return an application that only renders; ``templates`` are added by name."""
    app = Flask("gallery", static_folder=None, template_folder=None)
    app.config["SECRET_KEY"] = "for rendering only"
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": OptionalKeys}
    app.jinja_loader = ChoiceLoader(  # type: ignore[assignment]
        [
            DictLoader(dict(templates or {})),
            FileSystemLoader(ROOT / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    set_up_languages(app)
    set_up_filters(app)
    door = Blueprint("signing_in", __name__)
    door.add_url_rule("/desk/logout", "sign_out", lambda: "", methods=["POST"])
    app.register_blueprint(door)
    app.jinja_env.globals.update(
        static_url=lambda name: f"static/{name}", csrf_token=lambda: "a-token-for-rendering"
    )
    return app


def render(app: Flask, source: str, locale: str = "zh_Hans", **values: object) -> str:
    """Render ``source``, template text, in ``locale``."""
    with app.test_request_context("/", environ_overrides={LOCALE_KEY: locale}):
        return render_template_string(source, **values)


def render_page(app: Flask, name: str, locale: str = "zh_Hans", **values: object) -> str:
    """Render the template ``name`` with what every page is given."""
    shared: dict[str, object] = {
        "locale": locale,
        "site": ENGLISH_SITE if locale == "en" else SITE,
        "other_language_url": "/" if locale == "en" else "/en/",
        "current_user": None,
        "desk_nav": (),
    }
    with app.test_request_context("/", environ_overrides={LOCALE_KEY: locale}):
        return render_template(name, **(shared | values))
