"""The pairs of two address books that are worth scoring: those that share a selective key."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sync.core.matching import IndexKey

from .keys import ALONE, CAP, keys_of
from .parties import Party
from .usage import MANY, Usage, call_of


@dataclass(frozen=True)
class Pairs:
    """Pairs of places in the two books, sorted, each once."""

    left: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class Blocks:
    """The pairs worth scoring, and how much each key is used."""

    pairs: Pairs
    usage: Usage


class Counts(Mapping[IndexKey, int]):
    """Counts by the hash of a key: a tenth of the memory of the keys themselves.

    Two keys of one hash would be counted as one; among millions of keys that is one chance in
    millions, and it only makes a value look shared.
    """

    def __init__(self, hashes: np.ndarray, counts: np.ndarray) -> None:
        several = counts > 1
        self._counts: dict[int, int] = dict(
            zip(hashes[several].tolist(), np.minimum(counts[several], MANY).tolist(), strict=True)
        )

    def __getitem__(self, key: IndexKey) -> int:
        return self._counts[hash(key)]

    def get(self, key: IndexKey, default: int = 1) -> int:  # type: ignore[override]
        """Return the count of a key."""
        return self._counts.get(hash(key), default)

    def __iter__(self) -> Iterator[IndexKey]:
        raise TypeError("the keys themselves are not kept")

    def __len__(self) -> int:
        return len(self._counts)


def blocks_of(left: Sequence[Party], right: Sequence[Party]) -> Blocks:
    """Return the pairs of the two books that share a key of at most CAP records, and the usage."""
    keys, owners, calls, alone = _keys((*left, *right))
    order = np.argsort(keys, kind="stable")
    keys, owners, calls, alone = keys[order], owners[order], calls[order], alone[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, int)
    sizes = np.diff(np.r_[first, len(keys)])
    usage = Usage(Counts(keys[first], sizes), _names(keys[alone], calls[alone]))
    return Blocks(_pairs(first, sizes, owners, len(left), len(right)), usage)


def _keys(parties: Sequence[Party]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return hash, owner, the hash of the owner's call, and whether it is asked for, a key each."""
    hashes = array("q")
    alone = bytearray()
    counts = np.zeros(len(parties), np.int32)
    calls = np.zeros(len(parties), np.int64)
    for place, party in enumerate(parties):
        found = keys_of(party)
        hashes.extend(map(hash, found))
        alone.extend(key[0] in ALONE for key in found)
        counts[place] = len(found)
        calls[place] = hash(call_of(party))
    owners = np.repeat(np.arange(len(parties), dtype=np.int32), counts)
    return np.array(hashes), owners, calls[owners], np.frombuffer(alone, bool)


def _names(keys: np.ndarray, calls: np.ndarray) -> Counts:
    """Return how many different calls use each key."""
    if not len(keys):
        return Counts(keys, keys)
    order = np.lexsort((calls, keys))
    keys, calls = keys[order], calls[order]
    fresh = np.r_[True, (keys[1:] != keys[:-1]) | (calls[1:] != calls[:-1])]
    names, counts = np.unique(keys[fresh], return_counts=True)
    return Counts(names, counts)


def _pairs(
    first: np.ndarray, sizes: np.ndarray, owners: np.ndarray, lefts: int, rights: int
) -> Pairs:
    """Return the pairs of every group that is neither one-sided nor above the cap."""
    codes: list[np.ndarray] = []
    usable = (sizes > 1) & (sizes <= CAP)
    for size in np.unique(sizes[usable]).tolist():
        rows = owners[first[sizes == size][:, None] + np.arange(size)]
        rows.sort(axis=1)
        split = (rows < lefts).sum(axis=1)
        for ours in np.unique(split).tolist():
            if 0 < ours < size:
                block = rows[split == ours].astype(np.int64)
                pairs = block[:, :ours, None] * rights + (block[:, None, ours:] - lefts)
                codes.append(pairs.reshape(-1))
    joined = np.concatenate(codes) if codes else np.empty(0, np.int64)
    codes.clear()
    joined.sort()
    joined = joined[np.r_[True, joined[1:] != joined[:-1]]] if len(joined) else joined
    left = (joined // max(rights, 1)).astype(np.int32)
    joined %= max(rights, 1)
    return Pairs(left, joined.astype(np.int32))
