"""One salt a notice for what other channels show

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward; drafts of before must be uploaded again to be approved."""
    with op.batch_alter_table("notice_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel_salt", sa.LargeBinary(length=16), nullable=True))
    with op.batch_alter_table("notice_rows", schema=None) as batch_op:
        batch_op.drop_column("channel_salt")


def downgrade() -> None:
    """Take the tables back."""
    with op.batch_alter_table("notice_rows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel_salt", sa.LargeBinary(length=16), nullable=True))
    op.execute("UPDATE notice_rows SET channel_salt = salt")
    with op.batch_alter_table("notice_rows", schema=None) as batch_op:
        batch_op.alter_column(
            "channel_salt", existing_type=sa.LargeBinary(length=16), nullable=False
        )
    with op.batch_alter_table("notice_versions", schema=None) as batch_op:
        batch_op.drop_column("channel_salt")
