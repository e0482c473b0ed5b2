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


def downgrade() -> None:
    """Take them back."""
    op.drop_table("choices")
