"""Writes a collection of records to Salesforce, and reads the answer element by element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connections.remote import Answer, Verb
from sync.core.errors import NeedsPerson, OutcomeUnknown

from .doorway import Doorway
from .kinds import Kind
from .refusals import error_of

PATH = "composite/sobjects"


def write(
    door: Doorway, kind: Kind, verb: Verb, bodies: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Send up to 200 bodies in one call, each for itself; return Salesforce's rows.

    A kind with an external id is created by it, so that a repeat finds what is there already.
    Raises OutcomeUnknown when the answer does not fit.
    """
    records = [_element(kind, verb, body) for body in bodies]
    method, path = "PATCH" if verb is Verb.UPDATE else "POST", PATH
    if verb is Verb.CREATE and kind.external_id:
        method, path = "PATCH", f"{PATH}/{kind.name}/{kind.external_id}"
    rows = door.send(method, path, {"allOrNone": False, "records": records})
    if not isinstance(rows, list) or len(rows) != len(bodies):
        raise OutcomeUnknown("Salesforce’s answer does not fit what was sent.")
    return rows


def _element(kind: Kind, verb: Verb, body: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in body.items() if name.lower() != "id"}
    element = {"attributes": {"type": kind.name}, **fields}
    if verb is Verb.UPDATE:
        element["id"] = next(value for name, value in body.items() if name.lower() == "id")
    return element


def read(
    rows: Sequence[Mapping[str, Any]], bodies: Sequence[Mapping[str, Any]], correlation_id: str
) -> list[Answer]:
    """Return one answer for each row; an update's id is the one that was sent."""
    return [
        _answer(row, str(body.get("Id") or body.get("id") or ""), correlation_id)
        for row, body in zip(rows, bodies, strict=True)
    ]


def _answer(row: Mapping[str, Any], sent_id: str, correlation_id: str) -> Answer:
    if row.get("success") is True:
        remote_id = str(row.get("id") or sent_id)
        return Answer(True, remote_id, correlation_id=correlation_id)
    errors = row.get("errors") or [{}]
    first = errors[0]
    code = str(first.get("statusCode") or first.get("errorCode") or "")
    message = " ".join(str(each.get("message") or "") for each in errors).strip()
    error = error_of(code, message or "it gave no reason.", first.get("fields") or ())
    return Answer(
        False,
        sent_id,
        message=message or code,
        error=error
        if code
        else NeedsPerson("Salesforce gave no reason.", cause="salesforce:silent"),
        correlation_id=correlation_id,
        status=400,
    )
