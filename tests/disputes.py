"""Makes the questions of the conflict desk and the duplicate desk, as a flow would ask them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from connections.models import Pair
from sync.models import ReviewItem, ReviewSubject

FLOW = "account_contact"
ACCOUNT = "salesforce:Account:0015g00000Cd{:03}AAA"
CONTACT = "xero:Contact:c0ffee00-0000-4000-8000-{:012}"
LINKS = {
    "salesforce": "https://fernhill.my.salesforce.com/{}",
    "xero": "https://go.xero.com/app/contacts/contact/{}",
}

Sides = tuple[str, str, str]
"""A value in words: as agreed, in Xero now, in Salesforce now."""


def party(key: str, name: str, **facts: str) -> dict[str, Any]:
    """Return a record as the desks show it."""
    system, _, remote_id = key.split(":")
    return {
        "key": key,
        "system": system,
        "name": name,
        "address": LINKS[system].format(remote_id),
        "fields": {"name": name},
        "facts": facts,
    }


def choices(*values: str) -> list[dict[str, str]]:
    """Return answers; each is labelled as finance reads it."""
    labels = {
        "xero": ("Keep Xero’s", "Writes it to Salesforce."),
        "salesforce": ("Keep Salesforce’s", "Writes it to Xero."),
        "apart": ("Leave both different", "Asked again when either side changes."),
        "value": ("Type another", "Writes it to both."),
        "same": ("Link as same", "Links them."),
        "retry": ("Try again", "Reads both records afresh and plans again."),
    }
    found = {value: labels.get(value, (value, "")) for value in values}
    return [{"value": v, "label": label, "effect": effect} for v, (label, effect) in found.items()]


def dispute(
    pair: Pair,
    number: int,
    name: str,
    fields: Mapping[str, tuple[str, Sides]],
    *,
    blocks: str = "",
    hours: float = 2,
    people: tuple[str, str] = ("Ana Whitlock", "Tom Okafor"),
) -> list[ReviewItem]:
    """Ask about an account's disputed fields: {field: (label, sides)}; return an item each."""
    subject = ACCOUNT.format(number)
    return [
        _ask(
            pair,
            kind="conflict",
            cause=f"conflict:{field}|{subject.split(':')[2]}",
            title=f"The {label.lower()} was changed in Salesforce and in Xero",
            field=field,
            choices=choices("salesforce", "xero", "apart", "value", "retry"),
            details=_conflict(number, name, label, sides, blocks, people),
            subjects={subject: name},
            hours=hours,
        )
        for field, (label, sides) in fields.items()
    ]


def group(
    pair: Pair,
    number: int,
    records: Sequence[Mapping[str, Any]],
    fields: Mapping[str, tuple[str, Sequence[str]]],
    *,
    reasons: Sequence[tuple[str, int]] = (),
    hours: float = 2,
) -> ReviewItem:
    """Ask whether these records are one customer: fields are {field: (label, values in order)}."""
    keys = [record["key"] for record in records]
    words = {2: "Two", 3: "Three", 4: "Four"}.get(len(records), str(len(records)))
    points = sum(n for _, n in reasons)
    apart = [f"{verb}:{key}" for key in keys for verb in ("not", "branch")]
    first = {r["system"]: r["key"] for r in reversed(records)}
    return _ask(
        pair,
        kind="duplicate",
        cause=f"group:{number}",
        title=f"{words} records look like one customer",
        choices=choices("same", *apart, "retry"),
        details={
            "records": list(records),
            "fields": {
                field: {"label": label, "values": dict(zip(keys, values, strict=True))}
                for field, (label, values) in fields.items()
            },
            "reasons": [list(reason) for reason in reasons],
            "points": points,
            "thresholds": {"link": 60, "ask": 30},
            "primary": first,
        },
        points=points,
        subjects={record["key"]: record["name"] for record in records},
        hours=hours,
    )


def _conflict(
    number: int, name: str, label: str, sides: Sides, blocks: str, people: tuple[str, str]
) -> dict[str, Any]:
    was, xero, salesforce = sides
    now = timezone.now()
    agreed = now - timedelta(days=16)
    return {
        "label": label,
        "record": party(ACCOUNT.format(number), name),
        "other": party(CONTACT.format(number), name),
        "was": {"salesforce": was, "xero": was, "when": agreed.isoformat()},
        "xero": _side(xero, now - timedelta(hours=3), people[0]),
        "salesforce": _side(salesforce, now - timedelta(days=1), people[1]),
        "agreeing": 12,
        "typed": True,
        "blocks": blocks,
    }


def _side(shown: str, when: datetime, who: str) -> dict[str, str]:
    return {"shown": shown, "when": when.isoformat(), "who": who}


def _ask(
    pair: Pair, *, cause: str, subjects: Mapping[str, str], hours: float, **values: Any
) -> ReviewItem:
    now = timezone.now()
    item = ReviewItem.objects.create(
        pair=pair, flow=FLOW, cause=cause, explanation="It was changed on both sides.",
        last_seen=now, holds=False, **values,
    )  # fmt: skip
    ReviewItem.objects.filter(pk=item.pk).update(first_seen=now - timedelta(hours=hours))
    for subject, name in subjects.items():
        about = f"{cause} {subject}"
        ReviewSubject.objects.create(item=item, subject=subject, name=name, about=about)
    return item
