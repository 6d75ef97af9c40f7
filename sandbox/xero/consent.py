"""The page on which a user lets an app into their organisations."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader
from werkzeug.wrappers import Request, Response

from sandbox.world import World
from sandbox.xero import grants
from sandbox.xero.books import SYSTEM, tenants
from sandbox.xero.clients import find_client, is_redirect, unknown_scopes
from sandbox.xero.tokens import USER

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def authorize(world: World, request: Request) -> Response:
    """GET shows the page; POST takes the user's decision back to the app with its state."""
    if wrong := _wrong(world, request):
        error, explanation = wrong
        return _page(400, title="Sorry, that did not work", error=error, explanation=explanation)
    if request.method == "POST":
        return _decide(world, request)
    asked = request.args
    client = find_client(world, asked["client_id"]) or {}
    table = world.table(SYSTEM, "Organisation")
    return _page(
        200,
        title=f"Connect {client.get('name', asked['client_id'])}",
        client=client.get("name", asked["client_id"]),
        user=USER["email"],
        organisations=[(key, table[key]["Name"]) for key in tenants(world)],
        scopes=asked["scope"].split(),
    )


def _page(status: int, **words: Any) -> Response:
    html = _PAGES.get_template("consent.html").render(words)
    return Response(html, status, content_type="text/html; charset=utf-8")


def _wrong(world: World, request: Request) -> tuple[str, str] | None:
    """The OAuth error and its explanation; such a call never gets back to the app."""
    asked = request.args
    client = find_client(world, asked.get("client_id"))
    if not client:
        return "unauthorized_client", "Xero knows no app with this client id."
    if not is_redirect(client, asked.get("redirect_uri", "")):
        return "unauthorized_client", (
            "Invalid redirect_uri. It must begin with https, or be http on localhost by that name."
        )
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "Only response_type=code is understood."
    scopes = asked.get("scope", "").split()
    unknown = unknown_scopes(world, scopes, signing_in=True)
    if unknown or not scopes:
        return "invalid_scope", f"Unknown scopes: {', '.join(sorted(unknown)) or 'none was asked'}."
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        return "invalid_request", "Only code_challenge_method=S256 is understood."
    return None


def _decide(world: World, request: Request) -> Response:
    asked = request.args
    chosen = [key for key in request.form.getlist("tenant") if key in tenants(world)]
    answer: dict[str, str] = {}
    if request.form.get("decision") == "allow" and chosen:
        kept = {name: asked.get(name) for name in ("redirect_uri", "code_challenge", "nonce")}
        scopes = asked["scope"].split()
        answer["code"] = grants.consent(world, asked["client_id"], scopes, chosen, kept)
        answer |= {"scope": asked["scope"], "session_state": uuid4().hex}
    else:
        answer["error"] = "access_denied"
    if "state" in asked:
        answer["state"] = asked["state"]
    return Response(status=302, headers={"Location": _with(asked["redirect_uri"], answer)})


def _with(uri: str, answer: dict[str, str]) -> str:
    parts = urlsplit(uri)
    query = "&".join(filter(None, [parts.query, urlencode(answer)]))
    return urlunsplit(parts._replace(query=query))
