"""The whole Xero as one WSGI app: identity service, connections and accounting API."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Request, Response

from sandbox.world import World
from sandbox.xero import answers, consent, idempotency, identity, tokens
from sandbox.xero.access import authenticate, check_scope, choose_tenant
from sandbox.xero.books import Books
from sandbox.xero.call import LARGEST_BODY, Call
from sandbox.xero.clients import find_client
from sandbox.xero.errors import HttpError, not_found
from sandbox.xero.limits import Limits
from sandbox.xero.open_calls import COUNT, counting
from sandbox.xero.routes import API, ROUTES, View, endpoint_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def make_app(world: World) -> "WSGIApplication":
    """Xero over this world; counts calls against their limits from now on."""
    limits = Limits(world)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_form_memory_size = LARGEST_BODY
        try:
            response = _respond(world, limits, request)
        except HttpError as error:
            response = answers.refusal(request, error)
        response.headers["Xero-Correlation-Id"] = str(uuid4())
        response.headers["Vary"] = "Accept"
        return response(environ, start_response)

    return counting(app)


def _respond(world: World, limits: Limits, request: Request) -> Response:
    adapter = ROUTES.bind_to_environ(request.environ)
    try:
        view, args = adapter.match()
    except HTTPException as error:
        raise _no_route(adapter, request) from error
    if request.path.startswith(f"{API}/"):
        return _accounting(world, limits, request, view, args)
    with world.batch():
        return _identity(world, request, view, args)


def _no_route(adapter: MapAdapter, request: Request) -> HttpError:
    if adapter.allowed_methods():
        allowed = ", ".join(sorted(adapter.allowed_methods()))
        return HttpError(405, f"{request.method} is not allowed here.", {"Allow": allowed})
    return not_found()


def _identity(world: World, request: Request, view: View, args: Mapping[str, str]) -> Response:
    views: dict[str, Callable[[], Response]] = {
        "token": lambda: identity.token(world, request),
        "revocation": lambda: identity.revocation(world, request),
        "authorize": lambda: consent.authorize(world, request),
        "discovery": lambda: identity.discovery(request),
        "keys": lambda: identity.json_answer(tokens.public_keys(world)),
        "connections": lambda: identity.list_connections(
            world, authenticate(world, request), request.args.get("authEventId")
        ),
        "disconnect": lambda: identity.delete_connection(
            world, authenticate(world, request), args["key"].lower()
        ),
    }
    return views[str(view)]()


def _accounting(
    world: World, limits: Limits, request: Request, view: View, args: Mapping[str, str]
) -> Response:
    """Who, where, whether the limits allow it, and only then the call itself."""
    with world.batch():
        access = authenticate(world, request)
        tenant = choose_tenant(world, request, access)
        check_scope(access, endpoint_of(request.path), request.method)
        left = limits.take(access.client_id, tenant, request.environ[COUNT])
        app = find_client(world, access.client_id) or {}
        books = Books(world, tenant, str(app.get("name") or access.client_id))
        call = Call(books, request, access.client_id)
        try:
            response = _once(call, view, args)
        except HttpError as error:
            error.headers |= left
            raise
    response.headers.update(left)
    return response


def _once(call: Call, view: View, args: Mapping[str, str]) -> Response:
    """Carry the call out, or give the answer kept under its Idempotency-Key."""
    world, request = call.books.world, call.request
    if len(request.get_data()) > LARGEST_BODY:
        raise HttpError(413, "The request is larger than 10 MB.")
    key = idempotency.key_of(request)
    if key and (kept := idempotency.replay(world, call.client_id, key, request)):
        return kept
    try:
        response = answers.answer(world, request, view(call, **args))
    except HttpError as error:
        response = answers.refusal(request, error)
    if key:
        idempotency.keep(world, call.client_id, key, request, response)
    return response
