"""The kinds of messages: whom each is meant for, who may see it, and how it comes at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sync.models import Wish

FINANCE, ADMINISTRATORS = "Finance", "Administrators"
NOW, DAILY = Wish.How.NOW, Wish.How.DAILY


@dataclass(frozen=True)
class MessageKind:
    """One kind. `groups` are told of it, and of those only who has the `permission`.

    `patience` is how long it must last before anybody is told. With `tells_end`, that it is over
    is news too. A `personal` kind is for the person it names, and is never posted to a channel.
    """

    key: str
    title: str
    meaning: str
    permission: str
    groups: tuple[str, ...] = ()
    how: Wish.How = NOW
    colour: str = "warn"
    patience: timedelta = timedelta(0)
    tells_end: bool = False
    personal: bool = False


_ALL = (
    MessageKind(
        "twice",
        "A billed deal comes again",
        "A deal that has its invoice is won again or has a second invoice. Nothing is billed twice "
        "by Counterpart.",
        "sync.view_reviewitem",
        (FINANCE,),
    ),
    MessageKind(
        "connection",
        "A connection is lost",
        "Salesforce or Xero no longer lets Counterpart in, or soon will not; and when it is back.",
        "connections.view_connection",
        (FINANCE, ADMINISTRATORS),
        colour="bad",
        tells_end=True,
    ),
    MessageKind(
        "stuck",
        "A record was given up",
        "Counterpart tried a record several times and works on it no more until somebody looks.",
        "sync.view_notice",
        (FINANCE, ADMINISTRATORS),
        colour="bad",
    ),
    MessageKind(
        "mine",
        "A question is mine",
        "A colleague gives me a question, or names me in a note with @ and my user name.",
        "sync.view_reviewitem",
        personal=True,
        colour="",
    ),
    MessageKind(
        "waiting",
        "Questions wait too long",
        "Questions that nobody has answered for days, counted by desk.",
        "sync.view_reviewitem",
        (FINANCE,),
        how=DAILY,
    ),
    MessageKind(
        "limit",
        "The day’s calls run short",
        "So many of a system’s calls of the day are used that only billing goes on.",
        "connections.view_connection",
        (ADMINISTRATORS,),
    ),
    MessageKind(
        "resting",
        "A flow rests",
        "A flow has not been able to work for a quarter of an hour; and when it works again.",
        "sync.view_flowswitch",
        (ADMINISTRATORS,),
        patience=timedelta(minutes=15),
        tells_end=True,
    ),
    MessageKind(
        "silent",
        "The worker is silent",
        "No worker reports, so nothing syncs by itself; and when one is back.",
        "sync.view_flowswitch",
        (ADMINISTRATORS,),
        colour="bad",
        tells_end=True,
    ),
)
KINDS: Mapping[str, MessageKind] = {kind.key: kind for kind in _ALL}
"""Those that people choose about."""
TEST = MessageKind("test", "A test", "A message to try it.", "", personal=True, colour="good")


def kind_of(key: str) -> MessageKind:
    """Return a kind by its key; of one that is no more, a personal one nobody chooses about."""
    return KINDS.get(key, TEST)


def of_everybody() -> list[MessageKind]:
    """Return the kinds that a channel can be told of."""
    return [kind for kind in _ALL if not kind.personal]
