"""The migrations make exactly the tables that the models describe, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect

from portal.data.base import Base
from portal.data.migrate import alembic_config, upgrade


@pytest.fixture(autouse=True)
def _every_model_is_known(request: pytest.FixtureRequest) -> None:
    """Migrate again, which imports the models of every part and changes nothing else."""
    if "engine" in request.fixturenames:
        upgrade(request.getfixturevalue("engine"))


def test_migrations_and_models_describe_the_same_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_of_the_models_is_in_the_database(engine: Engine) -> None:
    found = inspect(engine)
    wanted = {
        (table.name, str(constraint.name))
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    there = {
        (table, check["name"])
        for table in found.get_table_names()
        for check in found.get_check_constraints(table)
    }
    assert wanted - there == set()


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    before = sorted(inspect(engine).get_table_names())
    upgrade(engine)
    assert sorted(inspect(engine).get_table_names()) == before
    assert set(Base.metadata.tables) <= set(before)


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
