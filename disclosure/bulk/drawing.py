"""Drawing by lot 抽查: which rows of many lists are looked at, drawn again from the seed alone.

Each draw is a SHA-256 of the seed and a counter, so that whoever reads the audit log can draw the
same rows with any program.
"""

import hashlib

LEAST = 5
MOST = 60
PERCENT = 5


def sample_size(rows: int) -> int:
    """Return how many of ``rows`` are looked at: five or five in a hundred, sixty at most."""
    wanted = max(LEAST, (rows * PERCENT + 99) // 100)
    return min(rows, wanted, MOST)


def draw(seed: str, rows: int, size: int) -> tuple[int, ...]:
    """Return ``size`` different places below ``rows``, in their order.

    Raises ValueError where there are not so many.
    """
    if not 0 <= size <= rows:
        raise ValueError("there are not so many rows to draw from")
    # Fisher and Yates's shuffle, of which only what was moved is kept.
    left: dict[int, int] = {}
    drawn = []
    for turn in range(size):
        at = turn + _number(seed, turn) % (rows - turn)
        drawn.append(left.get(at, at))
        left[at] = left.get(turn, turn)
    return tuple(sorted(drawn))


def _number(seed: str, turn: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{turn}".encode()).digest(), "big")
