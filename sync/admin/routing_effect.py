"""What moving records to another organisation comes to: what stays, what is made, in money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connections.models import Connection, Pair
from sync.core import snapshots
from sync.core.money import Money
from sync.core.records import Key, System
from sync.core.routing import ACCOUNT, CONTACT, DEAL, QUOTE
from sync.engine import assigning
from sync.models import FlowSwitch, KnownRecord, Link, PlanRow, ReviewSubject, Unplaced

MADE_BY: Mapping[str, tuple[str, str]] = {
    DEAL: ("won_opportunity_invoice", "Invoice"),
    ACCOUNT: ("account_contact", "Contact"),
    CONTACT: ("account_contact", "Account"),
    QUOTE: ("quote_opportunity", "Opportunity"),
}
"""The flow that makes a kind's counterpart, and what it makes."""
ENDED = frozenset({"VOIDED", "DELETED", "DECLINED", "ARCHIVED"})


@dataclass(frozen=True)
class Standing:
    """A counterpart of a record in one organisation, with its state and its total there."""

    pair: Pair
    what: str
    label: str
    status: str
    total: Decimal | None
    currency: str
    ended: bool


@dataclass(frozen=True)
class Subject:
    """A record that may be moved: its name, its money before tax, and what stands for it."""

    key: Key
    name: str
    amount: Decimal | None
    currency: str
    stands: Sequence[Standing]
    assigned: Any = None

    def living(self, but: Pair) -> list[Standing]:
        """Return the counterparts in other pairs that have not ended."""
        return [one for one in self.stands if not one.ended and one.pair.pk != but.pk]


def subjects_of(connection: Connection, keys: Sequence[Key]) -> list[Subject]:
    """Return the records as the move page shows them; a handful of queries."""
    names, money = _named(connection, keys)
    stands = _standing(connection, keys)
    said = assigning.assigned(connection.pk, keys)
    return [
        Subject(
            key,
            names.get(str(key)) or key.id,
            *money.get(str(key), (None, "")),
            stands.get(key, ()),
            said.get(key),
        )
        for key in keys
    ]


def _named(
    connection: Connection, keys: Sequence[Key]
) -> tuple[dict[str, str], dict[str, tuple[Decimal | None, str]]]:
    """Return by subject what it was last called, and its money before tax where that is known."""
    asked = [str(key) for key in keys]
    names: dict[str, str] = {}
    money: dict[str, tuple[Decimal | None, str]] = {}
    unplaced = Unplaced.objects.filter(connection=connection, remote_id__in=[k.id for k in keys])
    for row in unplaced:
        names[str(row.key)], money[str(row.key)] = row.name, (row.amount, row.currency)
    held = ReviewSubject.objects.filter(subject__in=asked).order_by("pk")
    for held_row in held:
        names[held_row.subject] = held_row.name or names.get(held_row.subject, "")
        if held_row.amount is not None:
            money[held_row.subject] = (held_row.amount, held_row.currency)
    plans = PlanRow.objects.filter(subject__in=asked).order_by("subject", "-id")
    for plan in plans.distinct("subject"):
        names[plan.subject] = plan.subject_name or names.get(plan.subject, "")
        if plan.amount is not None:
            money[plan.subject] = (plan.amount, plan.currency)
    known = KnownRecord.objects.filter(connection=connection, remote_id__in=[k.id for k in keys])
    for record in known.exclude(name=""):
        names.setdefault(str(record.key), record.name)
    return names, money


def _standing(connection: Connection, keys: Sequence[Key]) -> dict[Key, list[Standing]]:
    side = {key.id: key for key in keys}
    of_salesforce = connection.system == System.SALESFORCE
    column = "salesforce_id__in" if of_salesforce else "xero_id__in"
    links = list(
        Link.objects.filter(**{column: side}, role=Link.Role.MAIN)
        .select_related("pair__salesforce", "pair__xero")
        .order_by("pk")
    )
    known = {
        (row.connection_id, row.remote_id): row
        for row in KnownRecord.objects.filter(
            system=System.XERO.value, remote_id__in=[link.xero_id for link in links]
        )
    }
    found: dict[Key, list[Standing]] = {}
    for link in links:
        key = link.salesforce_key if of_salesforce else link.xero_key
        if key in keys:
            seen = known.get((link.pair.xero_id, link.xero_id))
            found.setdefault(key, []).append(_stands(link, seen, of_salesforce=of_salesforce))
    return found


def _stands(link: Link, seen: KnownRecord | None, *, of_salesforce: bool) -> Standing:
    values = snapshots.load(seen.values) if seen else {}
    total = values.get("Total")
    return Standing(
        link.pair,
        (link.xero_kind if of_salesforce else link.salesforce_kind).lower(),
        link.label or (link.xero_id if of_salesforce else link.salesforce_id),
        seen.status if seen else "",
        total if isinstance(total, Decimal) else None,
        str(values.get("CurrencyCode") or ""),
        bool(seen and (seen.gone or seen.status in ENDED)),
    )


def effects(connection: Connection, subjects: Iterable[Subject], pair: Pair) -> list[str]:
    """Return in sentences what moving these records to a pair comes to, what stays first."""
    every = list(subjects)
    kind = every[0].key.kind
    flow, makes = MADE_BY[kind]
    staying = [one for subject in every for one in subject.living(but=pair)]
    free = [subject for subject in every if not subject.living(but=pair)]
    told = [_stays(one) for one in staying[:5]]
    if len(staying) > 5:
        told.append(f"{len(staying) - 5} more stand elsewhere and stay, too.")
    if staying and kind in (DEAL, QUOTE):
        told.append(_waits(kind, pair, len(staying)))
    mode = _mode(pair, flow)
    if free or kind not in (DEAL, QUOTE):
        told.append(_made(free if kind in (DEAL, QUOTE) else every, pair, makes, mode))
    told.append(_untouched(kind))
    return told


def _stays(one: Standing) -> str:
    money = f", {Money(one.total, one.currency)}" if one.total is not None and one.currency else ""
    status = f" ({one.status.lower()}{money})" if one.status else money
    return f"The {one.what} {one.label}{status} stays in “{one.pair.name}” as it is, with its link."


def _waits(kind: str, pair: Pair, count: int) -> str:
    """Return that nothing is made elsewhere of what stands."""
    deal, then = ("deal", "is billed") if kind == DEAL else ("quote", "is taken")
    stands, its = ("it stands", f"its {deal}") if count == 1 else ("they stand", f"their {deal}s")
    one = "it" if count == 1 else "one"
    return (
        f"While {stands}, nothing is made of {its} in “{pair.name}”: you are asked, and once {one} "
        f"is voided in Xero, its {deal} {then} in “{pair.name}”, once."
    )


def _made(subjects: Sequence[Subject], pair: Pair, makes: str, mode: str) -> str:
    sums: dict[str, Decimal] = {}
    for subject in subjects:
        if subject.amount is not None and subject.currency:
            sums[subject.currency] = sums.get(subject.currency, Decimal(0)) + subject.amount
    money = ", ".join(str(Money(total, currency)) for currency, total in sorted(sums.items()))
    count = len(subjects)
    what = f"{count} {makes.lower()}{'' if count == 1 else 's'}"
    worth = f" for {money} before tax" if money else ""
    if mode == FlowSwitch.Mode.ON:
        return f"In “{pair.name}” up to {what} can be made{worth}, after every usual check."
    if mode == FlowSwitch.Mode.SHADOW:
        return f"In “{pair.name}” up to {what} will only be planned{worth}: the flow is in shadow."
    return (
        f"In “{pair.name}” nothing is made: the flow that makes the {makes.lower()} is off there."
    )


def _untouched(kind: str) -> str:
    if kind == ACCOUNT:
        return (
            "The account itself, its contacts, invoices and history in other organisations are "
            "not touched. Its deals go where their own rows say; those that go as their account "
            "follow it."
        )
    return "The record itself is not changed. Nothing is voided, deleted or sent to a customer."


def _mode(pair: Pair, flow: str) -> str:
    switch = FlowSwitch.objects.filter(pair=pair, flow=flow).first()
    return str(switch.mode) if switch else FlowSwitch.Mode.OFF
