"""Rows of changes

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SET_MONTHS = """
UPDATE notice_rows SET exit_month = (
    SELECT month FROM gradual_exits AS exits
    WHERE exits.notice_id = notice_rows.notice_id
      AND exits.version = notice_rows.version AND exits.n = notice_rows.n
)
WHERE EXISTS (
    SELECT 1 FROM gradual_exits AS exits
    WHERE exits.notice_id = notice_rows.notice_id
      AND exits.version = notice_rows.version AND exits.n = notice_rows.n
)
"""
_KEEP_MONTHS = """
INSERT INTO gradual_exits (notice_id, version, n, month)
SELECT notice_id, version, n, exit_month FROM notice_rows WHERE exit_month IS NOT NULL
"""


def upgrade() -> None:
    """Bring the tables forward."""
    # One by one, because a batch would copy the table of all rows.
    op.add_column("notice_rows", sa.Column("exit_month", sa.String(length=7), nullable=True))
    op.add_column("notice_rows", sa.Column("change", sa.String(length=10), nullable=True))
    op.execute(_SET_MONTHS)
    op.drop_table("gradual_exits")
    op.add_column("change_sets", sa.Column("drafted_id", sa.String(length=32), nullable=True))
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_sets_drafted_id"), ["drafted_id"], unique=False)


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("change_sets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_sets_drafted_id"))
    op.drop_column("change_sets", "drafted_id")
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
    op.execute(_KEEP_MONTHS)
    op.drop_column("notice_rows", "change")
    op.drop_column("notice_rows", "exit_month")
