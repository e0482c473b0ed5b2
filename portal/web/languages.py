"""Languages of the pages 页面语言: Flask-Babel over the catalogues that the whole house shares."""

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as flask_gettext

from portal.kernel.errors import DomainError
from portal.kernel.language import DEFAULT_LOCALE, translations
from portal.web.addresses import request_locale


class CatalogueDomain(Domain):
    """A domain whose messages come from ``portal.kernel.language``."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the page's language."""
        return translations(str(get_locale()))


class CatalogueBabel(Babel):
    """Flask-Babel with that domain."""

    domain_instance = CatalogueDomain()


def set_up_languages(app: Flask) -> None:
    """Make gettext, dates and numbers speak the language of the address."""
    CatalogueBabel(
        app,
        default_locale=DEFAULT_LOCALE,
        default_timezone="Asia/Shanghai",
        locale_selector=request_locale,
    )


def sentence(error: DomainError) -> str:
    """Return what a refusal says, in the page's language."""
    text: str = flask_gettext(error.message)
    return text % error.params if error.params else text
