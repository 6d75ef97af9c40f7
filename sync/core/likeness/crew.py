"""The scoring of very many pairs by several processes that share their memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkContext
from typing import Any

import numpy as np

from .blocks import Pairs
from .parties import Party
from .rules import MatchRules
from .scoring import score
from .usage import Usage

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Work:
    """Two books, the pairs of them to score, and by what."""

    left: Sequence[Party]
    right: Sequence[Party]
    rules: MatchRules
    usage: Usage
    pairs: Pairs
    chunk: int = 10_000


@dataclass(frozen=True)
class Scored:
    """Pairs with enough points to matter: places in both books, points, whether vetoed."""

    left: np.ndarray
    right: np.ndarray
    points: np.ndarray
    vetoed: np.ndarray


@dataclass
class _Shift:
    """What the processes share: the work, and the number of the next chunk that nobody took."""

    work: Work
    following: Any = field(default_factory=lambda: multiprocessing.Value("q", 0))

    def chunks(self) -> Iterator[int]:
        """Yield the places where the chunks begin that fall to this process."""
        while True:
            with self.following.get_lock():
                start = self.following.value
                self.following.value = start + self.work.chunk
            if start >= len(self.work.pairs.left):
                return
            yield start


_shift: list[_Shift] = []
"""Set before the processes fork, so that they have it without a copy."""


def score_all(work: Work, progress: Progress, processes: int | None = None) -> Scored:
    """Return the pairs that matter, in their order; this process works along with the others.

    `progress` hears how many of how many pairs are taken. Without `processes` there is one a
    processor; raises BrokenProcessPool when one of them is killed.
    """
    _shift[:] = [_Shift(work)]
    others = (processes or _processors()) - 1
    total = len(work.pairs.left)
    try:
        if others < 1 or total <= work.chunk or not _may_fork():
            found = _score_some(progress)
        else:
            found = _score_together(others, progress)
    finally:
        _shift.clear()
    progress(total, total)
    tables = [found[start] for start in sorted(found)] or [np.empty((0, 4), np.int32)]
    return Scored(*np.concatenate(tables).T.copy())


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _may_fork() -> bool:
    """Return whether processes that share memory are to be had: not on Windows, not in a daemon."""
    daemon = multiprocessing.current_process().daemon
    return "fork" in multiprocessing.get_all_start_methods() and not daemon


def _score_together(others: int, progress: Progress) -> dict[int, np.ndarray]:
    with _frozen(), ProcessPoolExecutor(others, ForkContext()) as pool:
        shares = [pool.submit(_score_some, _unheard) for _ in range(others)]
        found = _score_some(progress)
        for share in shares:
            found |= share.result()
    return found


@contextmanager
def _frozen() -> Iterator[None]:
    """Keep the collector off what is there: its marks would copy the shared pages."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _unheard(done: int, total: int) -> None:
    """Hear of progress and say nothing."""


def _score_some(progress: Progress) -> dict[int, np.ndarray]:
    """Score chunks until none is left; return their rows of left, right, points and veto."""
    shift, found = _shift[0], {}
    total = len(shift.work.pairs.left)
    for start in shift.chunks():
        found[start] = _score_chunk(shift.work, start)
        progress(min(start + shift.work.chunk, total), total)
    return found


def _score_chunk(work: Work, start: int) -> np.ndarray:
    lowest = work.rules.ask - work.rules.margin
    chunk = slice(start, start + work.chunk)
    ours, theirs = work.pairs.left[chunk].tolist(), work.pairs.right[chunk].tolist()
    kept: list[tuple[int, int, int, bool]] = []
    for one, other in zip(ours, theirs, strict=True):
        evidence = score(work.left[one], work.right[other], work.rules, work.usage)
        if evidence.points > lowest:
            kept.append((one, other, evidence.points, bool(evidence.veto)))
    return np.array(kept, np.int32).reshape(-1, 4)
