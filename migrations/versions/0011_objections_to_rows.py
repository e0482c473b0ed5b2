"""Objections to rows

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "row_matters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=10), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("open", "found", "decided", "lapsed"),
                name="matterstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("row_copy", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("whole_name", sa.LargeBinary(), nullable=True),
        sa.Column(
            "finding",
            sa.Enum(
                *("confirmed", "struck", "post-again"),
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.String(length=32), nullable=True),
        sa.Column("return_reason", sa.String(length=400), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("posted_again_as", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'found') OR (row_copy IS NULL AND whole_name IS NULL)",
            name=op.f("ck_row_matters_copy_dropped"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('found', 'decided') OR (finding IS NOT NULL AND reason IS NOT NULL)",
            name=op.f("ck_row_matters_finding_named"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_row_matters_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["users.id"], name=op.f("fk_row_matters_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_row_matters_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["posted_again_as"], ["submissions.id"], name=op.f("fk_row_matters_posted_again_as")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_matters")),
    )
    with op.batch_alter_table("row_matters", schema=None) as batch_op:
        batch_op.create_index("ix_row_matters_row", ["notice_id", "n"], unique=False)
        batch_op.create_index(batch_op.f("ix_row_matters_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_row_matters_holding",
            ["notice_id", "n"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'found')"),
            postgresql_where=sa.text("state IN ('open', 'found')"),
        )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("row_matters")
