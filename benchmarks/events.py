"""How quickly the doors for events answer, and how soon the other side knows."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import quantiles
from uuid import uuid4

import psutil
from django.core.management import call_command

from benchmarks import company
from benchmarks.box import ROOT, Box
from benchmarks.latency import worker
from connections import doors
from connections.models import Connection
from connections.xero.signature import signature_of
from sandbox.xero.webhooks import key_of_app
from sync.models import Event

PORT = 9413
RATE = 200  # events a second, each in a message of its own
SENDERS = 24
BETWEEN = (1.0, 2.0)
INVOICE, PAYMENT = "Counterpart_Invoice_Status__c", "Counterpart_Payment_Status__c"
"""What the flow that bills tells of an invoice, and what the one of payments does."""


def measure(box: Box, accounts: list[str], count: int, seconds: int) -> Iterator[str]:
    """Send events at the doors' full rate, then let both systems tell of `count` deals; yield
    the figures in sentences.
    """
    with _web() as web:
        tenant, path = _open_doors(box)
        yield _answers(tenant, path, seconds, web)
        call_command("flow", "payment_status", "on")
        with worker(QUICK_LOOK_SECONDS="3600") as _:
            yield from _told(box, accounts, count)
        box.ask("webhooks", method="DELETE")
        box.ask("outbound-messages", method="DELETE")


def _open_doors(box: Box) -> tuple[str, str]:
    """Let both systems tell this server; return Xero's organisation and the path of its door."""
    books = Connection.objects.get(system="xero")
    door = doors.open_for_xero(books, key_of_app())
    path = doors.address(door)
    hook = {"url": f"http://127.0.0.1:{PORT}{path}", "key": key_of_app()}
    status = box.ask("webhooks", hook)["status"]
    assert status == "ok", status
    org = doors.address(doors.open_for_salesforce(Connection.objects.get(system="salesforce")))
    message = {"name": "Won", "endpoint": f"http://127.0.0.1:{PORT}{org}", "becomes": "IsWon"}
    box.ask("outbound-messages", message)
    return books.tenant_id or books.organisation_id, path


def _answers(tenant: str, path: str, seconds: int, web: psutil.Process) -> str:
    """Send at a fixed rate, whatever the answers take, and tell how long they took."""
    before, known = _processor_seconds(web), Event.objects.count()
    took = _send_all(tenant, path, RATE * seconds)
    spent = _processor_seconds(web) - before
    kept = Event.objects.count() - known
    late = sum(each == float("inf") for each in took)
    return (
        f"{RATE} events a second for {seconds} s: {_spread(took)} to the answer, {late} not "
        f"answered 200, {kept} of {len(took)} kept, {1000 * spent / len(took):.1f} ms of "
        "processor time each"
    )


def _send_all(tenant: str, path: str, count: int) -> list[float]:
    due: queue.Queue[float | None] = queue.Queue()
    took: list[float] = []
    began = time.monotonic() + 0.5
    for number in range(count):
        due.put(began + number / RATE)
    threads = [
        threading.Thread(target=_send, args=(tenant, path, due, took)) for _ in range(SENDERS)
    ]
    for thread in threads:
        due.put(None)
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _send(tenant: str, path: str, due: queue.Queue[float | None], took: list[float]) -> None:
    door = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
    while (moment := due.get()) is not None:
        body = _delivery(tenant)
        headers = {"x-xero-signature": signature_of(body, key_of_app())}
        time.sleep(max(0.0, moment - time.monotonic()))
        try:
            door.request("POST", path, body, headers | {"Content-Type": "application/json"})
            answer = door.getresponse()
            answer.read()
            good = answer.status == 200
        except (OSError, http.client.HTTPException):
            door.close()
            good = False
        took.append(time.monotonic() - moment if good else float("inf"))


def _delivery(tenant: str) -> bytes:
    event = {
        "resourceUrl": "https://api.xero.com/api.xro/2.0/Invoices/",
        "resourceId": str(uuid4()),
        "tenantId": tenant,
        "tenantType": "ORGANISATION",
        "eventCategory": "INVOICE",
        "eventType": "UPDATE",
        "eventDateUtc": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
    }
    numbers = {"firstEventSequence": 0, "lastEventSequence": 0}
    return json.dumps({"events": [event], **numbers, "entropy": uuid4().hex}).encode()


def _told(box: Box, accounts: list[str], count: int) -> Iterator[str]:
    deals = company.open_deals(box, accounts, count + 1, "told by events")
    chance, won, paid = random.Random(1), [], []
    company.win(box, deals[:1])
    _seconds_until_told(box, deals[0], "Draft", most=90)  # its processes import for a while
    for deal in deals[1:]:
        time.sleep(chance.uniform(*BETWEEN))
        company.win(box, [deal])
        won.append(_seconds_until_told(box, deal, "Draft"))
        invoice = _invoice(box, deal)
        box.act("xero", "approve", invoice_id=invoice)
        _seconds_until_told(box, deal, "Awaiting payment", PAYMENT)
        box.act("xero", "pay", invoice_id=invoice)
        paid.append(_seconds_until_told(box, deal, "Paid", PAYMENT))
    yield f"“Close won” to the invoice's number in Salesforce, by events: {_spread(won)}"
    yield f"paid in Xero to “Paid” in Salesforce, by events: {_spread(paid)} ({count} deals)"


def _seconds_until_told(
    box: Box, deal: str, status: str, field: str = INVOICE, most: float = 60
) -> float:
    began = time.monotonic()
    while time.monotonic() - began < most:
        if _status(box, deal, field) == status:
            return time.monotonic() - began
        time.sleep(0.05)
    return float("inf")


def _status(box: Box, deal: str, field: str) -> str:
    rows = box.records("salesforce", "Opportunity")
    found = next(row for row in rows if row["Id"] == deal)
    return str(found.get(field))


def _invoice(box: Box, deal: str) -> str:
    rows = box.records("xero", "Invoice")
    mine = (row for row in rows if str(row.get("Reference", "")).endswith(deal))
    return str(next((row["InvoiceID"] for row in mine), ""))


@contextlib.contextmanager
def _web() -> Iterator[psutil.Process]:
    """Run the web pages as in production, but for https, until the block ends."""
    environment = {**os.environ, "WEB_BIND": f"127.0.0.1:{PORT}", "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    with (ROOT / "var" / "bench" / "web.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait()
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait() -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz/web", timeout=5).read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _processor_seconds(process: psutil.Process) -> float:
    every = [process, *process.children(recursive=True)]
    return sum(sum(each.cpu_times()[:2]) for each in every)


def _spread(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=20)
    return f"p50 {1000 * cuts[9]:.0f} ms, p95 {1000 * cuts[18]:.0f} ms"
