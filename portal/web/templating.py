"""Templates 模板: where they are found, and how strict they are about what is missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Undefined,
)
from jinja2.bccache import Bucket
from jinja2.runtime import missing

from portal.web.addresses import public_url, static_url
from portal.web.filters import set_up_filters
from portal.web.rowlines import row_lines

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class OptionalKeys(StrictUndefined):
    """Strict, except for what a dict of options may leave out (the govuk macros live on that)."""

    def __new__(  # type: ignore[misc]
        cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *rest: Any
    ) -> Undefined:
        """Return a lenient undefined for a missing key of a mapping and for what macros probe."""
        lenient = isinstance(obj, Mapping) or name in {"caller", "undefined", "null"}
        if lenient:
            return Undefined(hint, obj, name, *rest)
        return super().__new__(cls)


class SharedBytecode(BytecodeCache):
    """Compiled templates of this process, so that a second application does not compile anew."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if its template was compiled before."""
        compiled = self._compiled.get(bucket.key)
        if compiled is not None:
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


SHARED_BYTECODE = SharedBytecode()


def set_up_templates(app: Flask) -> None:
    """Point ``app`` at the house's templates and the components they build on."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": OptionalKeys}
    app.jinja_options["bytecode_cache"] = SHARED_BYTECODE
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(TEMPLATES),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.globals.update(static_url=static_url, public_url=public_url, row_lines=row_lines)
    set_up_filters(app)
