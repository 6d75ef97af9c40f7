"""The moves of the people of a town, of time and of bad luck, in any order.

No move depends on what a system has made of the others, or Hypothesis could not repeat a story: one
for which there is nobody does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox.salesforce.errors import RefusedError as SalesforceRefusal
from sandbox.xero.errors import RefusedError as XeroRefusal
from sync.core.desk_questions import SAME
from sync.core.records import Key, System
from sync.engine import deciding, joining, parting, telling, unlinking
from sync.models import Lock, ReviewItem

from .fields import COMPARED
from .ledger import Ledger
from .town import Town
from .words import word

REFUSED = (SalesforceRefusal, XeroRefusal)
NAMES = st.sampled_from(sorted(COMPARED))
PLACE = st.integers(0, 5)
FAULTS: list[dict[str, Any]] = [
    {"lost": "before"},
    {"lost": "after"},
    {"status": 500, "body": "trouble"},
    {"status": 503, "body": "offline"},
    {"rate_limit": "minute", "seconds": 0.2},
]


class TownMachine(RuleBasedStateMachine):
    """Whatever happens in a town, after each settling the ledger finds nothing wrong."""

    town: ClassVar[Town]

    def __init__(self) -> None:
        super().__init__()
        self.town.forget()
        self.ledger = Ledger(self.town)
        self.number = 0
        self.restless = False

    def fresh(self, name: str) -> str:
        """Return a value that nobody has typed before."""
        self.number += 1
        return word(name, self.number)

    def some(self, system: System, place: int, *, alive: bool = True) -> Key | None:
        """Return one of a system's records by its place, or None where there is none."""
        keys = [key for key in self.town.all(system) if self.town.lives(key) is alive]
        return keys[place % len(keys)] if keys else None

    @initialize()
    def begin(self) -> None:
        """Two who are one customer, as every town has them."""
        self.both()
        self.settle()

    @rule()
    def both(self) -> None:
        """Enter a customer in both books, alike."""
        self.restless = True
        values = {n: self.fresh(n) for n in ("name", "email", "tax_number", "billing_city")}
        self.ledger.entered(self.town.account(**values, person=None))
        self.ledger.entered(self.town.contact(**values))

    @rule(names=st.sets(NAMES.filter(lambda n: n not in ("name", "first_name", "last_name"))))
    def sell(self, names: set[str]) -> None:
        """Win the first deal of a new customer."""
        self.restless = True
        values = {name: self.fresh(name) for name in sorted(names)}
        person = {name: self.fresh(name) for name in ("first_name", "last_name")}
        account = self.town.account(name=self.fresh("name"), person=person, **values)
        self.ledger.entered(account)

    @rule(names=st.sets(NAMES.filter(lambda n: n != "name")))
    def bill(self, names: set[str]) -> None:
        """Bill a new customer by hand in Xero."""
        self.restless = True
        values = {name: self.fresh(name) for name in sorted(names)}
        self.ledger.entered(self.town.contact(name=self.fresh("name"), **values))

    @rule(system=st.sampled_from(System), place=PLACE, name=NAMES)
    def edit(self, system: System, place: int, name: str) -> None:
        """Correct a field on one side."""
        key = self.some(system, place)
        if key is not None:
            self._edit(key, name, self.fresh(name))

    @rule(place=PLACE, name=NAMES)
    def edit_both(self, place: int, name: str) -> None:
        """Two people correct the same field of a linked customer, each on one side."""
        links = [k for k in self.town.links() if self.town.lives(k.salesforce_key)]
        links = [k for k in links if self.town.lives(k.xero_key)]
        if links:
            link = links[place % len(links)]
            self._edit(link.salesforce_key, name, self.fresh(name))
            self._edit(link.xero_key, name, self.fresh(name))

    @rule(
        system=st.sampled_from(System),
        place=PLACE,
        name=NAMES.filter(lambda n: n not in ("name", "first_name", "last_name")),
    )
    def clear(self, system: System, place: int, name: str) -> None:
        """Clear a field on one side."""
        key = self.some(system, place)
        if key is not None:
            self._edit(key, name, "")

    def _edit(self, key: Key, name: str, value: str) -> None:
        self.restless = True
        if name in ("first_name", "last_name") and not self._has_person(key):
            return
        self.town.edit(key, **{name: value})
        self.ledger.typed(key, name, value)

    def _has_person(self, key: Key) -> bool:
        return key.system is System.XERO or bool(self.town.person_of(key))

    @rule(system=st.sampled_from(System), winner=PLACE, loser=PLACE)
    def merge(self, system: System, winner: int, loser: int) -> None:
        """Merge two records of one system."""
        kept, gone = self.some(system, winner), self.some(system, loser)
        if kept is None or gone is None or kept == gone:
            return
        self.restless = True
        if system is System.XERO:
            self.town.in_xero("merge_contacts", kept.id, gone.id)
        else:
            self.town.act("merge_accounts", kept.id, gone.id)
        self.ledger.joined(kept, gone)

    @rule(system=st.sampled_from(System), place=PLACE)
    def end(self, system: System, place: int) -> None:
        """Archive a contact, or delete an account."""
        key = self.some(system, place)
        if key is not None:
            self._try(lambda: self._end(key))

    def _end(self, key: Key) -> None:
        if key.system is System.XERO:
            self.town.in_xero("archive_contact", key.id)
        else:
            self.town.act("delete", "Account", key.id)

    @rule(system=st.sampled_from(System), place=PLACE)
    def bring_back(self, system: System, place: int) -> None:
        """Restore what was archived or deleted, or lost a merge."""
        key = self.some(system, place, alive=False)
        if key is not None:
            self._try(lambda: self._restore(key))

    def _restore(self, key: Key) -> None:
        if key.system is System.XERO:
            self.town.in_xero("restore_contact", key.id)
        else:
            self.town.act("restore", "Account", key.id)
        self.ledger.joined(key, key)

    def _try(self, act: Callable[[], None]) -> None:
        self.restless = True
        try:
            act()
        except REFUSED:
            return

    @rule(system=st.sampled_from(System), place=PLACE)
    def lock(self, system: System, place: int) -> None:
        """Keep a record out of sync."""
        key = self.some(system, place)
        if key is not None:
            self.restless = True
            telling.lock(self.town.pair, key, "a dispute", "priya")

    @rule()
    def unlock(self) -> None:
        """Let the records take part again that were kept out of sync."""
        self.restless = True
        for lock in Lock.objects.filter(ended_at=None):
            telling.unlock(lock, "priya")

    @rule(place=PLACE)
    def unlink(self, place: int) -> None:
        """Say that two linked records are not the same after all."""
        links = self.town.links()
        if links:
            self.restless = True
            with suppress(unlinking.CannotUnlink):
                unlinking.unlink(links[place % len(links)].pk, "priya", "they are two")

    @rule(place=PLACE, choice=st.integers(0, 30))
    def answer(self, place: int, choice: int) -> None:
        """Answer one of the questions with one of the answers that it offers."""
        items = self.town.questions()
        if not items:
            return
        self.restless = True
        item = items[place % len(items)]
        offered = [c["value"] for c in item.choices]
        self._answer(item, offered[choice % len(offered)], choice)

    def _answer(self, item: ReviewItem, choice: str, number: int) -> None:
        subjects = list(item.subjects.filter(closed_at=None).values_list("subject", flat=True))
        mark, verb = deciding.mark_of(item), choice.partition(":")[0]
        typed = self.fresh(item.field) if choice == deciding.TYPED else ""
        try:
            if choice == SAME:
                self._join(item, mark, number)
                return
            if verb in parting.VERBS and item.kind == "duplicate":
                parting.part(item.pk, verb, "priya", mark=mark)
            else:
                values = {item.field: typed} if typed else None
                deciding.decide(item.pk, choice, "priya", values=values, mark=mark)
        except deciding.NotOffered:
            return
        for subject in subjects if item.kind == "conflict" else ():
            self.ledger.answered(Key.parse(subject), [item.field], typed)

    def _join(self, item: ReviewItem, mark: str, number: int) -> None:
        primary = {System(name): Key.parse(key) for name, key in item.details["primary"].items()}
        chosen: dict[str, str] = {}
        for name, row in item.details["fields"].items():
            values = sorted({value for value in row["values"].values() if value})
            if len(values) > 1 and name != "person":
                chosen[name] = values[number % len(values)]
        joining.join(item.pk, "priya", primary=primary, chosen=chosen, mark=mark)
        keys = [Key.parse(record["key"]) for record in item.details["records"]]
        for key in keys[1:]:
            self.ledger.joined(keys[0], key)

    @rule(system=st.sampled_from(System), fault=st.sampled_from(FAULTS), times=st.integers(1, 2))
    def bad_luck(self, system: System, fault: dict[str, Any], times: int) -> None:
        """Let the next writes to a system fail."""
        method = "P*"  # PUT, POST and PATCH
        path = "/api.xro/*" if system is System.XERO else "/services/data/*"
        self.town.box.faults.add(
            system=system.value, method=method, path=path, times=times, **fault
        )

    @rule()
    def sync_once(self) -> None:
        """Let one round of work be done, whatever fails."""
        self.restless = True
        self.town.sync()
        self.ledger.note_links()
        if not self.town.unswept and not self.town.waits():
            self.ledger.period += 1  # whatever was typed has been carried out or asked about

    @rule()
    def settle(self) -> None:
        """Let everything be carried out, and look whether all is well."""
        self.town.settle()
        self.town.box.faults.clear()
        self.ledger.settled()
        self.restless = False

    @invariant()
    def nothing_was_given_up(self) -> None:
        """No record is ever given up because of a bug."""
        assert not ReviewItem.objects.filter(cause="bug").exists()

    def teardown(self) -> None:
        """See that all is well at the end, too."""
        if self.restless:
            self.settle()
