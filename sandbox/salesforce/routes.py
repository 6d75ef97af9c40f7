"""Which address of the REST API is answered by what."""

from dataclasses import replace

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

from sandbox.salesforce.api import (
    catalogue,
    changes,
    collections,
    composite,
    limits,
    queries,
    records,
)
from sandbox.salesforce.api.call import Call, Reply, View
from sandbox.salesforce.errors import RefusedError, not_found
from sandbox.salesforce.metadata import resource

_ROWS: list[tuple[str, str, View]] = [
    ("GET", "/", catalogue.resources),
    ("GET", "/limits", catalogue.show_limits),
    ("GET", "/connect/organization", catalogue.organization),
    ("GET", "/query", queries.query),
    ("GET", "/queryAll", queries.query_all),
    ("GET", "/query/<locator>", queries.more),
    ("GET", "/queryAll/<locator>", queries.more),
    ("GET", "/sobjects", catalogue.describe_global),
    ("GET", "/sobjects/<kind>", catalogue.about),
    ("POST", "/sobjects/<kind>", records.create),
    ("GET", "/sobjects/<kind>/describe", catalogue.describe),
    ("GET", "/sobjects/<kind>/updated", changes.updated),
    ("GET", "/sobjects/<kind>/deleted", changes.deleted),
    ("GET", "/sobjects/<kind>/<key>", records.retrieve),
    ("PATCH", "/sobjects/<kind>/<key>", records.update),
    ("DELETE", "/sobjects/<kind>/<key>", records.delete),
    ("GET", "/sobjects/<kind>/<field>/<path:value>", records.retrieve_by),
    ("PATCH", "/sobjects/<kind>/<field>/<path:value>", records.upsert),
    ("DELETE", "/sobjects/<kind>/<field>/<path:value>", records.delete_by),
    ("POST", "/metadata/deployRequest", resource.start),
    ("GET", "/metadata/deployRequest/<key>", resource.look),
    ("POST", "/composite/sobjects", collections.insert),
    ("PATCH", "/composite/sobjects", collections.update),
    ("DELETE", "/composite/sobjects", collections.delete),
    ("GET", "/composite/sobjects/<kind>", collections.retrieve),
    ("POST", "/composite/sobjects/<kind>", collections.retrieve),
    ("PATCH", "/composite/sobjects/<kind>/<field>", collections.upsert),
    ("POST", "/composite", lambda call: composite.composite(call, answer)),
    (
        "POST",
        "/composite/batch",
        lambda call: composite.batch(call, answer, lambda: limits.count(call.org)),
    ),
]
_MAP = Map(
    [Rule(path, methods=[method], endpoint=view) for method, path, view in _ROWS],
    strict_slashes=False,
    merge_slashes=False,
)


def answer(call: Call) -> Reply:
    """Answer one call. Raises RefusedError."""
    path = call.path.rstrip("/") or "/"
    if len(path) > 1 and call.path.count("/") > 3:
        path = call.path  # the end of an external id may be a slash
    try:
        view, args = _MAP.bind("").match(path, call.method)
    except MethodNotAllowed as error:
        allowed = ",".join(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        message = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
        raise RefusedError("METHOD_NOT_ALLOWED", message, headers={"Allow": allowed}) from error
    except HTTPException as error:
        raise not_found() from error
    found: View = view
    return found(replace(call, args=args))
