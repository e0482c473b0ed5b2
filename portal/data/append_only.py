"""Append-only tables 只增不改的表: triggers that refuse every change of what was written.

The audit log and the public log are such tables; their migrations call this.
"""

from sqlalchemy import Connection, text


def forbid_changes(connection: Connection, table: str) -> None:
    """Let rows be appended to ``table`` and nothing else."""
    if connection.dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            connection.execute(
                text(
                    f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            )
        return
    connection.execute(
        text(
            f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
    )
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
        )
    )


def allow_changes(connection: Connection, table: str) -> None:
    """Take ``forbid_changes`` back: for a migration that takes its tables back."""
    if connection.dialect.name == "sqlite":
        for event in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER {table}_no_{event}"))
        return
    connection.execute(text(f"DROP FUNCTION {table}_is_append_only() CASCADE"))
