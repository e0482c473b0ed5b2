"""More figures

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SAME_FILE = "file_digest != '' AND state NOT IN ('returned', 'discarded')"


def upgrade() -> None:
    """Bring the tables forward."""
    _add_funds()
    _withhold_small_figures()
    _take_reports()


def downgrade() -> None:
    """Take them back."""
    _drop_funds()
    _take_no_reports()
    _show_small_figures()


def _withhold_small_figures() -> None:
    """Figures of kinds: what is too small is withheld, and pages ask for those of one place."""
    with op.batch_alter_table("published_figures", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index("ix_published_figures_place", ["region_code"], unique=False)


def _show_small_figures() -> None:
    with op.batch_alter_table("published_figures", schema=None) as batch_op:
        batch_op.drop_index("ix_published_figures_place")
        batch_op.drop_column("withheld")


_KINDS = ("policy", "guide", "comic", "film", "handbook", "measures", "helpers")


def _take_reports() -> None:
    """Documents have a further kind, 督查通报."""
    _let_kinds_be((*_KINDS, "report"))


def _take_no_reports() -> None:
    op.execute(sa.text("DELETE FROM documents WHERE kind = 'report'"))
    _let_kinds_be(_KINDS)


def _let_kinds_be(kinds: tuple[str, ...]) -> None:
    written = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_documents_documentkind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_documents_documentkind"), f"kind IN ({written})")


def _add_funds() -> None:
    with op.batch_alter_table("figure_sets", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    *("published", "funds"),
                    name="setkind",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                server_default="published",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        for name, length in (("period", 40), ("file_digest", 64)):
            column = sa.Column(name, sa.String(length=length), server_default="", nullable=False)
            batch_op.add_column(column)
        batch_op.create_index(
            "uq_figure_sets_same_file",
            ["region_code", "period", "file_digest"],
            unique=True,
            sqlite_where=sa.text(_SAME_FILE),
            postgresql_where=sa.text(_SAME_FILE),
        )
    op.create_table(
        "fund_payments",
        sa.Column("set_id", sa.String(length=10), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                *("back-pay", "stopped", "other-month", "recovered"),
                *("addition", "returned", "list-later", "other"),
                name="differencereason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("explanation", sa.String(length=200), nullable=False),
        sa.Column("listed_period", sa.String(length=40), nullable=True),
        sa.Column("listed_households", sa.Integer(), nullable=True),
        sa.Column("listed_persons", sa.Integer(), nullable=True),
        sa.Column("listed_amount_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["figure_sets.id"], name=op.f("fk_fund_payments_set_id")
        ),
        sa.PrimaryKeyConstraint("set_id", "n", name=op.f("pk_fund_payments")),
    )
    with op.batch_alter_table("fund_payments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fund_payments_region_code"), ["region_code"], unique=False
        )


def _drop_funds() -> None:
    op.drop_table("fund_payments")
    with op.batch_alter_table("figure_sets", schema=None) as batch_op:
        batch_op.drop_index("uq_figure_sets_same_file")
        for name in ("file_digest", "period", "version", "kind"):
            batch_op.drop_column(name)
