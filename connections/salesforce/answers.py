"""Writes a collection of records to Salesforce, and reads the answer element by element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connections.remote import Answer, Sending, Verb
from sync.core.errors import DuplicateFound, Fix, NeedsPerson, OutcomeUnknown, TryAgain

from .doorway import Doorway
from .duplicates import candidates
from .kinds import Kind
from .refusals import UNKNOWN_FIELD, error_of

PATH = "composite/sobjects"
DESPITE: Mapping[str, str] = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
Body = Mapping[str, Any]


def check(kind: Kind, sending: Sending) -> None:
    """Raise ValueError for a create that a repeat would not find: a lost answer could make two."""
    if sending.verb is not Verb.CREATE or kind.once:
        return
    if not kind.external_id:
        raise ValueError(f"a create of {kind.name}, which has no external id")
    if not all(body.get(kind.external_id) for body in sending.bodies):
        raise ValueError(f"a create of {kind.name} without its {kind.external_id}")


def no_external_id(kind: Kind) -> NeedsPerson:
    """Return the error for an org where what is created could not be found again."""
    return NeedsPerson(
        f"Salesforce’s {kind.name} lacks the field {kind.external_id}, or it is no external id, "
        f"or it is hidden from Counterpart’s user. Without it Counterpart makes no {kind.name}: "
        "after a lost answer it could make two.",
        cause=f"{UNKNOWN_FIELD}{kind.name}.{kind.external_id}",
        fix=Fix(
            "Add Counterpart’s fields to Salesforce and give its user the right to them.",
            "mapping",
            kind.external_id,
        ),
    )


def write(
    door: Doorway, kind: Kind, sending: Sending, correlation_id: Callable[[], str]
) -> list[Answer]:
    """Send up to 200 bodies in one call, each for itself; return an answer for each, in order.

    A create goes by the external id, so that a repeat finds what is there already. Records of one
    account stand next to each other, so that its row is locked once. Raises OutcomeUnknown when
    the answer does not fit.
    """
    bodies = sending.bodies
    places = sorted(range(len(bodies)), key=lambda place: _account(bodies[place]))
    records = [_element(kind, sending.verb, bodies[place]) for place in places]
    method, path = "PATCH", PATH
    if sending.verb is Verb.CREATE:
        method = "POST" if kind.once else method
        path = PATH if kind.once else f"{PATH}/{kind.name}/{kind.external_id}"
    body = {"allOrNone": False, "records": records}
    if sending.verb is Verb.DELETE:
        ids = ",".join(_id(body) for body in bodies)
        rows = [_removed(row) for row in door.remove(PATH, ids=ids, allOrNone="false")]
        places = list(range(len(bodies)))
    else:
        rows = door.send(method, path, body, DESPITE if sending.despite_duplicates else {})
    if not isinstance(rows, list) or len(rows) != len(bodies):
        raise OutcomeUnknown("Salesforce’s answer does not fit what was sent.")
    told = {
        place: answer_of(row, _id(bodies[place]), correlation_id())
        for place, row in zip(places, rows, strict=True)
    }
    answers = [told[place] for place in range(len(bodies))]
    return [_read_again(each) for each in answers] if kind.once else answers


def _read_again(answer: Answer) -> Answer:
    """Return the answer; that a record is there already, which can be but once, is no fault."""
    cause = getattr(answer.error, "cause", "")
    if answer.done or "DUPLICATE_VALUE" not in cause:
        return answer
    return replace(answer, error=TryAgain("It is there already and is read again."))


def is_unnamed_duplicate(answer: Answer) -> bool:
    """Whether a duplicate rule refused it without telling which records it found."""
    error = answer.error
    return (
        isinstance(error, DuplicateFound)
        and "DUPLICATES_DETECTED" in error.cause
        and not error.candidates
    )


def _removed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer to one deletion; what was gone already is done."""
    errors = row.get("errors") or [{}]
    return {"success": True} if errors[0].get("statusCode") == "ENTITY_IS_DELETED" else row


def _account(body: Body) -> str:
    """Return the record whose row a write locks: the account, or the deal of a product line."""
    return str(body.get("AccountId") or body.get("OpportunityId") or _id(body))


def _id(body: Body) -> str:
    """Return the id that a body has in an update, else nothing."""
    return str(body.get("Id") or body.get("id") or "")


def _element(kind: Kind, verb: Verb, body: Body) -> dict[str, Any]:
    fields = {name: value for name, value in body.items() if name.lower() != "id"}
    element = {"attributes": {"type": kind.name}, **fields}
    if verb is not Verb.CREATE:
        element["id"] = next(value for name, value in body.items() if name.lower() == "id")
    return element


def answer_of(row: Mapping[str, Any], sent_id: str, correlation_id: str) -> Answer:
    """Return the answer that a row means; an update's id is the one that was sent."""
    if row.get("success") is True:
        remote_id = str(row.get("id") or sent_id)
        met = row.get("created") is False
        return Answer(True, remote_id, correlation_id=correlation_id, met=met)
    errors = row.get("errors") or [{}]
    first = errors[0]
    code = str(first.get("statusCode") or first.get("errorCode") or "")
    message = " ".join(str(each.get("message") or "") for each in errors).strip()
    words, fields = message or "it gave no reason.", first.get("fields") or ()
    error = error_of(code, words, fields, candidates(first))
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
