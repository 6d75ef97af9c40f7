"""Salesforce's outbound messages: the ids of records that came to meet a condition."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from sandbox.outgoing import Answer, Log, check_address, post, troubles
from sandbox.salesforce import stamps
from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.defaults import ensure_org
from sandbox.salesforce.ids import make_id
from sandbox.store import Record
from sandbox.world import World

MOST = 100  # notifications in a message
SECONDS = 60.0  # within which it is to be answered
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=2)
GIVES_UP = timedelta(hours=24)
KINDS = ("Account", "Contact", "Opportunity")
_QUEUE = "salesforce/outbound"
_RECORDS = "urn:sobject.enterprise.soap.sforce.com"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<soapenv:Body>\n'
    '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">\n'
)
_FOOT = "</notifications>\n</soapenv:Body>\n</soapenv:Envelope>\n"


class Outbound:
    """The org's outbound messages, and the notifications on their way."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._fresh: list[tuple[str, str, str, str]] = []  # message, kind, id, stamp
        self._chance = random.Random(0)
        self.log = Log()
        for kind in KINDS:
            self._watch(kind)

    @property
    def messages(self) -> dict[str, dict[str, Any]]:
        """The messages by name: kind, address, fields, and the field that must become true."""
        found: dict[str, dict[str, Any]] = self._world.setting(SYSTEM, "outbound_messages") or {}
        return found

    @property
    def waiting(self) -> int:
        """Notifications on their way."""
        return len(self._queue)

    def add(
        self,
        name: str,
        endpoint: str,
        kind: str = "Opportunity",
        becomes: str = "",
        fields: Iterable[str] = (),
    ) -> dict[str, Any]:
        """Send a message whenever a record is saved, or only when `becomes` comes to be true.

        Raises BadAddressError, ValueError.
        """
        if kind not in KINDS:
            raise ValueError(f"Messages are of {', '.join(KINDS)}.")
        message = {
            "kind": kind,
            "endpoint": check_address(endpoint),
            "becomes": becomes,
            "fields": list(fields),
        }
        self._world.set_setting(SYSTEM, "outbound_messages", {**self.messages, name: message})
        return message

    def remove(self) -> None:
        """Take all messages away, with what waits."""
        with self._world.lock:
            self._world.set_setting(SYSTEM, "outbound_messages", {})
            for number in list(self._queue):
                del self._queue[number]

    def deliver(self) -> None:
        """Put new notifications into the queue, and send those that are due."""
        with self._world.lock:
            fresh, self._fresh = self._fresh, []
            self._enqueue(fresh)
            now = self._world.clock.now()
            due = [n for n, one in self._queue.items() if stamps.read(one["due"]) <= now]
            parts = [
                (name, mine[start : start + MOST])
                for name in self.messages
                for mine in [[n for n in due if self._queue[n]["message"] == name]]
                for start in range(0, len(mine), MOST)
            ]
        for name, numbers in parts:
            self._send(name, numbers)

    @property
    def _queue(self) -> Any:
        return self._world.table(_QUEUE, "Notification")

    def _watch(self, kind: str) -> None:
        begun = False

        def changed(key: str, old: Record | None, new: Record | None) -> None:
            if not begun or new is None or new.get("IsDeleted"):
                return
            for name, message in self.messages.items():
                field = message["becomes"]
                meets = not field or (new.get(field) and not (old or {}).get(field))
                if message["kind"] == kind and meets and _is_saved(old, new):
                    self._fresh.append((name, kind, key, str(new["SystemModstamp"])))

        self._world.table(SYSTEM, kind).watch(changed)
        begun = True

    def _enqueue(self, fresh: list[tuple[str, str, str, str]]) -> None:
        """Keep notifications of what was committed: what was taken back has its old stamp."""
        wrong = troubles(self._world, SYSTEM)
        now = self._world.clock.now()
        late = float(wrong.get("late_seconds", 0))
        for name, kind, key, stamp in fresh:
            record = self._world.table(SYSTEM, kind).get(key)
            if record is None or str(record["SystemModstamp"]) < stamp:
                continue
            if self._chance.random() < float(wrong.get("missing", 0)):
                continue
            number = make_id("04l", self._world.next_number(_QUEUE, "notification"))
            self._queue[number] = {
                "message": name,
                "kind": kind,
                "id": key,
                "made": stamps.write(now),
                "due": stamps.write(now + timedelta(seconds=self._chance.uniform(0, late))),
                "tries": 0,
            }

    def _send(self, name: str, numbers: list[str]) -> None:
        message = self.messages.get(name)
        with self._world.lock:
            rows = {number: self._queue[number] for number in numbers if number in self._queue}
            if message is None or not rows:
                return
            body = self._envelope(message, rows)
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        wrong = troubles(self._world, SYSTEM)
        twice = self._chance.random() < float(wrong.get("doubled", 0))
        for _ in range(2 if twice else 1):
            answer = post(message["endpoint"], body, headers, SECONDS)
        self._note(name, rows, answer)
        with self._world.lock:
            for number, row in rows.items():
                self._settle(number, row, acknowledged=_is_acknowledged(answer))

    def _settle(self, number: str, row: Record, *, acknowledged: bool) -> None:
        now = self._world.clock.now()
        if acknowledged or now - stamps.read(row["made"]) >= GIVES_UP:
            self._queue.pop(number, None)
            return
        wait = min(FIRST_WAIT * 2 ** row["tries"], LONGEST_WAIT)
        later = {"tries": row["tries"] + 1, "due": stamps.write(now + wait)}
        self._queue[number] = {**row, **later}

    def _envelope(self, message: Record, rows: dict[str, Record]) -> bytes:
        org = ensure_org(self._world)
        key = next(iter(org.table("Organization")))
        told = "".join(self._notification(number, row, message) for number, row in rows.items())
        parts = (
            f"<OrganizationId>{key}</OrganizationId>\n<ActionId>{make_id('04k', 1)}</ActionId>\n"
            '<SessionId xsi:nil="true"/>\n<EnterpriseUrl>https://fernhill.example/c/67.0</EnterpriseUrl>\n'
            "<PartnerUrl>https://fernhill.example/u/67.0</PartnerUrl>\n"
        )
        return f"{_HEAD}{parts}{told}{_FOOT}".encode()

    def _notification(self, number: str, row: Record, message: Record) -> str:
        """The record as it is now, not as it was; without fields where it is deleted."""
        record = ensure_org(self._world).alive(row["kind"], row["id"]) or {}
        names = ["Id", *(n for n in message["fields"] if n != "Id")]
        told = "".join(
            f"<sf:{n}>{escape(str(record[n]))}</sf:{n}>\n"
            for n in names
            if record.get(n) is not None
        )
        return (
            f"<Notification>\n<Id>{number}</Id>\n"
            f'<sObject xsi:type="sf:{row["kind"]}" xmlns:sf="{_RECORDS}">\n'
            f"{told}</sObject>\n</Notification>\n"
        )

    def _note(self, name: str, rows: dict[str, Record], answer: Answer) -> None:
        self.log.add(
            time=self._world.clock.now().isoformat(),
            message=name,
            ids=[row["id"] for row in rows.values()],
            tries=1 + min(row["tries"] for row in rows.values()),
            status=answer.status,
            acknowledged=_is_acknowledged(answer),
        )


def _is_saved(old: Record | None, new: Record) -> bool:
    return old is None or old.get("LastModifiedDate") != new.get("LastModifiedDate") or old != new


def _is_acknowledged(answer: Answer) -> bool:
    return answer.status == 200 and b"<Ack>true</Ack>" in answer.body
