"""What Xero and Salesforce send to the doors, as they send it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from django.test import Client
from django.utils import timezone

from connections.models import EventDoor
from connections.xero.signature import signature_of

KEY = "4WcjtTa2Ghb0m3zSpRzmKsmiPHSDnJIYpj1nJ8lkbDVZ5zB1Zn5TJHqzYm0aYw=="
NOTIFICATION = "04l5g00000{:05}AAA"


def event(
    tenant: str,
    remote_id: str = "",
    category: str = "INVOICE",
    when: datetime | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return one event of Xero."""
    remote_id = remote_id or str(uuid4())
    return {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Invoices/{remote_id}",
        "resourceId": remote_id,
        "tenantId": tenant,
        "tenantType": "ORGANISATION",
        "eventCategory": category,
        "eventType": "UPDATE",
        "eventDateUtc": (when or timezone.now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        **more,
    }


def delivery(*events: Any, first: int = 1, last: int | None = None) -> bytes:
    """Return the body of a delivery."""
    last = first + len(events) - 1 if last is None else last
    message = {
        "events": list(events),
        "firstEventSequence": first,
        "lastEventSequence": last,
        "entropy": uuid4().hex,
    }
    return json.dumps(message).encode()


INTENT = delivery(first=0, last=0)


def send_xero(client: Client, door: EventDoor, body: bytes, key: str = KEY, **headers: str) -> Any:
    """Deliver a body, signed with the key."""
    return client.post(
        f"/events/xero/{door.pk}",
        body,
        content_type="application/json",
        headers={"x-xero-signature": signature_of(body, key), **headers},
    )


def message(
    organisation: str, ids: Sequence[str], kind: str = "Opportunity", first: int = 1
) -> bytes:
    """Return the body of an outbound message with a notification for each id."""
    notifications = "".join(
        f"<Notification><Id>{NOTIFICATION.format(first + place)}</Id>"
        f'<sObject xsi:type="sf:{kind}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        f"<sf:Id>{escape(each)}</sf:Id></sObject></Notification>"
        for place, each in enumerate(ids)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{organisation}</OrganizationId><ActionId>04k5g000000TN1AAAW</ActionId>"
        '<SessionId xsi:nil="true"/><EnterpriseUrl>https://x.example/c</EnterpriseUrl>'
        f"<PartnerUrl>https://x.example/u</PartnerUrl>{notifications}"
        "</notifications></soapenv:Body></soapenv:Envelope>"
    ).encode()


def send_salesforce(
    client: Client, door: EventDoor, body: bytes, secret: str = "", **headers: str
) -> Any:
    """Send an outbound message to the door's secret address."""
    return client.post(
        f"/events/salesforce/{door.pk}/{secret or door.secret}",
        body,
        content_type="text/xml; charset=UTF-8",
        headers=headers,
    )
