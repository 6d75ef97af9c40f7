"""Rows, words, voids, lost answers and two workers in any order: a deal is never billed twice."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest
from django.db.models import F

from sync.core.records import Key
from sync.engine import routing, switching
from sync.models import Link, ReviewSubject, Sent, Unplaced, Write
from tests.fakes.remote import lose

from .places import BILLING, Places, opened

pytestmark = pytest.mark.slow
SEEDS = int(os.environ.get("ROUTING_SEEDS", "6"))
STEPS = 14
ENTITIES = ("UK", "IE", "FR")


def let_keys_die() -> None:
    """Let ten minutes pass over every call made so far."""
    passed = timedelta(minutes=10)
    Sent.objects.update(sent_at=F("sent_at") - passed)
    Write.objects.update(made_at=F("made_at") - passed, sent_at=F("sent_at") - passed)


class Year:
    """What people do to deals, rows and invoices, drawn by a seed."""

    def __init__(self, places: Places, seed: int) -> None:
        self.places, self.draw = places, random.Random(seed)
        self.deals: list[Key] = []
        self.voided: set[str] = set()

    def act(self) -> None:
        """Let one thing happen, then perhaps one of the pairs work."""
        acts = (self.win, self.change, self.publish, self.assign, self.void, self.lose, self.switch)
        self.draw.choice((*acts, self.hear_once))()
        if self.draw.random() < 0.1:
            let_keys_die()
        if self.draw.random() < 0.6:
            self.places.desks[self.place()].work()
        self.check()

    def win(self) -> None:
        entity = self.draw.choice(ENTITIES)
        self.deals.append(self.places.win(len(self.deals) + 1, Legal_Entity__c=entity))

    def change(self) -> None:
        if self.deals:
            key = self.draw.choice(self.deals)
            self.places.change(key, Legal_Entity__c=self.draw.choice(ENTITIES))

    def publish(self) -> None:
        values: tuple[int | str, ...] = (*range(len(self.places.desks)), "ask", "none")
        entities = self.draw.sample(ENTITIES, 2)
        rows = [self.places.row(self.draw.choice(values), Legal_Entity__c=e) for e in entities]
        self.places.publish(*rows)
        routing.published(self.places.org, self.places.desks[0].door)

    def assign(self) -> None:
        if self.deals:
            self.places.assign(self.draw.choice(self.deals), self.place())

    def void(self) -> None:
        desk = self.places.desks[self.place()]
        if desk.invoices():
            invoice = self.draw.choice(desk.invoices())
            desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
            desk.notice(invoice.key)

    def lose(self) -> None:
        xero = self.places.desks[self.place()].xero
        getattr(xero, self.draw.choice(["before", "after"])).append(lose)

    def switch(self) -> None:
        self.turn(self.place(), self.draw.choice(["on", "on", "off", "shadow"]))

    def turn(self, place: int, mode: str) -> None:
        """Switch billing as people do."""
        switching.switch_flow(self.places.pair(place), BILLING, mode, "anna")
        self.places.desks[place].switch.refresh_from_db()

    def place(self) -> int:
        return self.draw.randrange(len(self.places.desks))

    def hear_once(self) -> None:
        """Change what rows ask so that one pair alone hears of it, as of a related record."""
        if self.deals:
            key = self.draw.choice(self.deals)
            entity = self.draw.choice(ENTITIES)
            self.places.salesforce.edit("Opportunity", key.id, Legal_Entity__c=entity)
            self.places.desks[self.place()].notice(key)

    def billed(self, deal: Key) -> int:
        """Return how many living invoices carry a deal's id."""
        every = [one for desk in self.places.desks for one in desk.invoices()]
        return sum(deal.id in str(one.get("Reference")) for one in every)

    def check(self) -> None:
        """Assert that no deal is billed twice."""
        assert all(self.billed(deal) <= 1 for deal in self.deals)

    def end(self) -> None:
        """Let both pairs come to rest, and assert that no deal was lost from sight."""
        for place in range(len(self.places.desks)):
            self.turn(place, "on")
            del self.places.desks[place].xero.before[:], self.places.desks[place].xero.after[:]
        for desk in self.places.desks:
            desk.work()
        let_keys_die()
        self.places.settle(most=40)
        self.check()
        seen = {row.key for row in Unplaced.objects.all()} | {
            Key.parse(subject)
            for subject in ReviewSubject.objects.filter(closed_at=None).values_list(
                "subject", flat=True
            )
        }
        lost = [d for d in self.deals if not self.billed(d) and d not in seen]
        assert not lost, (lost, Link.objects.count())


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_no_deal_is_billed_twice_and_none_is_lost_from_sight(
    db: None, seed: int
) -> None:
    year = Year(opened(2 + seed % 2), seed)
    year.win()
    for _ in range(STEPS):
        year.act()
    year.end()
