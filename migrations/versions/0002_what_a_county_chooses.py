"""What a county chooses

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "choices",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=12), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["chosen_by"], ["users.id"], name=op.f("fk_choices_chosen_by")),
        sa.PrimaryKeyConstraint("name", "area", name=op.f("pk_choices")),
    )
    with op.batch_alter_table("notice_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("board_names", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("notice_rows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel_salt", sa.LargeBinary(length=16), nullable=True))
    # What was drafted before is committed to with the salt that it had.
    op.execute("UPDATE notice_rows SET channel_salt = salt")
    with op.batch_alter_table("notice_rows", schema=None) as batch_op:
        batch_op.alter_column(
            "channel_salt", existing_type=sa.LargeBinary(length=16), nullable=False
        )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("notice_rows", schema=None) as batch_op:
        batch_op.drop_column("channel_salt")
    with op.batch_alter_table("notice_versions", schema=None) as batch_op:
        batch_op.drop_column("board_names")
    op.drop_table("choices")
