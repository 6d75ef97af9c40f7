"""The addresses of the play page: the page itself and what its forms post to."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sandbox.play import deeds, page, presets

if TYPE_CHECKING:
    from sandbox.server import Box

View = Callable[["Box", Request], Any]


def show(box: "Box", request: Request) -> Response:
    """The page, with what the last form did or why it was refused."""
    return Response(
        page.draw(box, request.args), mimetype="text/html", headers={"Cache-Control": "no-store"}
    )


def style(_box: "Box", _request: Request) -> Response:
    """The style sheet."""
    return Response(page.asset("play.css"), mimetype="text/css")


def script(_box: "Box", _request: Request) -> Response:
    """The script that keeps the page up to date; the page works without it."""
    return Response(page.asset("play.js"), mimetype="text/javascript")


def act(box: "Box", request: Request) -> Response:
    """Do one thing in one system."""
    try:
        return _back(request, said=deeds.carry_out(box.world, request.form))
    except (ValueError, LookupError) as error:
        return _back(request, refused=str(error))


def fault(box: "Box", request: Request) -> Response:
    """Start one of the troubles, or end them all."""
    name = request.form.get("preset", "")
    if not name:
        presets.end(box.world, box.faults)
        return _back(request, said="All is well again.")
    try:
        return _back(request, said=f"In force: {presets.start(box.world, box.faults, name)}.")
    except LookupError as error:
        raise NotFound(str(error)) from error


def clock(box: "Box", request: Request) -> Response:
    """Move both systems' time on, or back to the real one."""
    with box.world.lock:
        if request.form.get("real"):
            box.world.clock.real()
        else:
            step = request.form.get("advance", type=float)
            if step is None:
                raise BadRequest("Give advance, in seconds.")
            box.world.clock.advance(step)
    return _back(request, said="The time is set.")


def _back(request: Request, **words: str) -> Response:
    """See-other to the page, keeping what is looked at."""
    found: Response = redirect(f"/{page.kept(request.args, **words)}", 303, Response)
    return found


ROUTES: list[tuple[str, str, View]] = [
    ("GET", "/", show),
    ("GET", "/play.css", style),
    ("GET", "/play.js", script),
    ("POST", "/play/act", act),
    ("POST", "/play/fault", fault),
    ("POST", "/play/clock", clock),
]
