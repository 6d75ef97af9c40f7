"""The control API's part for events: who is told of changes, and what goes astray."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import simplejson
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from sandbox.outgoing import BadAddressError
from sandbox.xero.clients import USUAL_CLIENT
from sandbox.xero.webhooks import Webhooks

if TYPE_CHECKING:
    from sandbox.server import Box

View = Callable[["Box", Request], Any]


def show_webhook(box: "Box", request: Request) -> Any:
    """The webhook of Xero's usual app or of ?client=, how it stands, and what was sent."""
    hooks = _hooks(box, request.args.get("client", USUAL_CLIENT))
    shown = {name: value for name, value in (hooks.hook or {}).items() if name != "key"}
    return {"webhook": shown, "waiting": hooks.waiting, "sent": hooks.log.entries()}


def set_webhook(box: "Box", request: Request) -> Any:
    """Enter url, key and categories for an app; Xero tries the address at once."""
    wanted = _body(request)
    hooks = _hooks(box, str(wanted.pop("client", USUAL_CLIENT)))
    try:
        if not wanted:
            return hooks.enable()
        return hooks.subscribe(**wanted)
    except (BadAddressError, ValueError, TypeError, AttributeError) as error:
        raise BadRequest(str(error)) from error


def remove_webhook(box: "Box", request: Request) -> Any:
    """Take the webhook away."""
    hooks = _hooks(box, request.args.get("client", USUAL_CLIENT))
    hooks.remove()
    hooks.log.clear()
    return show_webhook(box, request)


def _hooks(box: "Box", client: str) -> Webhooks:
    if client not in box.hooks:
        raise BadRequest(f"client is one of {', '.join(box.hooks)}.")
    return box.hooks[client]


def show_messages(box: "Box", _request: Request) -> Any:
    """Salesforce's outbound messages, and what was sent."""
    out = box.outbound
    return {"messages": out.messages, "waiting": out.waiting, "sent": out.log.entries()}


def add_message(box: "Box", request: Request) -> Any:
    """Add an outbound message: name, endpoint, kind, becomes, fields."""
    try:
        box.outbound.add(**_body(request))
    except (BadAddressError, ValueError, TypeError, AttributeError) as error:
        raise BadRequest(str(error)) from error
    return show_messages(box, request)


def remove_messages(box: "Box", request: Request) -> Any:
    """Take all outbound messages away."""
    box.outbound.remove()
    box.outbound.log.clear()
    return show_messages(box, request)


def words(box: "Box") -> list[str]:
    """Who is told of changes, in sentences for the page."""
    found = []
    for client, hooks in box.hooks.items():
        if hook := hooks.hook:
            whose = "Xero’s webhook" if client == USUAL_CLIENT else f"That of {client}"
            sent = len(hooks.log.entries())
            found.append(f"{whose}: {hook['status']}, {sent} sent, {hooks.waiting} wait.")
    if box.outbound.messages:
        sent = len(box.outbound.log.entries())
        found.append(f"Salesforce’s messages: {sent} sent, {box.outbound.waiting} wait.")
    return found


def _body(request: Request) -> dict[str, Any]:
    try:
        body = simplejson.loads(request.get_data() or b"{}", use_decimal=True)
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.")
    return body


ROUTES: list[tuple[str, str, View]] = [
    ("GET", "/control/webhooks", show_webhook),
    ("POST", "/control/webhooks", set_webhook),
    ("DELETE", "/control/webhooks", remove_webhook),
    ("GET", "/control/outbound-messages", show_messages),
    ("POST", "/control/outbound-messages", add_message),
    ("DELETE", "/control/outbound-messages", remove_messages),
]
