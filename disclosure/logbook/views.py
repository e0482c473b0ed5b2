"""The public log's addresses 公开日志: key, checkpoint, tiles, receipts (C2SP tlog-tiles)."""

from functools import cache

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from disclosure.log.errors import LogError
from disclosure.log.proofs import write_proof
from disclosure.log.tiles import TILE_WIDTH, parse_tile_path
from disclosure.log.verifying.single_file import FILE_NAME, single_file
from disclosure.logbook.guarding import NOT_SIGNED, find_refusal
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.reading import find_receipt, find_signed_tree, find_tile, list_keys
from disclosure.queries import find_log_index
from portal.config import Parts
from portal.kernel.errors import DomainError, Refused
from portal.kernel.language import N_
from portal.kernel.receipts import is_notice_id
from portal.web.addresses import public_url
from portal.web.guards import public
from portal.web.installation import installation, now, reading
from portal.web.languages import sentence

blueprint = Blueprint("log", __name__)

SHORT = "public, max-age=10"
FOR_EVER = "public, max-age=31536000, immutable"
RETRY_S = "5"
NOT_TRUSTED = N_("The log cannot be signed at this moment; the server's keepers are told why.")
NOT_YET = N_("The entry is logged and waits for its signature; ask again in a minute.")


def _text(body: str | bytes, cache: str = SHORT) -> Response:
    response = Response(body, mimetype="text/plain")
    response.headers["Cache-Control"] = cache
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _unavailable(words: str) -> Response:
    response = Response(f"{words}\n", status=503, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = RETRY_S
    return response


def log_refusal() -> DomainError | None:
    """Return why this server's log cannot be trusted now, None while all is well."""
    settings = installation().settings
    return find_refusal(
        installation().sessions,
        LogFolder(settings.secrets_folder),
        now=now(),
        keeps_key=settings.parts is not Parts.PUBLIC,
    )


def public_words(refusal: DomainError) -> str:
    """Return a refusal for everybody: what names a file of the server is for its keepers alone."""
    return _(NOT_TRUSTED) if refusal.params else sentence(refusal)


@blueprint.get("/log/")
@public
def about() -> str:
    """What the public log is 公开日志, in plain words, and how anybody watches over it."""
    tree = find_signed_tree(reading())
    return render_template(
        "disclosure/log.html",
        size=0 if tree is None else tree.checkpoint.size,
        key=None if tree is None else str(tree.key),
        refusal=log_refusal(),
        address=public_url(""),
    )


@blueprint.get("/log/verify.py")
@public
def verifier() -> Response:
    """The program with which anybody checks this site, as one file to keep."""
    response = Response(_verifier(), mimetype="text/x-python")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    response.headers["Cache-Control"] = SHORT
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@cache
def _verifier() -> bytes:
    return single_file()


@blueprint.get("/log/key")
@public
def key() -> Response:
    """The log's verifier keys, one a line, newest first."""
    return _text("".join(f"{one}\n" for one in list_keys(reading())))


@blueprint.get("/log/checkpoint")
@public
def checkpoint() -> Response:
    """The newest signed checkpoint; 503 with the reason where the log cannot be trusted now."""
    refusal = log_refusal()
    tree = find_signed_tree(reading())
    if refusal is not None or tree is None:
        return _unavailable(public_words(refusal or Refused(NOT_SIGNED)))
    return _text(tree.note)


@blueprint.get("/log/tile/<path:rest>")
@public
def tile(rest: str) -> Response:
    """A tile or a bundle of entries, as far as it is signed; a full one never changes."""
    try:
        wanted = parse_tile_path(f"tile/{rest}")
    except LogError:
        abort(404)
    tree = find_signed_tree(reading())
    data = find_tile(reading(), wanted, tree.checkpoint.size) if tree else None
    if data is None:
        abort(404)
    response = Response(data, mimetype="application/octet-stream")
    # A partial tile of a given width never changes either, but soon nobody asks for it any more.
    response.headers["Cache-Control"] = FOR_EVER if wanted.width == TILE_WIDTH else SHORT
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/n/<notice_id>.tlog-proof")
@public
def notice_receipt(notice_id: str) -> Response:
    """A notice's receipt 收据; 503 until a checkpoint that holds its entry is signed."""
    index = find_log_index(reading(), notice_id) if is_notice_id(notice_id) else None
    if index is None:
        abort(404)
    return receipt_of(index, notice_id)


def receipt_of(index: int, name: str) -> Response:
    """Answer with the receipt of an entry, as a file called after ``name``."""
    receipt = find_receipt(reading(), index)
    if receipt is None:
        return _unavailable(_(NOT_YET))
    response = _text(write_proof(receipt))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.tlog-proof"'
    return response
