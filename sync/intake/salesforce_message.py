"""The door for Salesforce's outbound messages: what they tell is on disk before the Ack."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connections.models import EventDoor
from connections.salesforce import messages
from sync.core.records import System
from sync.flows.shapes.salesforce_ids import to_18

from . import storing

NO_CERTIFICATE = "A message came without the client certificate that SALESFORCE_CERTIFICATE names."
UNREADABLE = "A message came that is no outbound message of Salesforce."
OTHER_ORG = (
    "A message came from another org, {}. Is it a copy of this one? Take the outbound message out "
    "of the copy."
)


@csrf_exempt
@require_POST
def salesforce_message(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Acknowledge a message once what it tells is kept.

    Salesforce does not sign: who knows the secret address may ring here, so that nothing but ids
    is taken, and they are read from Salesforce itself. An unknown address answers 404.
    """
    doors = EventDoor.objects.filter(pk=pk, system=System.SALESFORCE).select_related("connection")
    door = doors.first()
    right = compare_digest(secret.encode(), (door.secret if door else "").encode())
    if door is None or door.connection is None or not right:
        return HttpResponse(status=404)
    body = storing.body_of(request)
    if body is None:
        return _refused(door, UNREADABLE, 413)
    if not _is_certified(request):
        return _refused(door, NO_CERTIFICATE, 403)
    try:
        message = messages.read(body)
    except ValueError:
        return _refused(door, UNREADABLE, 400)
    if message.organisation_id != to_18(door.connection.organisation_id):
        return _refused(door, OTHER_ORG.format(message.organisation_id), 403)
    storing.keep(door, [storing.Heard(e.kind, e.id, e.mark) for e in message.events])
    return _xml(acknowledged=True)


def _is_certified(request: HttpRequest) -> bool:
    """Return whether the proxy says what it is to say of the client's certificate, if anything."""
    header, values = settings.SALESFORCE_CERTIFICATE_HEADER, settings.SALESFORCE_CERTIFICATE
    if not header:
        return True
    said = request.headers.get(header, "").encode()
    return any(compare_digest(said, value.encode()) for value in values)


def _refused(door: EventDoor, why: str, status: int) -> HttpResponse:
    storing.refuse(door, why)
    return _xml(acknowledged=False, status=status)


def _xml(*, acknowledged: bool, status: int = 200) -> HttpResponse:
    body = messages.answer(acknowledged=acknowledged)
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")
