"""The public pages of documents 政策与宣传: lists, a document with its viewer, whom to call."""

import json

from flask import Blueprint, Response, abort, render_template, send_file, url_for
from flask_babel import gettext as _

from disclosure.documents.kinds import (
    KIND_FACTS,
    MEASURE_COLUMNS,
    MEASURE_WORDS,
    PROGRAMMES,
    DocumentKind,
)
from disclosure.documents.media import PDF
from disclosure.documents.queries import (
    DOCUMENTS_KEY,
    DocumentCard,
    DocumentView,
    FileView,
    Helper,
    document_key,
    find_document,
    helpers_of,
    list_current_documents,
    list_helpers,
)
from disclosure.documents.store import file_path
from disclosure.logbook.appending import log_time
from disclosure.logbook.reading import logged_members
from disclosure.logbook.views import receipt_of
from disclosure.publication import region_key
from disclosure.queries import place_ref
from disclosure.wording import place_words
from portal.data.accounts import list_units_of
from portal.data.regions import (
    Level,
    Region,
    find_area_served,
    find_region,
    is_code,
    list_sub_regions,
    path_of,
)
from portal.web.addresses import request_locale
from portal.web.guards import public
from portal.web.installation import installation, reading
from portal.web.publishing import Answer, published

blueprint = Blueprint("documents", __name__)

# Above a township there are too many villages for one page.
HELPERS_FROM = frozenset({Level.TOWNSHIP, Level.VILLAGE})


@blueprint.get("/policies")
@public
@published
def index() -> Answer:
    """Policies, guides and publicity 政策与指南, kind by kind."""
    cards = list_current_documents(reading())
    area = find_area_served(reading())
    body = render_template(
        "disclosure/policies.html",
        sections=[
            (kind.value, _(facts.plural), [card for card in cards if card.kind is kind])
            for kind, facts in KIND_FACTS.items()
            if not facts.has_rows
        ],
        measures=[card for card in cards if card.kind is DocumentKind.MEASURES],
        measure_columns=_measure_columns(),
        programme_words=programme_words,
        place_words=lambda place: place_words(place, request_locale()),
        contacts_url=url_for("documents.contacts", code=area.code) if area else None,
    )
    return Answer(body, [DOCUMENTS_KEY])


def programme_words(card: DocumentCard | DocumentView) -> str:
    """Return what a document's programme is called."""
    return _(PROGRAMMES[card.programme]) if card.programme in PROGRAMMES else card.programme


def _measure_columns() -> list[tuple[str, str]]:
    return [(name, _(MEASURE_WORDS[name])) for name in MEASURE_COLUMNS]


def _get_document(document_id: str) -> DocumentView:
    view = find_document(reading(), document_id)
    if view is None:
        abort(404)
    return view


def _depends_on(view: DocumentView) -> list[str]:
    return [document_key(view.id), region_key(view.place.code)]


@blueprint.get("/policies/<document_id>")
@public
@published
def document(document_id: str) -> Answer:
    """One document with its viewer and its text; once withdrawn, why."""
    view = _get_document(document_id)
    body = render_template("disclosure/policy.html", **document_values(view))
    return Answer(body, _depends_on(view))


def document_values(view: DocumentView) -> dict[str, object]:
    """Return what a template needs to show a document, on its own page or at the desk."""
    helpers: tuple[Helper, ...] = ()
    if view.kind is DocumentKind.HELPERS and view.withdrawn_at is None:
        helpers = helpers_of(reading(), view.rows)
    return {
        "view": view,
        "helpers": helpers,
        "kind_words": _(KIND_FACTS[view.kind].word),
        "programme": programme_words(view),
        "elements": [(_(words), blocks) for words, blocks in view.elements],
        "measure_columns": _measure_columns(),
        "place": place_words(view.place, request_locale()),
    }


@blueprint.get("/policies/<document_id>.json")
@public
@published
def document_as_json(document_id: str) -> Answer:
    """The document for programs: what its digest in the public log was computed from."""
    view = _get_document(document_id)
    members = {
        "id": view.id,
        "version": view.version,
        "state": "published" if view.withdrawn_at is None else "withdrawn",
        "withdrawn_reason": view.withdrawn_reason or None,
        "content": view.digest,
        "text": view.content if view.withdrawn_at is None else None,
        "rows": [] if view.withdrawn_at is None else None,
        "log": logged_members(reading(), view.log_index),
        "versions": [
            {
                "version": line.version,
                "published_at": log_time(line.published_at),
                "content": line.digest,
                "log_index": line.log_index,
            }
            for line in view.history
        ],
    }
    body = json.dumps(members, ensure_ascii=False, indent=1)
    return Answer(body, _depends_on(view), content_type="application/json")


@blueprint.get("/policies/<document_id>.tlog-proof")
@public
def document_receipt(document_id: str) -> Response:
    """The document's receipt 收据; 503 until a checkpoint that holds its entry is signed."""
    view = _get_document(document_id)
    if view.log_index is None:
        abort(404)
    return receipt_of(view.log_index, document_id)


@blueprint.get("/policies/<document_id>/files/<name>")
@public
def file(document_id: str, name: str) -> Response:
    """A picture, film or PDF of the published version; films are sent in the parts asked for."""
    view = _get_document(document_id)
    if view.withdrawn_at is not None:
        abort(410)
    found = next((one for one in view.files if one.address == name), None)
    if found is None:
        abort(404)
    return send_document_file(found)


def send_document_file(found: FileView) -> Response:
    """Send a file from the store, so that a browser shows it and runs nothing in it."""
    path = file_path(installation().settings.data_folder, found.digest)
    if not path.is_file():
        abort(404)
    answer: Response = send_file(
        path,
        mimetype=found.media_type,
        as_attachment=found.media_type == PDF,
        download_name=found.name or found.address,
        conditional=True,
        etag=found.digest[:32],
        last_modified=None,
        max_age=None,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/policies/contacts/<code>.json")
@public
@published
def contacts_as_json(code: str) -> Answer:
    """Whom to call, and the helpers of a place, for programs and touch screens."""
    region = find_region(reading(), code) if is_code(code) else None
    if region is None:
        abort(404)
    path = path_of(reading(), code)
    members = {
        "region": {"code": region.code, "name": region.name},
        "offices": [
            {"name": unit.name, "phone": unit.phone, "address": unit.address}
            for unit in list_units_of(reading(), [above.code for above in reversed(path)])
        ],
        "helpers": [
            {"region": one.code, "village": one.village, "name": one.name, "phone": one.phone}
            for one in helpers_near(region)
        ],
    }
    body = json.dumps(members, ensure_ascii=False, indent=1)
    keys = [DOCUMENTS_KEY, *(region_key(above.code) for above in path)]
    return Answer(body, keys, content_type="application/json")


def helpers_near(region: Region) -> tuple[Helper, ...]:
    """Return the helpers of a village or of a township's villages; of wider places none."""
    return list_helpers(reading(), region.code) if region.level in HELPERS_FROM else ()


@blueprint.get("/policies/contacts/<code>")
@public
@published
def contacts(code: str) -> Answer:
    """The telephones of every level above a place, and the helpers of its villages."""
    region = find_region(reading(), code) if is_code(code) else None
    if region is None:
        abort(404)
    path = path_of(reading(), code)
    units = list_units_of(reading(), [above.code for above in reversed(path)])
    body = render_template(
        "disclosure/policies_contacts.html",
        name=_name(region),
        path=[(_name(above), url_for("documents.contacts", code=above.code)) for above in path],
        contacts=[
            {"unit": unit.name, "phones": [unit.phone] * bool(unit.phone), "address": unit.address}
            for unit in units
        ],
        shows_helpers=region.level in HELPERS_FROM,
        helpers=helpers_near(region),
        places=[
            {
                "name": _name(sub),
                "url": url_for("documents.contacts", code=sub.code),
                "initial": sub.initials[:1].upper(),
            }
            for sub in list_sub_regions(reading(), code)
        ],
    )
    return Answer(body, [DOCUMENTS_KEY, *(region_key(above.code) for above in path)])


def _name(region: Region) -> str:
    return place_words(place_ref(region), request_locale())
