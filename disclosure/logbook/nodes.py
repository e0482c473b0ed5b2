"""The log's stored tree 日志树: nodes by level and index, read many at once."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from disclosure.log.errors import LogError
from disclosure.log.tree import HashReader, Node, nodes_to_store
from disclosure.logbook.models import LogNode

# A statement takes so many values on every database.
AT_ONCE = 10_000


def node_position(level: int, index: int) -> int:
    """Return the place of a node in the order in which the tree's nodes are completed.

    A node is written right after the second of the two below it, so down at the leaves it stands
    ``level`` places behind the last leaf that it covers; the n-th leaf itself stands behind the
    ``n + n/2 + n/4 + …`` nodes that were completed before it.
    """
    last_leaf = ((index + 1) << level) - 1
    position = level
    while last_leaf:
        position += last_leaf
        last_leaf >>= 1
    return position


def node_reader(session: Session) -> HashReader:
    """Return what reads stored nodes in one statement; it raises LogError where one is missing."""

    def read(nodes: Sequence[Node]) -> list[bytes]:
        positions = [node_position(level, index) for level, index in nodes]
        query = select(LogNode.position, LogNode.hash).where(LogNode.position.in_(positions))
        found = {row.position: row.hash for row in session.execute(query)}
        try:
            return [found[position] for position in positions]
        except KeyError:
            raise LogError("the log's stored nodes are incomplete") from None

    return read


def store_leaves(session: Session, size: int, leaves: Sequence[bytes]) -> None:
    """Store the nodes that ``leaves`` add to the tree of ``size``; the caller holds the lock."""
    values = [
        {"position": node_position(level, index), "hash": node}
        for level, index, node in nodes_to_store(size, leaves, node_reader(session))
    ]
    for at in range(0, len(values), AT_ONCE):
        session.execute(insert(LogNode), values[at : at + AT_ONCE])
