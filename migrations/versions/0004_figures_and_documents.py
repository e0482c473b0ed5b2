"""Figures and documents

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "figure_sources",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("publisher", sa.String(length=120), nullable=False),
        sa.Column("published", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_sources")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "policy",
                "guide",
                "comic",
                "film",
                "handbook",
                "measures",
                "helpers",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code"], ["regions.code"], name=op.f("fk_documents_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_kind_place", ["kind", "region_code"], unique=False)

    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "returned",
                "discarded",
                name="submissionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("elements", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("return_reason", sa.String(length=400), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_document_versions_counted_from_one")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_document_versions_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_document_versions_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_versions_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["log_index"], ["log_entries.index"], name=op.f("fk_document_versions_log_index")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_document_versions_submitted_by")
        ),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_document_versions")),
    )
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_versions_state"), ["state"], unique=False)

    op.create_table(
        "figure_sets",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "returned",
                "discarded",
                name="submissionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("gate_hits", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("return_reason", sa.String(length=400), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_figure_sets_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_figure_sets_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["log_index"], ["log_entries.index"], name=op.f("fk_figure_sets_log_index")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_figure_sets_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_sets")),
    )
    with op.batch_alter_table("figure_sets", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_figure_sets_region_code"), ["region_code"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_figure_sets_state"), ["state"], unique=False)

    op.create_table(
        "document_files",
        sa.Column("document_id", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_document_files_has_a_text")),
        sa.ForeignKeyConstraint(
            ["document_id", "version"],
            ["document_versions.document_id", "document_versions.version"],
            name=op.f("fk_document_files_document_id_version"),
        ),
        sa.PrimaryKeyConstraint("document_id", "version", "n", name=op.f("pk_document_files")),
    )
    with op.batch_alter_table("document_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_files_digest"), ["digest"], unique=False)

    op.create_table(
        "published_figures",
        sa.Column("set_id", sa.String(length=10), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=20), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.Column("replaced_by", sa.String(length=10), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_published_figures_not_below_zero")),
        sa.CheckConstraint(
            "scale >= 0 AND scale <= 4", name=op.f("ck_published_figures_scale_sane")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["figure_sets.id"], name=op.f("fk_published_figures_replaced_by")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["figure_sets.id"], name=op.f("fk_published_figures_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["figure_sources.id"], name=op.f("fk_published_figures_source_id")
        ),
        sa.PrimaryKeyConstraint("set_id", "n", name=op.f("pk_published_figures")),
    )
    with op.batch_alter_table("published_figures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_published_figures_key",
            ["source_id", "region_code", "period", "programme", "measure"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_published_figures_replaced_by"), ["replaced_by"], unique=False
        )


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("published_figures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_figures_replaced_by"))
        batch_op.drop_index("ix_published_figures_key")

    op.drop_table("published_figures")
    with op.batch_alter_table("document_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_files_digest"))

    op.drop_table("document_files")
    with op.batch_alter_table("figure_sets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_sets_state"))
        batch_op.drop_index(batch_op.f("ix_figure_sets_region_code"))

    op.drop_table("figure_sets")
    with op.batch_alter_table("document_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_versions_state"))

    op.drop_table("document_versions")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_kind_place")

    op.drop_table("documents")
    op.drop_table("figure_sources")
