"""Programmes of a county

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "county_programmes",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("name_zh", sa.String(length=30), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                *("standing", "one-off"),
                name="programmeform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "approved_by",
            sa.Enum(
                *("clerk", "reviewer", "helper", "handler", "head", "discipline", "auditor"),
                *("security-auditor", "admin"),
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("window_days", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(form = 'one-off') = (window_days IS NOT NULL)",
            name=op.f("ck_county_programmes_window_of_form"),
        ),
        sa.CheckConstraint(
            "window_days BETWEEN 1 AND 3660",
            name=op.f("ck_county_programmes_window_in_bounds"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_county_programmes_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_county_programmes_region_code")
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_county_programmes")),
    )
    with op.batch_alter_table("county_programmes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_county_programmes_region_code"), ["region_code"], unique=False
        )


def downgrade() -> None:
    """Take them back."""
    op.drop_table("county_programmes")
