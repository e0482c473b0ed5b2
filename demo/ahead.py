"""Preparing ahead 提前处理: the next lists are read and masked while this one is being stored.

A city's lists keep one processor busy for minutes; a second one halves that.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

_AHEAD = 3


class Ahead(Generic[T]):
    """Does calls in other processes, a few before they are asked for, and gives them in order.

    Args:
        calls: functions without arguments, which can be pickled as what they return can; each is
            taken when its turn to be begun has come.
    """

    def __init__(self, calls: Iterable[Callable[[], T]]) -> None:
        self._calls = iter(calls)
        self._begun: deque[Future[T]] = deque()
        self._pool = ProcessPoolExecutor(
            max_workers=max(1, (os.cpu_count() or 2) - 1),
            mp_context=multiprocessing.get_context("spawn"),
            # A terminal's Ctrl-C is for the process that gives the orders.
            initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN),
        )

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        """Return what the next call returned; raises what it raised."""
        while len(self._begun) <= _AHEAD and (call := next(self._calls, None)) is not None:
            self._begun.append(self._pool.submit(call))
        if not self._begun:
            raise StopIteration
        return self._begun.popleft().result()

    def __enter__(self) -> "Ahead[T]":
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes; what was begun is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
