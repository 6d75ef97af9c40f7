"""Salesforce's outbound messages in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from defusedxml import ElementTree

from sandbox.salesforce import acts
from sandbox.server import Box, running
from tests.sandbox.receiver import Message, Receiver, receiving

ACK = b"<e><Ack>true</Ack></e>"
NAMES = {
    "out": "http://soap.sforce.com/2005/09/outbound",
    "sf": "urn:sobject.enterprise.soap.sforce.com",
}


@pytest.fixture
def box() -> Iterator[Box]:
    """An org with an outbound message for won deals."""
    with running() as box:
        yield box


@pytest.fixture
def receiver(box: Box) -> Iterator[Receiver]:
    """Somebody who acknowledges."""
    with receiving() as receiver:
        receiver.answering = lambda _: (200, ACK)
        box.outbound.add("Won", f"{receiver.url}/won", becomes="IsWon", fields=["StageName"])
        yield receiver


def deal(box: Box) -> str:
    """Enter an open deal; return its id."""
    values = {"Name": "Survey", "StageName": "Prospecting", "CloseDate": "2026-11-19"}
    return acts.create(box.world, "Opportunity", values)


def send(box: Box) -> None:
    """Send what is due, at this moment and no other."""
    box.postman.stop()
    box.outbound.deliver()


def read(message: Message) -> list[tuple[str, dict[str, str]]]:
    """Return each notification's id with the fields of its record."""
    found = ElementTree.fromstring(message.body).iterfind(".//out:Notification", NAMES)
    return [
        (
            str(one.findtext("out:Id", namespaces=NAMES)),
            {e.tag.split("}")[1]: str(e.text) for e in one.iterfind("out:sObject/sf:*", NAMES)},
        )
        for one in found
    ]


def test_a_deal_that_comes_to_be_won_is_told_once(box: Box, receiver: Receiver) -> None:
    key = deal(box)
    acts.close_won(box.world, key)
    (message,) = receiver.wait_for(1)
    ((number, fields),) = read(message)
    assert number.startswith("04l")
    assert fields == {"Id": key, "StageName": "Closed Won"}
    assert b'<SessionId xsi:nil="true"/>' in message.body
    acts.edit(box.world, "Opportunity", key, {"Name": "Still won"})
    send(box)
    assert len(receiver.came) == 1


def test_a_save_that_is_refused_tells_nobody(box: Box, receiver: Receiver) -> None:
    key = deal(box)
    rule = {"kind": "Opportunity", "field": "Name", "op": "=", "value": "Bad", "message": "No."}
    box.world.set_setting("salesforce", "validation_rules", [rule])
    with pytest.raises(ValueError, match="No"):
        acts.edit(box.world, "Opportunity", key, {"Name": "Bad", "StageName": "Closed Won"})
    send(box)
    assert receiver.came == []


def test_without_an_ack_it_comes_again_ever_later_and_is_dropped_after_a_day(
    box: Box, receiver: Receiver
) -> None:
    receiver.answering = lambda _: (200, b"<Ack>false</Ack>")
    box.world.clock.freeze()
    key = deal(box)
    acts.close_won(box.world, key)
    send(box)
    for tries, seconds in ((1, 15), (2, 30), (3, 60)):
        box.world.clock.advance(seconds - 1)
        send(box)
        assert len(receiver.came) == tries
        box.world.clock.advance(1)
        send(box)
        assert len(receiver.came) == tries + 1
    assert {number for message in receiver.came for number, _ in read(message)} == {
        read(receiver.came[0])[0][0]
    }
    box.world.clock.advance(25 * 3600)
    send(box)
    assert len(receiver.came) == 5
    assert box.outbound.waiting == 0


def test_a_repeat_tells_the_record_as_it_is_now(box: Box, receiver: Receiver) -> None:
    receiver.answering = lambda _: (503, b"")
    key = deal(box)
    acts.close_won(box.world, key)
    send(box)
    acts.reopen(box.world, key)
    box.world.clock.advance(20)
    send(box)
    assert read(receiver.came[1])[0][1]["StageName"] == "Negotiation/Review"
    acts.delete(box.world, "Opportunity", key)
    box.world.clock.advance(40)
    send(box)
    assert read(receiver.came[2])[0][1] == {}


def test_a_hundred_notifications_go_together_and_more_do_not(box: Box, receiver: Receiver) -> None:
    keys = [deal(box) for _ in range(130)]
    with box.world.lock:
        for key in keys:
            acts.close_won(box.world, key)
    sizes = [len(read(message)) for message in receiver.wait_for(2)]
    assert sorted(sizes) == [30, 100]
