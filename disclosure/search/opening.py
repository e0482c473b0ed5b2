"""Which index an installation has 选择索引: files, or a table where the database is PostgreSQL."""

from pathlib import Path

from disclosure.search.file_index import FileIndex
from disclosure.search.index import Index
from disclosure.search.table_index import TableIndex
from portal.data.session import Sessions

FOLDER = "search"


def open_index(sessions: Sessions, data_folder: Path) -> Index:
    """Return the installation's index; that there is one yet is not said by this."""
    if sessions.engine.dialect.name == "sqlite":
        return FileIndex(data_folder / FOLDER)
    return TableIndex(sessions)
