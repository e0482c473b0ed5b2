"""Additions and removals

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "change_sets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("earlier_period", sa.String(length=40), nullable=True),
        sa.Column("later_period", sa.String(length=40), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                *("compared", "nothing-before", "different-keys"),
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key_id", sa.String(length=8), nullable=True),
        sa.Column("not_compared", sa.JSON(), nullable=False),
        sa.Column("doubled", sa.JSON(), nullable=False),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_change_sets_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_change_sets_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_sets")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_change_sets_submission_id")),
    )
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_change_sets_place_period",
            ["region_code", "programme", "later_period"],
            unique=False,
        )
    _create_list_changes()
    op.create_table(
        "gradual_exits",
        sa.Column("notice_id", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id", "version", "n"],
            ["notice_rows.notice_id", "notice_rows.version", "notice_rows.n"],
            name=op.f("fk_gradual_exits_row"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", "version", "n", name=op.f("pk_gradual_exits")),
    )


def _create_list_changes() -> None:
    op.create_table(
        "list_changes",
        sa.Column("set_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                *("added", "removed", "moved", "kept"),
                name="change",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("household_digest", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("other_set_id", sa.String(length=32), nullable=True),
        sa.Column("other_village", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "before IS NOT NULL OR after IS NOT NULL", name=op.f("ck_list_changes_about_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["other_set_id"],
            ["change_sets.id"],
            name=op.f("fk_list_changes_other_set_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["change_sets.id"],
            name=op.f("fk_list_changes_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_id", "n", name=op.f("pk_list_changes")),
    )
    with op.batch_alter_table("list_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_list_changes_household_digest"), ["household_digest"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_list_changes_other_set_id"), ["other_set_id"], unique=False
        )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("gradual_exits")
    op.drop_table("list_changes")
    op.drop_table("change_sets")
