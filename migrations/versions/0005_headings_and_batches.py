"""Headings and batches

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_batches_created_by")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_batches_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batches_created_by"), ["created_by"], unique=False)

    op.create_table(
        "learned_headings",
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("heading", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("learned_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["learned_by"], ["users.id"], name=op.f("fk_learned_headings_learned_by")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_learned_headings_region_code")
        ),
        sa.PrimaryKeyConstraint(
            *("region_code", "kind", "form", "heading", "position"),
            name=op.f("pk_learned_headings"),
        ),
    )
    _create_waiting_files()


def _create_waiting_files() -> None:
    op.create_table(
        "waiting_files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.String(length=32), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("upload", sa.LargeBinary(), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("period", sa.String(length=40), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                *("queued", "asking", "unclear", "unusable", "stored", "failed"),
                name="waitingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_waiting_files_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_waiting_files_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_waiting_files_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_waiting_files_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_files")),
    )
    with op.batch_alter_table("waiting_files", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_files_batch", ["batch_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_files_created_at"), ["created_at"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("waiting_files")
    op.drop_table("learned_headings")
    op.drop_table("batches")
