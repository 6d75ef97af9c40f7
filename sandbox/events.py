"""The control API's part for events: who is told of changes, and what goes astray."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import simplejson
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from sandbox.outgoing import BadAddressError

if TYPE_CHECKING:
    from sandbox.server import Box

View = Callable[["Box", Request], Any]


def show_webhook(box: "Box", _request: Request) -> Any:
    """Xero's webhook, how it stands, and what was sent."""
    hook = box.webhooks.hook
    shown = {name: value for name, value in (hook or {}).items() if name != "key"}
    return {"webhook": shown, "waiting": box.webhooks.waiting, "sent": box.webhooks.log.entries()}


def set_webhook(box: "Box", request: Request) -> Any:
    """Enter url, key and categories; Xero tries the address at once."""
    wanted = _body(request)
    try:
        if not wanted:
            return box.webhooks.enable()
        return box.webhooks.subscribe(**wanted)
    except (BadAddressError, ValueError, TypeError) as error:
        raise BadRequest(str(error)) from error


def remove_webhook(box: "Box", request: Request) -> Any:
    """Take the webhook away."""
    box.webhooks.remove()
    box.webhooks.log.clear()
    return show_webhook(box, request)


def show_messages(box: "Box", _request: Request) -> Any:
    """Salesforce's outbound messages, and what was sent."""
    out = box.outbound
    return {"messages": out.messages, "waiting": out.waiting, "sent": out.log.entries()}


def add_message(box: "Box", request: Request) -> Any:
    """Add an outbound message: name, endpoint, kind, becomes, fields."""
    try:
        box.outbound.add(**_body(request))
    except (BadAddressError, ValueError, TypeError) as error:
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
    if hook := box.webhooks.hook:
        sent = len(box.webhooks.log.entries())
        found.append(f"Xero’s webhook: {hook['status']}, {sent} sent, {box.webhooks.waiting} wait.")
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
