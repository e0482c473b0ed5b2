"""The signed log

Revision ID: 0007
Revises: 0006
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from portal.data.append_only import allow_changes, forbid_changes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("log_nodes", "log_checkpoints")


def _position(level: int, index: int) -> int:
    for _ in range(level):
        index = 2 * index + 1
    position = level
    while index:
        position += index
        index >>= 1
    return position


def _store_nodes() -> None:
    """Store the nodes of the entries that are there already, from their leaves up."""
    entries = sa.table("log_entries", sa.column("index"), sa.column("leaf"))
    found = op.get_bind().execute(sa.select(entries.c.leaf).order_by(entries.c.index))
    nodes, level = [bytes(leaf) for (leaf,) in found], 0
    target = sa.table("log_nodes", sa.column("position"), sa.column("hash"))
    while nodes:
        values = [{"position": _position(level, at), "hash": node} for at, node in enumerate(nodes)]
        op.get_bind().execute(sa.insert(target), values)
        nodes = [
            hashlib.sha256(b"\x01" + nodes[at] + nodes[at + 1]).digest()
            for at in range(0, len(nodes) - 1, 2)
        ]
        level += 1


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "log_nodes",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_nodes")),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
    )
    _store_nodes()
    op.drop_column("log_entries", "leaf")
    for table in APPEND_ONLY:
        forbid_changes(op.get_bind(), table)


def downgrade() -> None:
    """Take the tables back; leaves are hashed anew from their entries."""
    allow_changes(op.get_bind(), "log_entries")
    op.add_column("log_entries", sa.Column("leaf", sa.LargeBinary(length=32), nullable=True))
    entries = sa.table("log_entries", sa.column("index"), sa.column("entry"), sa.column("leaf"))
    for index, entry in op.get_bind().execute(sa.select(entries.c.index, entries.c.entry)).all():
        leaf = hashlib.sha256(b"\x00" + bytes(entry)).digest()
        op.execute(sa.update(entries).where(entries.c.index == index).values(leaf=leaf))
    forbid_changes(op.get_bind(), "log_entries")
    for table in APPEND_ONLY:
        allow_changes(op.get_bind(), table)
        op.drop_table(table)
