"""The control API: what a test or a demo does to the sandbox from outside, as JSON."""

import importlib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import simplejson
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sandbox.both_sides import edit_both
from sandbox.by_hand import ActRefusedError, NoSuchActError, do_act
from sandbox.events import ROUTES as EVENTS
from sandbox.faults import SYSTEMS, BadFaultError
from sandbox.play.app import ROUTES as PAGE
from sandbox.seeding.truth import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from sandbox.server import Box

MOST = 10**9
COUNTED = {  # the settings by which each call is measured: another value would fail them all
    "app_minute_limit", "concurrent_limit", "day_limit", "deploy_seconds", "id_limit",
    "latency_ms", "minute_limit", "refresh_idle_days", "session_seconds", "transaction_ms",
}  # fmt: skip
View = Callable[["Box", Request], Any]


def reset(box: "Box", request: Request) -> Any:
    """Empty both systems, end every fault, forget every call, tell the real time."""
    box.world.clear()
    box.faults.clear()
    box.journal.clear()
    return health(box, request)


def seed(box: "Box", request: Request) -> Any:
    """Fill both systems with a company."""
    wanted = _body(request)
    plant = importlib.import_module("sandbox.seeding.planting").plant
    try:
        plant(box.world, int(wanted.get("seed", 1)), str(wanted.get("size", "small")))
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRequest(str(error)) from error
    return health(box, request)


def list_faults(box: "Box", _request: Request) -> Any:
    """The faults in force."""
    return {"faults": box.faults.active()}


def add_fault(box: "Box", request: Request) -> Any:
    """Let something go wrong; answers the fault with its id."""
    try:
        fault = box.faults.add(**_body(request))
    except BadFaultError as error:
        raise BadRequest(str(error)) from error
    in_force = (entry for entry in box.faults.active() if entry["id"] == fault.id)
    return next(in_force, {"id": fault.id})  # it may have ended already


def end_faults(box: "Box", request: Request) -> Any:
    """End all faults, or with ?id= one."""
    box.faults.clear(request.args.get("id", type=int))
    return list_faults(box, request)


def set_clock(box: "Box", request: Request) -> Any:
    """Move the sandbox's time: advance_seconds, now (with frozen: true to stand still), real."""
    wanted = _body(request)
    clock = box.world.clock
    try:
        with box.world.lock:
            if wanted.get("real"):
                clock.real()
            if "now" in wanted:
                now = _instant(str(wanted["now"]))
                (clock.freeze if wanted.get("frozen") else clock.set)(now)
            if "advance_seconds" in wanted:
                clock.advance(float(wanted["advance_seconds"]))
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRequest(f"The clock cannot be moved so: {error}") from error
    return {"now": clock.now().isoformat()}


def list_requests(box: "Box", request: Request) -> Any:
    """The calls received: ?system=, ?since= (a number or an ISO time), ?limit=."""
    since = request.args.get("since", "0")
    calls = box.journal.entries(
        request.args.get("system"),
        int(since) if since.isdigit() else _instant(since.replace(" ", "+")),
        request.args.get("limit", type=int),
    )
    return {"requests": calls}


def forget_requests(box: "Box", request: Request) -> Any:
    """Forget the calls received so far."""
    box.journal.clear()
    return list_requests(box, request)


def list_records(box: "Box", request: Request) -> Any:
    """The records of ?system= and ?kind=; without a kind, how many there are of each."""
    system = _system(request.args.get("system", ""))
    kind = request.args.get("kind")
    with box.world.lock:
        if not kind:
            kinds = box.world.kinds(system)
            return {"kinds": {name: len(box.world.table(system, name)) for name in kinds}}
        return {"records": list(box.world.table(system, kind).values())}


def act(box: "Box", request: Request) -> Any:
    """Do what a person does in a system's own screens; answers what the act returned."""
    wanted = _body(request)
    name = str(wanted.get("act"))
    system = _system(str(wanted.get("system")))
    try:
        return {"result": do_act(box.world, system, name, **wanted.get("args", {}))}
    except NoSuchActError as error:
        raise NotFound(str(error)) from error
    except (ActRefusedError, TypeError) as error:
        raise BadRequest(f"{name} was refused: {error}") from error


def both(box: "Box", request: Request) -> Any:
    """Edit one record of each system in the same moment."""
    wanted = _body(request)
    try:
        edit_both(box.world, wanted)
    except KeyError as error:
        raise BadRequest(f"For each system give kind, id and values; no {error} here.") from error
    except (ActRefusedError, TypeError, ValueError) as error:
        raise BadRequest(f"edit-both was refused: {error}") from error
    return {"result": None}


def tell_truth(box: "Box", _request: Request) -> Any:
    """Which of the seeded accounts and contacts are one and the same customer."""
    with box.world.lock:
        return told(box.world)


def set_setting(box: "Box", request: Request) -> Any:
    """Set one of a system's settings."""
    wanted = _body(request)
    system = _system(str(wanted.get("system")))
    if not isinstance(wanted.get("name"), str) or "value" not in wanted:
        raise BadRequest("Give system, name and value.")
    if wanted["name"] in COUNTED and not _counts(wanted["value"]):
        raise BadRequest(f"{wanted['name']} is a number from 0 on.")
    box.world.set_setting(system, wanted["name"], wanted["value"])
    return {"settings": box.world.settings(system)}


def _counts(value: Any) -> bool:
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return number and 0 <= value <= MOST


def health(box: "Box", _request: Request) -> Any:
    """That the sandbox runs, its time and its addresses."""
    return {
        "status": "ok",
        "now": box.world.clock.now().isoformat(),
        "addresses": {name: server.url for name, server in box.servers.items()},
    }


ROUTES: list[tuple[str, str, View]] = [
    ("POST", "/control/reset", reset),
    ("POST", "/control/seed", seed),
    ("GET", "/control/faults", list_faults),
    ("POST", "/control/faults", add_fault),
    ("DELETE", "/control/faults", end_faults),
    ("POST", "/control/clock", set_clock),
    ("GET", "/control/requests", list_requests),
    ("DELETE", "/control/requests", forget_requests),
    ("GET", "/control/records", list_records),
    ("POST", "/control/act", act),
    ("POST", "/control/edit-both", both),
    ("GET", "/control/truth", tell_truth),
    ("POST", "/control/settings", set_setting),
    ("GET", "/control/health", health),
]


def make_app(box: "Box") -> "WSGIApplication":
    """The WSGI app of the control port: the control API and the page to play on."""
    every = ROUTES + EVENTS + PAGE
    rules = [Rule(path, methods=[way], endpoint=view) for way, path, view in every]
    routes = Map(rules)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        request = Request(environ)
        try:
            _refuse_strangers(request)
            view, _ = routes.bind_to_environ(environ).match()
            answer = view(box, request)
            response = answer if isinstance(answer, Response) else _json(answer)
        except HTTPException as error:
            response = _json({"error": error.description}, error.code or 500)
        return response(environ, start_response)

    return app


def _refuse_strangers(request: Request) -> None:
    """Another site open in the same browser must not press our buttons."""
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin and urlsplit(origin).netloc != request.host:
        raise Forbidden("Only the sandbox's own page may do that.")


def _json(answer: Any, status: int = 200) -> Response:
    text = simplejson.dumps(answer, use_decimal=True, default=str)
    return Response(text, status=status, mimetype="application/json")


def _body(request: Request) -> dict[str, Any]:
    try:
        body = simplejson.loads(request.get_data() or b"{}", use_decimal=True)
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.")
    return body


def _system(name: str) -> str:
    if name not in SYSTEMS:
        raise BadRequest(f"system is one of {', '.join(SYSTEMS)}.")
    return name


def _instant(text: str) -> datetime:
    try:
        now = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"That is no ISO time: {error}") from error
    if now.tzinfo is None:
        raise BadRequest(f"The time {text} needs its zone, such as Z or +00:00.")
    return now
