"""Sends again, each by itself, what a duplicate rule refused without naming the records it found.

Salesforce names them for a single record only, not for one of a collection. Repeating is safe: a
create goes by its external id, an update sets the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connections.remote import Answer, Sending, Verb
from sync.core.errors import OutcomeUnknown, SyncError, TryAgain

from .answers import DESPITE, answer_of, is_unnamed_duplicate
from .doorway import ROOT, Doorway
from .kinds import Kind

MOST_IN_A_CALL = 25  # Salesforce, composite resources


def name_duplicates(
    door: Doorway,
    kind: Kind,
    sending: Sending,
    answers: Sequence[Answer],
    correlation_id: Callable[[], str],
) -> list[Answer]:
    """Return the answers, those of unnamed duplicates with the records that Salesforce found.

    One call for 25 of them. What cannot be told now is to be tried again.
    """
    told = list(answers)
    unnamed = [place for place, answer in enumerate(answers) if is_unnamed_duplicate(answer)]
    for start in range(0, len(unnamed), MOST_IN_A_CALL):
        places = unnamed[start : start + MOST_IN_A_CALL]
        try:
            rows = _send(door, kind, sending, places)
        except SyncError as error:
            again = Answer(False, message=str(error), error=TryAgain(str(error)))
            return [
                again if place in unnamed[start:] else told[place] for place in range(len(told))
            ]
        for place in places:
            remote_id = str(sending.bodies[place].get("Id") or "")
            told[place] = answer_of(rows[place], remote_id, correlation_id())
    return told


def _send(
    door: Doorway, kind: Kind, sending: Sending, places: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    parts = [_part(kind, sending.verb, place, sending.bodies[place]) for place in places]
    body = {"allOrNone": False, "compositeRequest": parts}
    answer = door.send("POST", "composite", body, DESPITE if sending.despite_duplicates else {})
    rows = {int(each["referenceId"][1:]): _row(each) for each in answer["compositeResponse"]}
    if set(rows) != set(places):
        raise OutcomeUnknown("Salesforce’s answer does not fit what was sent.")
    return rows


def _part(kind: Kind, verb: Verb, place: int, body: Mapping[str, Any]) -> dict[str, Any]:
    named = "Id" if verb is Verb.UPDATE else kind.external_id
    field = "" if verb is Verb.UPDATE else f"{named}/"
    url = f"{ROOT}sobjects/{kind.name}/{field}{quote(str(body[named]), safe='')}"
    values = {name: value for name, value in body.items() if name not in ("Id", named)}
    return {"method": "PATCH", "url": url, "referenceId": f"r{place}", "body": values}


def _row(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part's answer as a collection would tell it."""
    if int(part["httpStatusCode"]) < 300:
        return {**(part["body"] or {}), "success": True}
    if int(part["httpStatusCode"]) == 300:  # the addresses of those with this external id
        ids = ", ".join(str(address).rpartition("/")[2] for address in part["body"])
        words = f"More than one record found for external id field: [{ids}]"
        return {"errors": [{"statusCode": "DUPLICATE_EXTERNAL_ID", "message": words}]}
    return {"success": False, "errors": part["body"]}
