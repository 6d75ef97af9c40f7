"""The whole Salesforce as one WSGI app: sign-in and REST API."""

import re
from collections.abc import Iterable
from secrets import token_hex
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sandbox.salesforce.api import catalogue, limits
from sandbox.salesforce.api.call import Call, Reply, write_json
from sandbox.salesforce.catalogue import EVERYTHING, SYSTEM
from sandbox.salesforce.defaults import ensure_org
from sandbox.salesforce.errors import RefusedError, not_found
from sandbox.salesforce.metadata.permissions import access_of
from sandbox.salesforce.metadata.resource import settle
from sandbox.salesforce.oauth import doors
from sandbox.salesforce.oauth.identity import session_of
from sandbox.salesforce.org import Org
from sandbox.salesforce.routes import answer
from sandbox.salesforce.row_locks import work_on
from sandbox.store import Record
from sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_ADDRESS = 16_384  # bytes, headers included
_API = re.compile(r"/services/data/v(\d+)\.(\d+)(/.*|)", re.DOTALL)
_USABLE = {"api", "full", "web"}


def make_app(world: World) -> "WSGIApplication":
    """Salesforce over this world, which is set up as usual at the first call."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_form_memory_size = 1_000_000
        response = _locking(world, request)
        response.headers["X-Request-Id"] = token_hex(16)
        return response(environ, start_response)

    return app


def _locking(world: World, request: Request) -> Response:
    """Work on a call, and hold the rows that it has written as long as its transaction lasts."""
    with world.batch():
        org = ensure_org(world)
        call = org.locks.begin()
        try:
            response = _respond(org, request)
        except BaseException:
            org.locks.end(call)
            raise
        finally:
            org.locks.pause()
        lasting = world.setting(SYSTEM, "transaction_ms") or 0
        if not lasting:
            org.locks.end(call)
        wrote = org.locks.holds(call)
    if wrote:
        work_on(lasting)
        with world.lock:
            org.locks.end(call)
    return response


def _respond(org: Org, request: Request) -> Response:
    if too_long := _too_long(request):
        return too_long
    door = doors.find_door(request.path)
    if door:
        return doors.answer(org, request, door)
    if request.path.rstrip("/") == "/services/data":
        return _response(Reply(200, catalogue.versions()))
    try:
        return _call(org, request)
    except RefusedError as error:
        return _response(Reply(error.status, error.as_answer(), error.headers))


def _call(org: Org, request: Request) -> Response:
    """Which version, who, whether the day's calls allow it, and only then the call itself."""
    found = _API.fullmatch(request.path)
    if not found:
        raise not_found()
    catalogue.check_version(*found.group(1, 2))
    session = _session(org, request)
    reply = _counted(org, request, session, found)
    usage = {"Sforce-Limit-Info": limits.usage(org)}
    return _response(reply._replace(headers={**reply.headers, **usage}))


def _counted(org: Org, request: Request, session: Record, found: re.Match[str]) -> Reply:
    call = Call(
        org,
        session["user"],
        request.method,
        f"/services/data/v{found.group(1)}.0",
        found.group(3) or "/",
        request.args,
        request.headers,
        request.get_data(),
        host=request.host_url.rstrip("/"),
    )
    try:
        limits.count(org)
        settle(org)
        org.catalogue.look_as(access_of(org, session["user"]))
        return answer(call)
    except RefusedError as error:
        return Reply(error.status, error.as_answer(), error.headers)
    finally:
        org.catalogue.look_as(EVERYTHING)


def _session(org: Org, request: Request) -> Record:
    session = session_of(org, request)
    headers = {"WWW-Authenticate": "Token"}
    if session is None:
        message = "Session expired or invalid"
        raise RefusedError("INVALID_SESSION_ID", message, headers=headers)
    if not _USABLE & set(session["scopes"]):
        message = "This session is not valid for use with the REST API"
        raise RefusedError("INVALID_SESSION_ID", message, headers=headers)
    return session


def _too_long(request: Request) -> Response | None:
    """The refusal of an address that is too long, alone (414) or with its headers (431)."""
    address = len(str(request.environ.get("REQUEST_URI") or request.full_path).encode())
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers)
    if address + headers <= LONGEST_ADDRESS:
        return None
    status = 414 if address > LONGEST_ADDRESS else 431
    return Response("<h1>Bad Message</h1>", status, content_type="text/html;charset=iso-8859-1")


def _response(reply: Reply) -> Response:
    headers = dict(reply.headers)
    if reply.body is None:
        return Response(status=reply.status, headers=headers)
    sort = "application/json;charset=UTF-8"
    return Response(write_json(reply.body), reply.status, headers, content_type=sort)
