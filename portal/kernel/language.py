"""Languages 语言: ``zh_Hans`` is what residents see, ``en`` is the source and complete.

The catalogues are read from the ``.po`` files themselves, so there is no compiled file that could
be stale. Each part of the house has a file of its own.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALES = ("zh_Hans", "en")
DEFAULT_LOCALE = "zh_Hans"
LOCALE_FOLDER = Path(__file__).resolve().parents[1] / "locale"


def N_(message: str) -> str:
    """Mark ``message`` for extraction; it is translated where it is shown."""
    return message


@cache
def translations(locale: str) -> NullTranslations:
    """Return the merged catalogue of ``locale``; English is the messages themselves."""
    merged: Translations | None = None
    for path in sorted((LOCALE_FOLDER / locale / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            compiled = BytesIO()
            write_mo(compiled, read_po(source, locale=locale))
        compiled.seek(0)
        part = Translations(compiled)
        merged = part if merged is None else merged.merge(part)
    return merged if merged is not None else NullTranslations()


def translate(locale: str, message: str, **params: object) -> str:
    """Return ``message`` in ``locale``, its ``%(name)s`` placeholders filled from ``params``."""
    text = translations(locale).gettext(message)
    return text % params if params else text
