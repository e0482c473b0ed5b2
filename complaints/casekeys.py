"""The keys of a case 案件密钥: who holds them, opening them, and handing them on.

A unit reads a case if, and only if, the case's content key was sealed to it. When a case goes to
another unit, its keys are sealed to the new one and taken from whoever has no seat any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from complaints.keyring import KeyRing
from complaints.models import Complaint, ComplaintKey, HolderKind, KeyPurpose
from complaints.sealing import Purpose, open_key, seal_key_to
from complaints.tracks import Seat, Track, content_readers, identity_readers
from portal.data.ids import new_id

# The purposes under which the keys themselves are sealed.
SEALED_AS: Mapping[KeyPurpose, Purpose] = {
    KeyPurpose.CONTENT: Purpose.CONTENT_KEY,
    KeyPurpose.IDENTITY: Purpose.IDENTITY_KEY,
}


@dataclass(frozen=True)
class Readers:
    """The ids of the units that may read a case's content, and see who the reporter is."""

    content: frozenset[str]
    identity: frozenset[str]

    def of(self, purpose: KeyPurpose) -> frozenset[str]:
        """Return the units that hold the key for ``purpose``."""
        return self.content if purpose is KeyPurpose.CONTENT else self.identity


def readers_of(
    track: Track, *, consent: bool, responsible: str, supervising: str | None
) -> Readers:
    """Return who may read a case of ``track`` whose seats are taken by these units."""
    seated = {Seat.RESPONSIBLE: responsible, Seat.SUPERVISING: supervising}

    def units(seats: frozenset[Seat]) -> frozenset[str]:
        return frozenset(unit for seat in seats if (unit := seated[seat]) is not None)

    return Readers(units(content_readers(track)), units(identity_readers(track, consent=consent)))


def seal_case_key(
    case_id: str, purpose: KeyPurpose, key: bytes, *, unit_id: str | None, public_key: bytes
) -> ComplaintKey:
    """Return ``key`` sealed to a unit, or to the reporter where ``unit_id`` is None."""
    return ComplaintKey(
        id=new_id(),
        complaint_id=case_id,
        purpose=purpose,
        holder=HolderKind.UNIT if unit_id else HolderKind.REPORTER,
        unit_id=unit_id,
        sealed=seal_key_to(public_key, key, case_id, SEALED_AS[purpose]),
    )


def holds_content(session: Session, case_id: str, unit_id: str | None) -> bool:
    """Tell whether the case's content key was sealed to this unit."""
    return unit_id is not None and (
        _sealed_to(session, case_id, KeyPurpose.CONTENT, unit_id) is not None
    )


def open_case_key(
    session: Session, keyring: KeyRing, case_id: str, purpose: KeyPurpose, unit_id: str
) -> bytes | None:
    """Return a key of the case as its holder ``unit_id`` opens it, or None if it holds none.

    Raises what ``KeyRing.load`` raises, and CannotOpen.
    """
    sealed = _sealed_to(session, case_id, purpose, unit_id)
    if sealed is None:
        return None
    private_key = keyring.load(unit_id).private_key
    return open_key(private_key, sealed.sealed, case_id, SEALED_AS[purpose])


def open_reporter_key(
    session: Session, case_id: str, purpose: KeyPurpose, private_key: bytes
) -> bytes:
    """Return a key of the case as the reporter opens it; raises CannotOpen."""
    sealed = session.scalars(
        select(ComplaintKey).where(
            ComplaintKey.complaint_id == case_id,
            ComplaintKey.purpose == purpose,
            ComplaintKey.holder == HolderKind.REPORTER,
        )
    ).one()
    return open_key(private_key, sealed.sealed, case_id, SEALED_AS[purpose])


def hand_over(session: Session, keyring: KeyRing, complaint: Complaint) -> None:
    """Make the holders of the case's keys those whom its present seats allow.

    The identity key can be handed on only if some unit held it: who left a name for the reporter's
    own eyes stays unknown.
    """
    readers = readers_of(
        complaint.track,
        consent=complaint.consent,
        responsible=complaint.responsible_unit_id,
        supervising=complaint.supervising_unit_id,
    )
    for purpose in KeyPurpose:
        wanted = readers.of(purpose)
        held = _unit_keys(session, complaint.id, purpose)
        new = wanted - held.keys()
        if new and held:
            holder, sealed = min(held.items())
            private_key = keyring.load(holder).private_key
            key = open_key(private_key, sealed.sealed, complaint.id, SEALED_AS[purpose])
            for unit_id in sorted(new):
                public_key = keyring.load_or_create(unit_id).public_key
                session.add(
                    seal_case_key(
                        complaint.id, purpose, key, unit_id=unit_id, public_key=public_key
                    )
                )
        gone = [held[unit_id].id for unit_id in held.keys() - wanted]
        if gone:
            session.execute(delete(ComplaintKey).where(ComplaintKey.id.in_(gone)))
    session.flush()


def _sealed_to(
    session: Session, case_id: str, purpose: KeyPurpose, unit_id: str
) -> ComplaintKey | None:
    return session.scalar(
        select(ComplaintKey).where(
            ComplaintKey.complaint_id == case_id,
            ComplaintKey.purpose == purpose,
            ComplaintKey.unit_id == unit_id,
        )
    )


def _unit_keys(session: Session, case_id: str, purpose: KeyPurpose) -> dict[str, ComplaintKey]:
    rows = session.scalars(
        select(ComplaintKey).where(
            ComplaintKey.complaint_id == case_id,
            ComplaintKey.purpose == purpose,
            ComplaintKey.holder == HolderKind.UNIT,
        )
    )
    return {row.unit_id: row for row in rows if row.unit_id is not None}
