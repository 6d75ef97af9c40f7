"""A couple: the two records of one thing, and what each step has found out about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .agreed import Agreed, Merged
from .flow import Shared
from .matching import Candidate, Match, Outcome
from .questions import Question
from .records import Key, Record, System

ANYWAY = "*"
"""What an answer is given for that holds whatever the values are by then."""
AFRESH = "afresh"
"""The fact that a couple is only tried out: nothing stays as an earlier record was made."""
LASTING = ("use:", "new", "same")
"""The choices of who a record is: they are answered for good."""


@dataclass(frozen=True)
class LinkFacts:
    """What the stored link says: its counterpart, the agreed values and the generation."""

    counterpart: Key
    agreed: Agreed
    generation: int = 1
    agreed_at: str = ""
    """When the agreed values were last written down (ISO, UTC)."""


@dataclass(frozen=True)
class Decision:
    """A person's answer to a question of this subject; `about` is what it was given for.

    `values` has what was typed or chosen field by field, as shared values.
    """

    cause: str
    choice: str
    about: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Routed:
    """Where a subject belongs, where its connection stands in several pairs.

    `pair` is the pair's primary key where it is known, `name` what it is called. While the subject
    has no living counterpart here, nothing is made of it for the `reason`, in words, or until the
    `question` is answered. `twice` is asked instead where one was found here although another
    pair has its own. `doubt` is asked while one lives here although it belongs elsewhere.
    `nowhere` tells that no other pair makes anything of it either; `asker` is the pair that is to
    ask where it belongs and does not yet.
    """

    pair: int = 0
    reason: str = ""
    question: Question | None = None
    twice: Question | None = None
    doubt: Question | None = None
    nowhere: bool = False
    asker: int = 0


@dataclass(frozen=True)
class Couple:
    """One subject on its way through the steps. Each step returns a fuller copy.

    `salesforce` and `xero` are the two records; either may be missing. The subject is Salesforce's
    but for a Xero record that has no partner yet.
    `needs` has the match of every needed record by its name (`contact`). `shared` has both
    sides' shared values after mapping, `merged` the outcome of the merge.
    """

    subject: Key
    salesforce: Record | None = field(default=None, hash=False)
    xero: Record | None = field(default=None, hash=False)
    link: LinkFacts | None = field(default=None, hash=False)
    match: Match | None = field(default=None, hash=False)
    needs: Mapping[str, Match] = field(default_factory=dict, hash=False)
    decisions: Mapping[str, Decision] = field(default_factory=dict, hash=False)
    shared: Mapping[System, Shared] = field(default_factory=dict, hash=False)
    merged: Merged | None = field(default=None, hash=False)
    questions: tuple[Question, ...] = field(default=(), hash=False)
    locked: str = ""
    """Why a person keeps one of the two out of sync, in words."""
    twins: tuple[Candidate, ...] = field(default=(), hash=False)
    """Other living records that name the subject as theirs, though it is linked already."""
    taken: frozenset[System] = frozenset()
    """The systems in which a third record carries the id of this one's partner."""
    yields: bool = False
    """Whether a contact of another organisation came first: it alone fills what Xero owns."""
    leads: frozenset[str] = frozenset()
    """The contacts of other organisations in whose place this one fills what Xero owns."""
    routed: Routed | None = field(default=None, hash=False)
    """Where it belongs, where several pairs may have it; None: here."""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What else a flow's own steps have found out about the two, by name."""
    raised: set[str] = field(default_factory=set, hash=False, compare=False)
    """The causes that the steps have looked up an answer for: their questions stand."""

    def record(self, system: System) -> Record | None:
        """Return the record on one side, or None."""
        return self.salesforce if system is System.SALESFORCE else self.xero

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that are there, Salesforce's first."""
        return tuple(r for r in (self.salesforce, self.xero) if r is not None)

    @property
    def own(self) -> Record | None:
        """The subject's own record, or None."""
        return self.record(self.subject.system)

    @property
    def spent(self) -> frozenset[str]:
        """The causes that a person has answered and that stand no more.

        Which record was meant is answered for good; any other answer is for once: should its
        question stand again some day, it is asked again.
        """
        lasting = {c for c, d in self.decisions.items() if d.choice.startswith(LASTING)}
        return frozenset(self.decisions.keys() - lasting - self.raised)

    @property
    def adopts(self) -> Key | None:
        """The counterpart that matching has found and that is not linked yet, or None."""
        found = self.match.candidate if self.match and self.match.outcome is Outcome.FOUND else None
        if found is None or (self.link is not None and self.link.counterpart == found.key):
            return None
        return found.key

    def decided(self, cause: str, about: str) -> str:
        """Return the choice a person made for this cause and these facts, or empty.

        Only asked where the question stands; that it does is kept in `raised`.
        """
        self.raised.add(cause)
        decision = self.decisions.get(cause)
        return decision.choice if decision and decision.about in (about, ANYWAY) else ""
