"""Xero's webhooks: events of changed records, signed, tried first and retried as Xero does."""

import base64
import hashlib
import hmac
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import simplejson

from sandbox.outgoing import Answer, Log, check_address, post, troubles
from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.books import ID_FIELDS, SYSTEM
from sandbox.xero.clients import CLIENTS, USUAL_CLIENT, custom_tenant, find_client
from sandbox.xero.rendering import updated_text
from sandbox.xero.stamps import instant, stamp

CATEGORIES = {
    "CONTACT": "Contact",
    "INVOICE": "Invoice",
    "CREDITNOTE": "CreditNote",
    "PREPAYMENT": "Prepayment",
    "OVERPAYMENT": "Overpayment",
    "PAYMENT": "Payment",
}
PATHS = {"CREDITNOTE": "CreditNotes"}
AGAIN = timedelta(minutes=15)  # after one retry at once
GIVES_UP = timedelta(hours=24)
KEPT = timedelta(days=31)
SECONDS = 5.0  # within which it is to be answered
TOGETHER = 50  # events in one message
_QUEUE = "xero/webhooks"  # the queue outlives the process, beside the records


class Webhooks:
    """The one webhook of an app. It tells of all organisations, or of the one the app is for."""

    def __init__(self, world: World, client_id: str = USUAL_CLIENT) -> None:
        self._world = world
        self._client = client_id
        suffix = "" if client_id == USUAL_CLIENT else f" {client_id}"
        self._setting = f"webhook{suffix}"
        self._queue_name = f"{_QUEUE}{suffix}"
        self._fresh: list[dict[str, Any]] = []
        self._chance = random.Random(0)
        self._last: dict[str, str] = {}
        self.log = Log()
        for category, kind in CATEGORIES.items():
            self._watch(category, kind)

    @property
    def hook(self) -> dict[str, Any] | None:
        """What is subscribed: address, categories, and how it stands."""
        found: dict[str, Any] | None = self._world.setting(SYSTEM, self._setting)
        return found

    @property
    def waiting(self) -> int:
        """Messages on their way."""
        return len(self._queue)

    def subscribe(self, url: str, key: str, categories: list[str] | None = None) -> dict[str, Any]:
        """Enter an address and a key; Xero tries it at once. Raises BadAddressError, ValueError."""
        wanted = categories or ["CONTACT", "INVOICE"]
        if unknown := set(wanted) - set(CATEGORIES):
            raise ValueError(f"Xero has no events of {', '.join(sorted(unknown))}.")
        hook = {"url": check_address(url), "key": key, "categories": wanted}
        self._world.set_setting(
            SYSTEM, self._setting, {**hook, "status": "intent to receive required"}
        )
        return self.enable()

    def enable(self) -> dict[str, Any]:
        """Try the address: right and wrong signatures must be told apart. Kept events go out."""
        hook = self.hook
        if hook is None:
            raise ValueError("No webhook is entered.")
        good = self._tries_well(hook)
        status = "ok" if good else "intent to receive failed"
        self._world.set_setting(SYSTEM, self._setting, {**hook, "status": status})
        if good:
            with self._world.lock:
                for number, message in list(self._queue.items()):
                    self._queue[number] = {**message, "due": self._now(), "tries": 0}
        return {"status": status}

    def remove(self) -> None:
        """Take the webhook away, with what waits."""
        with self._world.lock:
            self._world.set_setting(SYSTEM, self._setting, None)
            for number in list(self._queue):
                del self._queue[number]

    def deliver(self) -> None:
        """Put new events into messages, and send those that are due."""
        hook = self.hook
        with self._world.lock:
            fresh, self._fresh = self._fresh, []
            if hook and fresh:
                self._enqueue(fresh)
            now = self._world.clock.now()
            due = [n for n, m in self._queue.items() if instant(m["due"]) <= now]
        if hook is None or hook["status"] != "ok":
            return
        for number in due:
            if not self._send(hook, number):
                break

    @property
    def _queue(self) -> Any:
        return self._world.table(self._queue_name, "Message")

    def _now(self) -> str:
        return stamp(self._world.clock.now())

    def _watch(self, category: str, kind: str) -> None:
        begun = False

        def changed(key: str, old: Record | None, new: Record | None) -> None:
            hook = self.hook if begun and new is not None else None
            if new is None or hook is None or category not in hook["categories"]:
                return
            if not self._is_for(str(new["TenantID"])):
                return
            if old is None or old.get("UpdatedDateUTC") != new.get("UpdatedDateUTC"):
                self._fresh.append(self._event(category, kind, new, creates=old is None))

        self._world.table(SYSTEM, kind).watch(changed)
        begun = True

    def _is_for(self, tenant: str) -> bool:
        client = find_client(self._world, self._client)
        if client is None:
            return False
        return "tenant" not in client or custom_tenant(self._world, client) == tenant

    def _event(self, category: str, kind: str, record: Record, *, creates: bool) -> dict[str, Any]:
        key = str(record[ID_FIELDS.get(kind, f"{kind}ID")])
        event = {
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/{kind}s/{key}",
            "resourceId": key,
            "tenantId": record["TenantID"],
            "tenantType": "ORGANISATION",
            "eventCategory": category,
            "eventType": "CREATE" if creates else "UPDATE",
            "eventDateUtc": self._moment(key),
        }
        if category in ("CREDITNOTE", "PREPAYMENT"):
            event["data"] = {"Type": record.get("Type"), "Status": record.get("Status")}
        if category == "PREPAYMENT":
            event["data"]["UpdatedDateUTCString"] = updated_text(record)
        return event

    def _moment(self, key: str) -> str:
        """The time to the millisecond; never the same twice for a record, clocks may stand."""
        moment = max(self._now()[:-1], self._last.get(key, ""))
        if moment == self._last.get(key):
            later = datetime.fromisoformat(f"{moment}+00:00") + timedelta(milliseconds=1)
            moment = stamp(later)[:-1]
        self._last[key] = moment
        return moment

    def _enqueue(self, events: list[dict[str, Any]]) -> None:
        wrong = troubles(self._world, SYSTEM)
        late, together = float(wrong.get("late_seconds", 0)), int(wrong.get("together", TOGETHER))
        for start in range(0, len(events), together):
            part = events[start : start + together]
            numbers = [self._world.next_number(self._queue_name, "sequence") for _ in part]
            if self._chance.random() < float(wrong.get("missing", 0)):
                continue
            twice = self._chance.random() < float(wrong.get("doubled", 0))
            for _ in range(2 if twice else 1):
                name = f"{self._world.next_number(self._queue_name, 'message'):012}"
                now = self._world.clock.now()
                self._queue[name] = {
                    "events": part,
                    "first": numbers[0],
                    "last": numbers[-1],
                    "made": stamp(now),
                    "due": stamp(now + timedelta(seconds=self._chance.uniform(0, late))),
                    "tries": 0,
                }

    def _send(self, hook: dict[str, Any], number: str) -> bool:
        """Send one message; whether the webhook is still on afterwards."""
        message = self._queue.get(number)
        if message is None:
            return True
        answer = _post(hook, message["events"], message["first"], message["last"], hook["key"])
        self._note(message, answer)
        with self._world.lock:
            if answer.status == 200:
                self._queue.pop(number, None)
                return True
            now, made = self._world.clock.now(), instant(message["made"])
            if now - made >= KEPT:
                self._queue.pop(number, None)
            tries = message["tries"] + 1
            due = now if tries == 1 else now + AGAIN
            self._queue[number] = {**message, "tries": tries, "due": stamp(due)}
            if now - made < GIVES_UP:
                return True
            self._world.set_setting(SYSTEM, self._setting, {**hook, "status": "disabled"})
        return False

    def _note(self, message: dict[str, Any], answer: Answer) -> None:
        self.log.add(
            time=self._now(),
            first=message["first"],
            last=message["last"],
            ids=[event["resourceId"] for event in message["events"]],
            tries=message["tries"] + 1,
            status=answer.status,
        )

    def _tries_well(self, hook: dict[str, Any]) -> bool:
        """Whether the address tells signatures apart, without bodies and cookies."""
        for key in (hook["key"], f"{hook['key']}x", hook["key"], "another"):
            answer = _post(hook, [], 0, 0, key)
            names = {name.lower() for name in answer.headers}
            wanted = 200 if key == hook["key"] else 401
            if answer.status != wanted or answer.body or "set-cookie" in names:
                return False
        return True


def key_of_app() -> str:
    """A webhook key that is always the same for the sandbox's app, as its secret is."""
    secret = str(CLIENTS[USUAL_CLIENT]["secret"])
    return base64.b64encode(hashlib.sha512(secret.encode()).digest()).decode()


def _post(
    hook: dict[str, Any], events: list[dict[str, Any]], first: int, last: int, key: str
) -> Answer:
    message = {
        "events": events,
        "firstEventSequence": first,
        "lastEventSequence": last,
        "entropy": uuid4().hex[:20].upper(),
    }
    body = simplejson.dumps(message).encode()
    signature = base64.b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()
    headers = {"Content-Type": "application/json", "x-xero-signature": signature}
    return post(hook["url"], body, headers, SECONDS)
