"""Xero's webhooks in the sandbox: tried, signed, retried, and astray when told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox import events as events_control
from sandbox.outgoing import BadAddressError
from sandbox.play import presets
from sandbox.server import Box, running
from sandbox.xero import acts
from tests.sandbox.receiver import Message, Receiver, receiving

KEY = "the-webhook-key"


@pytest.fixture
def box() -> Iterator[Box]:
    """Both systems with one organisation in Xero."""
    with running() as box:
        acts.add_organisation(box.world, "Fernhill")
        yield box


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who checks signatures."""
    with receiving() as receiver:
        receiver.answering = checked
        yield receiver


def is_signed(message: Message) -> bool:
    """Return whether a message is signed with the key."""
    right = base64.b64encode(hmac.digest(KEY.encode(), message.body, hashlib.sha256)).decode()
    return message.headers["x-xero-signature"] == right


def checked(message: Message) -> tuple[int, bytes]:
    """Answer 200 to what is signed, 401 to all else."""
    return (200 if is_signed(message) else 401), b""


def contact(box: Box, name: str) -> str:
    """Enter a contact; return its id."""
    return acts.create(box.world, "Contact", {"Name": name}, "")


def events(messages: list[Message]) -> list[dict[str, Any]]:
    """Return the events of the messages."""
    return [event for message in messages for event in json.loads(message.body)["events"]]


def send(box: Box) -> None:
    """Send what is due, at this moment and no other."""
    box.postman.stop()
    box.webhooks.deliver()


def subscribed(box: Box, receiver: Receiver) -> None:
    """Let the receiver pass Xero's tries, and forget them."""
    assert box.webhooks.subscribe(f"{receiver.url}/events", KEY)["status"] == "ok"
    receiver.came.clear()


def test_xero_tries_a_new_address_with_right_and_wrong_signatures(
    box: Box, receiver: Receiver
) -> None:
    assert box.webhooks.subscribe(receiver.url, KEY)["status"] == "ok"
    assert {is_signed(message) for message in receiver.came} == {True, False}
    assert events(receiver.came) == []


@pytest.mark.parametrize(
    "answering",
    [
        lambda _: (200, b""),
        lambda _: (401, b""),
        lambda message: (200 if is_signed(message) else 403, b""),
        lambda message: (200 if is_signed(message) else 401, b"a body"),
    ],
)
def test_who_does_not_tell_signatures_apart_gets_nothing(
    box: Box, receiver: Receiver, answering: Any
) -> None:
    receiver.answering = answering
    assert box.webhooks.subscribe(receiver.url, KEY)["status"] == "intent to receive failed"
    receiver.came.clear()
    contact(box, "Nobody hears of it")
    send(box)
    assert receiver.came == []


def test_a_change_is_told_signed_with_id_and_numbers(box: Box, receiver: Receiver) -> None:
    subscribed(box, receiver)
    key = contact(box, "Harbour Ltd")
    (message,) = receiver.wait_for(1)
    assert is_signed(message)
    (event,) = events([message])
    tenant = box.world.table("xero", "Contact")[key]["TenantID"]
    assert (event["resourceId"], event["tenantId"]) == (key, tenant)
    assert (event["eventCategory"], event["eventType"]) == ("CONTACT", "CREATE")
    body = json.loads(message.body)
    assert body["firstEventSequence"] == body["lastEventSequence"] == 1


def test_the_app_of_one_organisation_hears_of_no_other(box: Box, receiver: Receiver) -> None:
    box.postman.stop()
    hooks = box.hooks["sandbox-xero-australia"]
    tenant = acts.add_organisation(box.world, "Fernhill Surveys Pty Ltd", "AU")
    assert hooks.subscribe(f"{receiver.url}/events", KEY)["status"] == "ok"
    receiver.came.clear()
    contact(box, "Harbour Ltd")
    key = acts.create(box.world, "Contact", {"Name": "Yarra Bend"}, tenant)
    hooks.deliver()
    (message,) = receiver.came
    (event,) = events([message])
    assert (event["resourceId"], event["tenantId"]) == (key, tenant)
    assert box.webhooks.hook is None


def test_what_failed_comes_again_at_once_and_then_in_fifteen_minutes(
    box: Box, receiver: Receiver
) -> None:
    subscribed(box, receiver)
    box.world.clock.freeze()
    receiver.answering = lambda _: (503, b"")
    contact(box, "Harbour Ltd")
    send(box)
    assert len(receiver.came) == 1
    send(box)
    assert len(receiver.came) == 2
    receiver.answering = checked
    box.world.clock.advance(15 * 60 - 1)
    send(box)
    assert len(receiver.came) == 2
    box.world.clock.advance(1)
    send(box)
    told = events(receiver.came)
    assert (len(told), len({event["eventDateUtc"] for event in told})) == (3, 1)
    assert box.webhooks.waiting == 0


def test_after_a_day_the_webhook_is_off_and_what_waits_comes_when_it_is_on_again(
    box: Box, receiver: Receiver
) -> None:
    subscribed(box, receiver)
    receiver.answering = lambda _: (503, b"")
    contact(box, "Harbour Ltd")
    send(box)
    send(box)
    box.world.clock.advance(25 * 3600)
    send(box)
    assert len(receiver.came) == 3
    assert box.webhooks.hook is not None
    assert box.webhooks.hook["status"] == "disabled"
    receiver.answering = checked
    receiver.came.clear()
    assert box.webhooks.enable()["status"] == "ok"
    send(box)
    assert len(events(receiver.came)) == 1


def test_missing_messages_leave_a_gap_in_the_numbers(box: Box, receiver: Receiver) -> None:
    subscribed(box, receiver)
    contact(box, "First")
    send(box)
    box.world.set_setting("xero", "event_troubles", {"missing": 1})
    contact(box, "Second")
    send(box)
    box.world.set_setting("xero", "event_troubles", None)
    contact(box, "Third")
    send(box)
    numbers = [json.loads(message.body)["firstEventSequence"] for message in receiver.came]
    assert numbers == [1, 3]


def test_doubled_messages_come_twice_with_the_same_numbers(box: Box, receiver: Receiver) -> None:
    subscribed(box, receiver)
    box.world.set_setting("xero", "event_troubles", {"doubled": 1})
    contact(box, "Harbour Ltd")
    first, second = (json.loads(message.body) for message in receiver.wait_for(2))
    assert first["events"] == second["events"]
    assert first["firstEventSequence"] == second["firstEventSequence"]
    assert first["entropy"] != second["entropy"]


def test_late_messages_overtake_each_other(box: Box, receiver: Receiver) -> None:
    subscribed(box, receiver)
    box.world.clock.freeze()
    box.world.set_setting("xero", "event_troubles", {"late_seconds": 600, "together": 1})
    for number in range(20):
        contact(box, f"Contact {number}")
    send(box)
    for _ in range(60):
        box.world.clock.advance(10)
        send(box)
    numbers = [json.loads(message.body)["firstEventSequence"] for message in receiver.came]
    assert sorted(numbers) == list(range(1, 21))
    assert numbers != sorted(numbers)


def test_events_go_to_this_machine_alone(box: Box) -> None:
    with pytest.raises(BadAddressError):
        box.webhooks.subscribe("https://example.com/events", KEY)


def test_the_queue_outlives_the_sandbox(receiver: Receiver, tmp_path: Any) -> None:
    with running(state=tmp_path) as box:
        acts.add_organisation(box.world, "Fernhill")
        subscribed(box, receiver)
        receiver.answering = lambda _: (503, b"")
        contact(box, "Harbour Ltd")
        send(box)
        send(box)
    receiver.answering = checked
    with running(state=tmp_path) as box:
        box.world.clock.advance(15 * 60)
        assert len(events(receiver.wait_for(3))) == 3


def test_the_page_lets_events_go_astray_and_says_how_they_stand(
    box: Box, receiver: Receiver
) -> None:
    subscribed(box, receiver)
    presets.start(box.world, box.faults, "xero-astray")
    assert box.world.setting("xero", "event_troubles")["missing"] > 0
    assert events_control.words(box) == ["Xero’s webhook: ok, 0 sent, 0 wait."]
    presets.end(box.world, box.faults)
    assert not box.world.setting("xero", "event_troubles")


def test_the_control_api_enters_shows_and_removes_a_webhook(box: Box, receiver: Receiver) -> None:
    control = f"{box.control_url}/control/webhooks"
    made = requests.post(control, json={"url": receiver.url, "key": KEY}, timeout=10)
    assert made.json() == {"status": "ok"}
    contact(box, "Harbour Ltd")
    receiver.wait_for(5)
    shown = requests.get(control, timeout=10).json()
    assert shown["webhook"]["status"] == "ok"
    assert KEY not in str(shown)
    other = f"{control}?client=sandbox-xero-australia"
    assert requests.get(other, timeout=10).json()["webhook"] == {}
    body = {"url": receiver.url, "key": KEY, "client": "sandbox-xero-australia"}
    assert requests.post(control, json=body, timeout=10).json() == {"status": "ok"}
    assert requests.get(other, timeout=10).json()["webhook"]["status"] == "ok"
    requests.delete(other, timeout=10)
    assert requests.get(f"{control}?client=nobody", timeout=10).status_code == 400
    bad = requests.post(control, json={"url": "https://example.com", "key": KEY}, timeout=10)
    assert bad.status_code == 400
    assert requests.delete(control, timeout=10).json()["webhook"] == {}
