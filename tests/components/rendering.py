"""Renders templates as the application does, but without a database."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from bs4 import BeautifulSoup
from flask import Blueprint, Flask, render_template, render_template_string
from jinja2 import ChoiceLoader, DictLoader

from portal.web.addresses import LOCALE_KEY
from portal.web.languages import set_up_languages
from portal.web.templating import set_up_templates

ROOT = Path(__file__).resolve().parents[2]
SITE = SimpleNamespace(name="阳光救助", owner="固原市民政局", demo=True)
ENGLISH_SITE = SimpleNamespace(
    name="Open Assistance", owner="Guyuan civil affairs bureau", demo=True
)


def make_app(templates: Mapping[str, str] | None = None) -> Flask:
    """Return an application that only renders; ``templates`` are added by name."""
    app = Flask("gallery", static_folder=None, template_folder=None)
    app.config["SECRET_KEY"] = "for rendering only"
    set_up_languages(app)
    set_up_templates(app)
    loaders = [DictLoader(dict(templates or {})), app.jinja_loader]
    app.jinja_loader = ChoiceLoader(loaders)  # type: ignore[arg-type]
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


def component(
    app: Flask, file: str, call: str, locale: str = "zh_Hans", **values: object
) -> BeautifulSoup:
    """Render one call of a macro of ``components/<file>.html`` and return what it wrote."""
    name = call.split("(", 1)[0]
    source = f'{{% from "components/{file}.html" import {name} %}}{{{{ {call} }}}}'
    return BeautifulSoup(render(app, source, locale, **values), "html.parser")


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
