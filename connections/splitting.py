"""Sends a batch that is too large for one call in parts, and puts their answers together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connections.remote import Answer
from sync.core.errors import NeedsPerson, OutcomeUnknown, SyncError, TryAgain

Body = Mapping[str, Any]
Send = Callable[[Sequence[Body], str], list[Answer]]


def send_parts(parts: Sequence[Sequence[Body]], key: str, send: Send) -> list[Answer]:
    """Return an answer for each body of the parts, in order; a part is one call.

    Each part has a key of its own, the same when the batch is sent again. Raises OutcomeUnknown
    when the answer to any part is lost; the design's other errors only from the first part: later
    they are the answers of what was not sent any more.
    """
    found: list[Answer] = []
    left = sum(len(part) for part in parts)
    for number, part in enumerate(parts):
        try:
            found += send(part, f"{key}:{number}" if number else key)
        except OutcomeUnknown:
            raise
        except SyncError as error:
            if not found:
                raise
            return found + [_waiting(error)] * (left - len(found))
    return found


def _waiting(error: SyncError) -> Answer:
    again = error if isinstance(error, TryAgain | NeedsPerson) else TryAgain(str(error))
    return Answer(False, message=str(error), error=again)
