"""The addresses of the sign-in."""

from collections.abc import Callable

import simplejson
from werkzeug.wrappers import Request, Response

from sandbox.salesforce.oauth import consent, grants, identity
from sandbox.salesforce.oauth.errors import OAuthError
from sandbox.salesforce.oauth.sessions import own_id
from sandbox.salesforce.org import Org
from sandbox.store import Record

Door = Callable[[Org, Request], Response]


def find_door(path: str) -> Door | None:
    """What answers at a path of the sign-in; None for any other path."""
    if path.startswith("/id/"):
        return _identity
    return _DOORS.get(path.rstrip("/"))


def answer(org: Org, request: Request, door: Door) -> Response:
    """The answer of a door, or its refusal."""
    try:
        return door(org, request)
    except OAuthError as error:
        body = {"error": error.error, "error_description": error.description}
        return _json(body, error.status)


def _json(body: Record, status: int = 200) -> Response:
    text = simplejson.dumps(body)
    kept_by_nobody = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}
    return Response(text, status, kept_by_nobody, content_type="application/json;charset=UTF-8")


def _posted(org: Org, request: Request) -> Response:
    if request.method != "POST":
        raise OAuthError("invalid_request", "must use HTTP POST")
    return _json(grants.token(org, request))


def _revoke(org: Org, request: Request) -> Response:
    identity.end(org, request)
    return Response(status=200)


def _userinfo(org: Org, request: Request) -> Response:
    session = identity.session_of(org, request)
    if session is None:
        return Response("Bad_OAuth_Token", 403, content_type="text/html;charset=UTF-8")
    return _json(identity.describe_user(org, request, session))


def _identity(org: Org, request: Request) -> Response:
    session = identity.session_of(org, request)
    if session is None:
        return Response("Bad_OAuth_Token", 403, content_type="text/html;charset=UTF-8")
    if request.path.rstrip("/") != f"/id/{own_id(org)}/{session['user']}":
        return Response("Wrong_Org", 403, content_type="text/html;charset=UTF-8")
    return _json(identity.describe_user(org, request, session))


_DOORS: dict[str, Door] = {
    "/services/oauth2/authorize": consent.authorize,
    "/services/oauth2/token": _posted,
    "/services/oauth2/revoke": _revoke,
    "/services/oauth2/introspect": lambda org, request: _json(identity.introspect(org, request)),
    "/services/oauth2/userinfo": _userinfo,
}
