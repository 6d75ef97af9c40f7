"""What people typed, and when: the judge of whether an edit was lost or a value invented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sync.core.records import Key
from sync.models import Lock, ReviewSubject

from .fields import COMPARED, alike
from .town import Town


@dataclass(frozen=True)
class Edit:
    """One value that a person typed, in a period between two settlings."""

    value: str
    moment: int
    period: int


@dataclass
class Ledger:
    """Every edit by record and field, every answer, and who was ever one customer."""

    town: Town
    moment: int = 0
    period: int = 0
    edits: dict[tuple[Key, str], list[Edit]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[tuple[Key, str], int] = field(default_factory=dict)
    together: dict[Key, set[Key]] = field(default_factory=lambda: defaultdict(set))
    linked: dict[frozenset[Key], int] = field(default_factory=dict)
    merged: dict[Key, int] = field(default_factory=dict)
    people: set[Key] = field(default_factory=set)

    def entered(self, key: Key) -> None:
        """Note that a person entered a record, with whatever it says now."""
        self.people.add(key)
        for name, value in self.town.values(key).items():
            self.typed(key, name, value)

    def typed(self, key: Key, name: str, value: str) -> None:
        """Note that a person typed a value into a field."""
        self.moment += 1
        self.edits[key, name].append(Edit(value, self.moment, self.period))

    def answered(self, key: Key, names: Iterable[str] = COMPARED, value: str = "") -> None:
        """Note that a person decided what a customer's fields are to be."""
        self.moment += 1
        for one in self.customer(key):
            for name in names:
                self.answers[one, name] = self.moment
                if value:
                    self.edits[one, name].insert(0, Edit(value, 0, -1))

    def joined(self, one: Key, other: Key) -> None:
        """Note that a person merged two records: whatever both say was typed for one customer."""
        self.moment += 1
        self.together[one].add(other)
        self.together[other].add(one)
        for key in self.customer(one):
            self.merged[key] = self.moment

    def note_links(self) -> None:
        """Take note of who is linked by now."""
        for link in self.town.links():
            ours, theirs = link.salesforce_key, link.xero_key
            self.together[ours].add(theirs)
            self.together[theirs].add(ours)
            self.linked.setdefault(frozenset({ours, theirs}), self.period)

    def settled(self) -> None:
        """Judge everything once all is carried out, and begin a new period."""
        self.note_links()
        self._nothing_is_invented()
        self._no_edit_is_lost()
        self._both_sides_are_equal()
        self._nobody_is_made_twice()
        self.period += 1

    def customer(self, key: Key) -> set[Key]:
        """Return every record that was ever one customer with this one."""
        found, wait = {key}, [key]
        while wait:
            fresh = self.together[wait.pop()] - found
            found |= fresh
            wait += fresh
        return found

    def _living(self) -> Iterator[Key]:
        for system in ("salesforce", "xero"):
            for key in self.town.all(type(next(iter(self.people)).system)(system)):
                if self.town.lives(key):
                    yield key

    def _nothing_is_invented(self) -> None:
        for key in self._living() if self.people else ():
            for name, value in self.town.values(key).items():
                known = {e.value for k in self.customer(key) for e in self.edits[k, name]}
                told = not value or any(alike(name, value, one) for one in known)
                assert told, f"{key} {name}: {value!r} was typed by nobody; {known}"

    def _no_edit_is_lost(self) -> None:
        for (key, name), edits in list(self.edits.items()):
            typed = [edit for edit in edits if edit.moment]
            if not typed or not self.town.lives(key):
                continue
            last, now = typed[-1], self.town.values(key)[name]
            if alike(name, now, last.value) or not last.value:
                continue
            why = f"{key} {name}: {last.value!r} became {now!r}"
            assert self._may_go(key, name, last), why

    def _may_go(self, key: Key, name: str, last: Edit) -> bool:
        """Return whether a later word of a person stands against an edit."""
        if self.answers.get((key, name), 0) > last.moment or self.merged.get(key, 0) > last.moment:
            return True
        for other in self.customer(key) - {key}:
            since = self.linked.get(frozenset({key, other}), -1)
            later = max(last.period, since)
            if any(e.period > later and e.value for e in self.edits[other, name]):
                return True
        return False

    def _both_sides_are_equal(self) -> None:
        asked = {
            Key.parse(subject)
            for subject in ReviewSubject.objects.filter(closed_at=None).values_list(
                "subject", flat=True
            )
        }
        locked = {lock.key for lock in Lock.objects.filter(ended_at=None)}
        for link in self.town.links():
            both = (link.salesforce_key, link.xero_key)
            if {*both} & (asked | locked) or not all(self.town.lives(key) for key in both):
                continue
            ours, theirs = (self.town.values(key) for key in both)
            for name in COMPARED:
                equal = alike(name, ours[name], theirs[name])
                assert equal or self._left_apart(both, name, (ours[name], theirs[name])), (
                    f"{both} {name}: {ours[name]!r} and {theirs[name]!r}, and nothing is asked"
                )

    def _left_apart(self, both: tuple[Key, Key], name: str, values: tuple[str, str]) -> bool:
        """Return whether a person let the two differ, or cleared the one that is empty."""
        if any(self.answers.get((key, name)) for key in both):
            return True
        empty = [key for key, value in zip(both, values, strict=True) if not value]
        return any(not e.value for key in empty for e in self.edits[key, name] if e.period >= 0)

    def _nobody_is_made_twice(self) -> None:
        made: dict[str, list[Key]] = defaultdict(list)
        for key in self._living() if self.people else ():
            if key not in self.people:
                raw = self.town.raw(key)
                by = raw.get("ContactNumber") or raw.get("Counterpart_Xero_Contact_Id__c")
                assert by, f"{key} was made for nobody"
                made[str(by)].append(key)
        twice = {by: keys for by, keys in made.items() if len(keys) > 1}
        assert not twice, twice
