"""Reads Xero's answer to a write, element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connections.remote import Answer
from sync.core.errors import NeedsPerson, OutcomeUnknown

from .kinds import Kind
from .refusals import refusal

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NO_ID = "00000000-0000-0000-0000-000000000000"  # of what was never made


def read(kind: Kind, sent: int, elements: Any, correlation_id: str) -> list[Answer]:
    """Return one answer for each body sent, in order.

    Xero answers in the order of the request. Raises OutcomeUnknown when the answer does not fit.
    """
    if not isinstance(elements, Sequence) or len(elements) != sent:
        raise OutcomeUnknown("Xero’s answer does not fit what was sent.")
    return [_answer(kind, element, correlation_id) for element in elements]


def refused(elements: Any, sent: int, correlation_id: str) -> list[Answer]:
    """Return the answers of a call that Xero refused whole, naming what is wrong with each.

    Raises OutcomeUnknown when an element of several has no fault of its own: whether it was
    written is not told.
    """
    if not isinstance(elements, Sequence) or len(elements) != sent:
        raise OutcomeUnknown("Xero refused a batch without telling what it did of it.")
    faults = [_messages(element, "ValidationErrors") for element in elements]
    if not all(faults):
        raise OutcomeUnknown("Xero refused a part of a batch and does not tell of the rest.")
    return [_refusal(messages, element, correlation_id, 400)
            for messages, element in zip(faults, elements, strict=True)]  # fmt: skip


def _answer(kind: Kind, element: Mapping[str, Any], correlation_id: str) -> Answer:
    faults = _messages(element, "ValidationErrors")
    remote_id = str(element.get(kind.id_field) or "").lower()
    failed = element.get("StatusAttributeString") == "ERROR" or element.get("HasErrors") is True
    if faults or failed or element.get("HasValidationErrors") is True:
        return _refusal(faults, element, correlation_id, 200)
    if remote_id in ("", NO_ID):
        raise OutcomeUnknown("Xero’s answer has no id.")
    return Answer(
        True,
        remote_id,
        kind.record(element),
        warnings=_messages(element, "Warnings"),
        correlation_id=correlation_id,
    )


def _refusal(
    messages: tuple[str, ...], element: Mapping[str, Any], correlation_id: str, status: int
) -> Answer:
    error: NeedsPerson = refusal(messages, element)
    return Answer(
        False,
        message=" ".join(messages) or "Xero gave no reason.",
        error=error,
        warnings=_messages(element, "Warnings"),
        correlation_id=correlation_id,
        status=status,
    )


def _messages(element: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the messages of an element and of what is in it, each once."""
    found = [str(each.get("Message") or "") for each in element.get(name) or []]
    for inner in element.get("LineItems") or []:
        found += [str(each.get("Message") or "") for each in inner.get(name) or []]
    return tuple(dict.fromkeys(message for message in found if message))


def is_id(text: str) -> bool:
    """Whether the text has the form of Xero's ids."""
    return bool(_UUID.fullmatch(text))


def unreadable(body: Mapping[str, Any]) -> Answer | None:
    """Return the refusal of a body with an id that is none, or None for a good body.

    Xero refuses the whole call for one such id, without telling which body had it.
    """
    for name, value in _named(body):
        if name.endswith("ID") and value and not is_id(str(value)):
            words = f"“{value}” is no id of Xero’s ({name})."
            return Answer(False, message=words, error=NeedsPerson(words, cause=f"xero:bad_{name}"))
    return None


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every name and value of a body, at every depth."""
    if isinstance(value, Mapping):
        yield from ((name, each) for name, each in value.items() if isinstance(each, str))
        for each in value.values():
            yield from _named(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _named(each)
