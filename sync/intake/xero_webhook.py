"""The door for Xero's webhooks: signed messages are on disk before they are answered."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connections.models import EventDoor
from connections.xero import events
from connections.xero.signature import HEADER, is_signed
from sync.core.records import System

from . import gaps, storing

log = structlog.get_logger(__name__)
UNSIGNED = "A message came that is not signed with the webhook key. Is the key right?"


@csrf_exempt
@require_POST
def xero_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer 200 to what is signed, once it is kept, and 401 to all else, without a body.

    The same answer to its tries makes Xero's "intent to receive" (Xero, Webhooks).
    """
    body = storing.body_of(request)
    if body is None:
        return HttpResponse(status=413)
    door = EventDoor.objects.filter(pk=pk, system=System.XERO).first()
    signature = request.headers.get(HEADER, "")
    if not is_signed(body, signature, door.secret if door else "no such door") or door is None:
        if door is not None:
            storing.refuse(door, UNSIGNED)
        return HttpResponse(status=401)
    _take(door, body)
    return HttpResponse(status=200, content_type="text/plain")


def _take(door: EventDoor, body: bytes) -> None:
    try:
        message = events.read(body)
    except ValueError as error:
        log.warning("a signed message of Xero cannot be read", door=door.pk, why=str(error))
        gaps.sweep_behind(door)
        return
    if message.tries_us:
        # Xero does so for a new address and after it had given up: something may be missing
        now = timezone.now()
        EventDoor.objects.filter(pk=door.pk).update(
            confirmed_at=now, heard_at=now, numbered_to=None
        )
        gaps.sweep_behind(door)
        return
    heard = [
        storing.Heard(event.kind, event.id, event.mark, event.happened_at, event.tenant)
        for event in message.events
    ]
    storing.keep(door, heard, (message.first, message.last))
