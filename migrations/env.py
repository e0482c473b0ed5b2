"""Alembic's environment: it runs on the connection that ``portal.data.migrate`` hands over."""

from alembic import context

import complaints.models
import disclosure.bulk.models
import disclosure.corrections.models
import disclosure.documents.models
import disclosure.figures.models
import disclosure.kinds.models
import disclosure.logbook.models
import disclosure.models
import disclosure.movements.models
import disclosure.objections.models
import disclosure.search.models
import disclosure.uploads.models
from portal.data import accounts, audit, changes, choices, jobs, pages, regions, signing_in
from portal.data.base import Base, UTCDateTime

PARTS = (
    disclosure.objections.models,
    disclosure.corrections.models,
    disclosure.kinds.models,
    *(disclosure.documents.models, disclosure.figures.models, disclosure.logbook.models),
    *(complaints.models, disclosure.models, disclosure.uploads.models),
    disclosure.bulk.models,
    *(disclosure.movements.models, disclosure.search.models, changes),
    *(accounts, audit, choices, jobs, pages, regions, signing_in),
)


def render_item(kind: str, value: object, _context: object) -> str | bool:
    """Write our own instant type as the plain type that it is in the database."""
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
