"""Xero's envelope around what it answers, as JSON or, where nobody asks for JSON, as XML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

import simplejson
from werkzeug.wrappers import Request, Response

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.errors import HttpError
from sandbox.xero.stamps import short_ms_date

PROVIDER = "Sandbox"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML can hold these
_SINGULAR = {"Addresses": "Address", "TrackingCategories": "TrackingCategory",
             "Currencies": "Currency", "Tracking": "TrackingCategory"}  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """What a view answers: a collection's name and records, or nothing at all.

    `alone` is a single record that stands in the envelope itself, in no collection.
    """

    collection: str | None
    records: list[Record] = field(default_factory=list)
    pagination: dict[str, int] | None = None
    alone: Record | None = None


def answer(world: World, request: Request, reply: Reply) -> Response:
    """The reply in its envelope; 204 for a reply of nothing."""
    if reply.collection is None:
        return Response(status=204)
    body: Record = {
        "Id": str(uuid4()),
        "Status": "OK",
        "ProviderName": PROVIDER,
        "DateTimeUTC": short_ms_date(world.clock.now()),
    }
    if reply.pagination:
        body["pagination"] = reply.pagination
    body |= reply.alone if reply.alone is not None else {reply.collection: reply.records}
    return _written(request, body, 200, "Response")


def refusal(request: Request, error: HttpError) -> Response:
    """The answer to a call that is refused."""
    if error.body is None or isinstance(error.body, str):
        response = Response(error.body or "", error.status, content_type="text/html")
    elif error.status in (401, 403):
        response = _json(error.body, error.status)
    else:
        response = _written(request, error.body, error.status, "ApiException")
    response.headers.update(error.headers)
    return response


def _json(body: Record, status: int) -> Response:
    text = simplejson.dumps(body, use_decimal=True, separators=(",", ":"))
    return Response(text, status, content_type="application/json; charset=utf-8")


def _written(request: Request, body: Record, status: int, root: str) -> Response:
    if "json" in request.headers.get("Accept", ""):
        return _json(body, status)
    return Response(_xml(root, body), status, content_type="text/xml; charset=utf-8")


def _xml(name: str, value: Any) -> str:
    """The value as an element: fields as elements, a list's entries by its name's singular."""
    if isinstance(value, Mapping):
        inner = "".join(_xml(key, one) for key, one in value.items())
    elif isinstance(value, list):
        single = _SINGULAR.get(name, name.removesuffix("s"))
        inner = "".join(_xml(single, one) for one in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = "" if value is None else escape(_NOT_XML.sub("", str(value)))
    return f"<{name}>{inner}</{name}>"
