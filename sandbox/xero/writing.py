"""Carries out a batch of writes: each element by itself, its faults told in either of two ways."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.echoes import echo
from sandbox.xero.errors import RefusedError, invalid, messages

# Writes one element; answers it as it is to be shown, and what Xero warns of.
Write = Callable[[Mapping[str, Any]], tuple[Record, list[str]]]


def write_all(call: Call, kind: str, collection: str, write: Write) -> Reply:
    """Write the call's elements in their order. A single path id belongs into `write`.

    With summarizeErrors=false each element tells its own fate. Without it, one bad element makes
    the call a 400 that lists the bad ones only, and the good ones are kept all the same (Xero
    does not say what it does; this is the worse of the two for a client).
    """
    elements = call.elements(collection)
    each = not call.flag("summarizeErrors", usual=True)
    shown: list[Record] = []
    refused: list[Record] = []
    for given in elements:
        try:
            record, warnings = write(given)
        except RefusedError as error:
            refused.append(echo(kind, given, error))
            shown.append(refused[-1])
        else:
            shown.append(_fate(record, warnings, each=each))
    if refused and not each:
        raise invalid(refused)
    return Reply(collection, shown)


def _fate(record: Record, warnings: list[str], *, each: bool) -> Record:
    shown = dict(record)
    if warnings:
        shown["Warnings"] = messages(warnings)
    if each:
        shown["StatusAttributeString"] = "WARNING" if warnings else "OK"
    return shown
