"""The page on which a user lets an app in, and the code that it sends back."""

import secrets
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader
from werkzeug.wrappers import Request, Response

from sandbox.salesforce.defaults import integration_user
from sandbox.salesforce.oauth.clients import SCOPES, find_client, is_redirect
from sandbox.salesforce.oauth.errors import OAuthError
from sandbox.salesforce.oauth.sessions import table
from sandbox.salesforce.org import Org

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def authorize(org: Org, request: Request) -> Response:
    """GET shows the page; POST takes the decision back to the app with its state."""
    try:
        client = find_client(org.world, request.args.get("client_id"))
        if not is_redirect(client, request.args.get("redirect_uri", "")):
            message = "redirect_uri must match configuration"
            raise OAuthError("redirect_uri_mismatch", message)
    except OAuthError as error:
        return _page(400, title="Sorry, that did not work", error=error)
    if wrong := _wrong(request):
        return _back(request, wrong)
    if request.method == "POST":
        return _decide(org, request)
    user = org.table("User")[integration_user(org)]
    return _page(
        200,
        title=f"Allow access to {client['name']}?",
        client=client["name"],
        user=user["Username"],
        org=next(iter(org.table("Organization").values()))["Name"],
        scopes=_scopes(request),
    )


def _wrong(request: Request) -> dict[str, str] | None:
    """What the app asked wrongly, which Salesforce tells it and not the user."""
    asked = request.args
    unknown = set(_scopes(request)) - set(SCOPES)
    checks: list[tuple[bool, str, str]] = [
        (
            asked.get("response_type") != "code",
            "unsupported_response_type",
            "response type is not supported",
        ),
        (bool(unknown), "invalid_scope", "the requested scope is not allowed"),
        (
            "code_challenge" in asked and asked.get("code_challenge_method", "S256") != "S256",
            "invalid_request",
            "code challenge method must be S256",
        ),
    ]
    for fails, error, description in checks:
        if fails:
            return {"error": error, "error_description": description}
    return None


def _decide(org: Org, request: Request) -> Response:
    if request.form.get("decision") != "allow":
        denied = "end-user denied authorization"
        return _back(request, {"error": "access_denied", "error_description": denied})
    code = f"aPrx{secrets.token_urlsafe(48)}"
    kept = {name: request.args.get(name) for name in ("redirect_uri", "code_challenge")}
    table(org, "Code")[code] = {
        **kept,
        "client": request.args["client_id"],
        "user": integration_user(org),
        "scopes": _scopes(request) or ["api", "id", "refresh_token"],
        "issued": org.now().isoformat(),
    }
    return _back(request, {"code": code})


def _scopes(request: Request) -> list[str]:
    return request.args.get("scope", "").split()


def _back(request: Request, answer: dict[str, str]) -> Response:
    if "state" in request.args:
        answer = {**answer, "state": request.args["state"]}
    parts = urlsplit(request.args["redirect_uri"])
    query = "&".join(filter(None, [parts.query, urlencode(answer)]))
    return Response(status=302, headers={"Location": urlunsplit(parts._replace(query=query))})


def _page(status: int, **words: object) -> Response:
    html = _PAGES.get_template("consent.html").render(words)
    return Response(html, status, content_type="text/html; charset=utf-8")
