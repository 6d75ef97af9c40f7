"""Salesforce's outbound messages: which records one tells of, and the answer that it wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sync.flows.shapes.salesforce_ids import to_18

_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_KIND = re.compile(r"[A-Za-z][0-9A-Za-z_]{0,59}")
MOST = 100  # "up to 100 notifications" in a message (Salesforce, Outbound Messaging)


@dataclass(frozen=True)
class Told:
    """One notification: its own id, and the record that it tells of."""

    id: str
    kind: str
    mark: str


@dataclass(frozen=True)
class Message:
    """Whose message it is (the organisation's id, in 18 characters), and what it tells."""

    organisation_id: str
    events: tuple[Told, ...]


def read(body: bytes) -> Message:
    """Return what a message says; a record that was deleted meanwhile is left out.

    Nothing but ids is taken from it. Raises ValueError where it is no outbound message, also for
    one that declares entities of its own.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise ValueError(f"This is no message of Salesforce ({type(error).__name__}).") from error
    message = root.find(f"{_SOAP}Body/{_OUTBOUND}notifications")
    organisation = "" if message is None else _text(message, f"{_OUTBOUND}OrganizationId")
    if message is None or not _ID.fullmatch(organisation):
        raise ValueError("This is no outbound message of Salesforce.")
    notifications = message.findall(f"{_OUTBOUND}Notification")
    if len(notifications) > MOST:
        raise ValueError("A message of Salesforce has at most 100 notifications.")
    told = (_notification(each) for each in notifications)
    return Message(to_18(organisation), tuple(event for event in told if event is not None))


def answer(*, acknowledged: bool) -> bytes:
    """Return the answer: what is not acknowledged, Salesforce sends again for 24 hours."""
    word = "true" if acknowledged else "false"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        '<soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<Ack>{word}</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _notification(element: Element) -> Told | None:
    record = element.find(f"{_OUTBOUND}sObject")
    mark = _text(element, f"{_OUTBOUND}Id")
    if record is None or not _ID.fullmatch(mark):
        return None
    kind = record.get(_TYPE, "").rpartition(":")[2]
    ids = (child.text or "" for child in record if child.tag.rpartition("}")[2] == "Id")
    remote_id = next(ids, "").strip()
    if not (_KIND.fullmatch(kind) and _ID.fullmatch(remote_id)):
        return None
    return Told(to_18(remote_id), kind, to_18(mark))


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
