"""What was learned of a township's forms 已学表头: kept when a clerk has said which column is what.

Nobody edits code for a new form: the next file of the same form is understood by itself.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.intake.kinds import Field, Kind
from disclosure.intake.learned import Heading, Learned
from disclosure.uploads.models import LearnedHeading
from portal.data.accounts import Actor, audit
from portal.data.regions import code_prefix
from portal.kernel.permissions import Permission

_KNOWN = frozenset(Field)


def get_learned(session: Session, region_code: str, kind: Kind) -> Learned:
    """Return what clerks have said about a township's files of this form."""
    query = select(LearnedHeading).where(
        LearnedHeading.region_code == region_code, LearnedHeading.kind == kind.value
    )
    return _learned(list(session.scalars(query)))


def get_learned_in_area(session: Session, area: str | None) -> Learned:
    """Return the words learned anywhere in an area: enough to tell what a file is about."""
    query = select(LearnedHeading).where(LearnedHeading.form == "")
    if area is not None:
        query = query.where(LearnedHeading.region_code.startswith(code_prefix(area)))
    return _learned(list(session.scalars(query.order_by(LearnedHeading.learned_at))))


def _learned(rows: list[LearnedHeading]) -> Learned:
    return Learned(
        {
            Heading(row.form, row.heading, row.position): Field(row.field)
            for row in rows
            if row.field in _KNOWN
        }
    )


def keep_headings(
    session: Session,
    actor: Actor,
    region_code: str,
    kind: Kind,
    answers: Mapping[Heading, Field],
    *,
    now: datetime,
) -> None:
    """Remember a clerk's answers for the township; a later answer replaces an earlier one."""
    actor.require(Permission.UPLOAD_LIST, within=region_code)
    if not answers:
        return
    for heading, field in answers.items():
        session.merge(
            LearnedHeading(
                region_code=region_code,
                kind=kind.value,
                form=heading.form,
                heading=heading.text,
                position=heading.position,
                field=field.value,
                learned_at=now,
                learned_by=actor.user_id,
            )
        )
    audit(
        session,
        actor,
        "headings-learn",
        f"region:{region_code}",
        now=now,
        kind=kind.value,
        fields=sorted({field.value for field in answers.values()}),
    )
