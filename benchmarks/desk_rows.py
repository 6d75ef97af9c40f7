"""A hundred thousand questions and a million links, as years of work would leave them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from connections.models import Connection, Credential, Pair
from sync.models import (
    Decision,
    FlowSwitch,
    KnownRecord,
    ReviewItem,
    ReviewNote,
    ReviewSubject,
)

KINDS = ["match"] * 40 + ["duplicate"] * 20 + ["conflict"] * 24 + ["problem"] * 14 + ["old"] * 2
FIELDS = ["email", "phone", "billing_street", "billing_city", "tax_number", "website", "name"]
CHUNK = 2000
_AGES = "UPDATE sync_reviewitem SET first_seen = now() - interval '1 hour' * (id % 700)"
"""Saving makes all of them new."""
THRESHOLDS = {"link": 60, "ask": 30}
TOWNS = ["Kestrel", "Calder", "Wells", "Ridgeway", "Holt", "Larkhall", "Danesford", "Ponty"]
ENDS = ["Developments Ltd", "Water", "Trust", "Homes", "Joinery", "Estates LLP", "Quarries plc"]


def fill(items: int, links: int) -> list[Pair]:
    """Fill an empty database; return the pairs."""
    pairs = [_pair(name) for name in ("Britain", "Australia", "Ireland")]
    people = _people()
    chance = random.Random(7)
    for first in range(0, items, CHUNK):
        _items(range(first, min(items, first + CHUNK)), pairs, people, chance)
    _links(pairs, links)
    _known(pairs[0], 50_000)
    with connection.cursor() as cursor:
        # saving makes all of them new
        cursor.execute(
            "UPDATE sync_reviewitem SET first_seen = now() - interval '1 h' * (id % 700)"
        )
        cursor.execute("VACUUM ANALYZE")
    return pairs


def _pair(name: str) -> Pair:
    made = []
    for system in ("salesforce", "xero"):
        credential = Credential.objects.create(
            system=system, grant="client-credentials", client_id=f"{system} {name}"
        )
        made.append(
            Connection.objects.create(
                name=f"{name} {system}", organisation_name=name, system=system,
                credential=credential, currency="GBP",
            )
        )  # fmt: skip
    pair = Pair.objects.create(name=name, salesforce=made[0], xero=made[1])
    for flow in ("won_opportunity_invoice", "account_contact"):
        FlowSwitch.objects.create(pair=pair, flow=flow, mode=FlowSwitch.Mode.ON)
    return pair


def _people() -> list[User]:
    finance = Group.objects.get(name="Finance")
    people = []
    for name in ("priya", "tom", "ana"):
        user = User.objects.create_user(name, is_staff=True, first_name=name.capitalize())
        user.groups.add(finance)
        people.append(user)
    return people


def _items(numbers: range, pairs: list[Pair], people: list[User], chance: random.Random) -> None:
    """Save the questions of these numbers with subjects, and answers where they are closed."""
    now = timezone.now()
    rows = ReviewItem.objects.bulk_create(
        _item(number, chance.choice(KINDS), chance.choice(pairs), people, chance)
        for number in numbers
    )
    ReviewSubject.objects.bulk_create(
        ReviewSubject(
            item=row, subject=f"salesforce:Account:0015g{row.pk:010}AAA", name=_name(row.pk),
            amount=row.pk % 9000 if row.kind == "problem" else None, currency="GBP",
            about="about", closed_at=None if row.state == "open" else now,
        )
        for row in rows
    )  # fmt: skip
    answered = [row for row in rows if row.state != "open" or row.answered_at]
    Decision.objects.bulk_create(
        Decision(
            item=row, pair_id=row.pair_id, flow=row.flow, cause=row.cause.partition("|")[0],
            subject=f"salesforce:Account:0015g{row.pk:010}AAA", choice=row.choices[0]["value"],
            by=chance.choice(people).username,
        )
        for row in answered
    )  # fmt: skip
    ReviewNote.objects.bulk_create(
        ReviewNote(item=row, text="Do you know them?", by="tom") for row in rows if row.pk % 20 == 0
    )


def _item(
    number: int, kind: str, pair: Pair, people: list[User], chance: random.Random
) -> ReviewItem:
    state = chance.choices(["open", "solved", "left"], [65, 32, 3])[0]
    now, is_match = timezone.now(), kind == "match"
    field = chance.choice(FIELDS) if kind == "conflict" else ""
    cause = f"conflict:{field}|{number}" if field else f"{kind}|{number}"
    return ReviewItem(
        pair=pair,
        flow="won_opportunity_invoice" if kind in ("old", "problem") else "account_contact",
        kind="duplicate" if kind == "old" else kind,
        cause=cause,
        title=f"Which record is “{_name(number)}”?",
        explanation="Several records may be the same customer.",
        field=field,
        choices=_choices(kind, number),
        details=_details(kind, number, chance),
        points=chance.randrange(20, 120) if is_match else None,
        sure=is_match and chance.random() < 0.5,
        answered_at=now if state == "open" and chance.random() < 0.02 else None,
        state=state,
        assignee=chance.choice(people) if chance.random() < 0.2 else None,
        last_seen=now,
        solved_at=None if state == "open" else now,
        solved_by="" if state == "open" else "priya",
    )


def _name(number: int) -> str:
    town, end = TOWNS[number % len(TOWNS)], ENDS[number // 8 % len(ENDS)]
    return f"{town} {number} {end}"


def _choices(kind: str, number: int) -> list[dict[str, str]]:
    values = {
        "match": ["use:c-1", "use:c-2", "new", "not:xero:Contact:c-1", "never", "retry"],
        "duplicate": ["same", "not:xero:Contact:c-1", "branch:xero:Contact:c-1", "retry"],
        "conflict": ["salesforce", "xero", "apart", "value", "retry"],
    }.get(kind, ["retry"])
    return [{"value": v, "label": v.capitalize(), "effect": "What it does."} for v in values]


def _details(kind: str, number: int, chance: random.Random) -> dict[str, Any]:
    """Return what the desk of this kind shows, about as large as real ones."""
    if kind == "match":
        found = [
            _party(number, place) | {"points": 85 - place, "why": "same tax number, name",
            "reasons": [["same tax number", 40], ["same domain", 12], ["name 0.93", 18]]}
            for place in range(1, chance.randrange(2, 5))
        ]  # fmt: skip
        return {"subject": _party(number, 0), "candidates": found, "thresholds": THRESHOLDS,
                "why_asked": "Two are as likely."}  # fmt: skip
    if kind == "duplicate":
        records = [_party(number, place) for place in range(3)]
        fields = {
            name: {"label": name.capitalize(), "values": {r["key"]: r["fields"][name]
            for r in records}} for name in ("name", "email", "phone", "street", "city")
        }  # fmt: skip
        return {"records": records, "fields": fields, "points": 48,
                "reasons": [["same domain", 12], ["name 0.97", 36]],
                "thresholds": THRESHOLDS, "primary": {}}  # fmt: skip
    if kind == "conflict":
        side = {"shown": f"ap{number}@a.example", "when": "2026-11-20T10:00:00Z", "who": "Tom"}
        return {"label": "Billing e-mail", "record": _party(number, 0),
                "other": _party(number, 1), "was": {"salesforce": "a", "xero": "a",
                "when": "2026-10-01T10:00:00Z"}, "salesforce": side,
                "xero": side | {"shown": "other@b.example"}, "agreeing": 12, "typed": True,
                "blocks": ""}  # fmt: skip
    return {}


def _party(number: int, place: int) -> dict[str, Any]:
    system, kind = ("salesforce", "Account") if place == 0 else ("xero", "Contact")
    name = _name(number) + (" Limited" if place else "")
    return {
        "key": f"{system}:{kind}:{number}-{place}",
        "system": system,
        "name": name,
        "address": f"https://{system}.example/{number}-{place}",
        "fields": {
            "name": name, "email": f"accounts@firm{number}.example", "phone": "+44 20 7946 0958",
            "street": f"{number} Harbour Street", "city": "Bristol", "postcode": "BS1 4ST",
            "country": "United Kingdom", "tax_number": f"GB{number:09}", "website": "firm.example",
        },
        "facts": {"made": "2025-03-01", "invoices": "12 invoices", "owner": "Tom Reed"},
    }  # fmt: skip


def _links(pairs: list[Pair], count: int) -> None:
    """Make links in the database itself: accounts and contacts, deals and invoices."""
    sql = """
        INSERT INTO sync_link (pair_id, flow, salesforce_kind, salesforce_id, xero_kind, xero_id,
            generation, role, origin, reasons, agreed, label, made_at, changed_at)
        SELECT (%s::bigint[])[1 + n %% 3],
            CASE WHEN n %% 4 = 0 THEN 'account_contact' ELSE 'won_opportunity_invoice' END,
            CASE WHEN n %% 4 = 0 THEN 'Account' ELSE 'Opportunity' END,
            '0065g' || lpad(n::text, 13, '0'),
            CASE WHEN n %% 4 = 0 THEN 'Contact' ELSE 'Invoice' END, 'c0ffee-' || n,
            1, CASE WHEN n %% 4000 = 0 THEN 'further' ELSE 'main' END,
            CASE WHEN n %% 50 = 0 THEN 'person' WHEN n %% 3 = 0 THEN 'found' ELSE 'created' END,
            '[["same tax number", 40], ["same domain", 12]]',
            '{"email": ["a@b.example", "a@b.example", false], "name": ["A", "A", false]}',
            CASE WHEN n %% 4 = 0 THEN 'Kestrel ' || n || ' Ltd' ELSE 'INV-' || n END,
            now() - n * interval '1 minute', now()
        FROM generate_series(1, %s) AS n
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [[pair.pk for pair in pairs], count])


def _known(pair: Pair, count: int) -> None:
    def rows() -> Iterator[KnownRecord]:
        for number in range(count):
            yield KnownRecord(
                connection=pair.xero, system="xero", kind="Contact", remote_id=f"c-{number}",
                name=_name(number), facts={}, values={},
            )  # fmt: skip

    KnownRecord.objects.bulk_create(rows(), batch_size=CHUNK)
