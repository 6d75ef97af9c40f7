"""What a template lacks, by what is known here: each thing in one sentence, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.timezone import localtime

from connections.models import Connection, Environment, Pair
from connections.xero import scopes
from mappings.words import tables_of
from mappings.words import title_of as field_title
from sync.core import zones
from sync.core.records import System
from sync.flows.registry import every_flow

from .setting_up_checks import SHARED, row_missing
from .setting_up_facts import Missing, Place, title_of
from .setting_up_known import Known

BILLING, CUSTOMERS = "won_opportunity_invoice", "account_contact"
STATUS, RISK, QUOTES = "payment_status", "credit_risk", "quote_opportunity"
ROUTED = {
    System.SALESFORCE: frozenset({BILLING, CUSTOMERS}),
    System.XERO: frozenset({CUSTOMERS, QUOTES}),
}
"""What is made in one pair only, by the system whose records are routed."""


def of_pair(known: Known) -> tuple[Missing, ...]:
    """Return what the pair itself lacks, whatever template it is for."""
    both = (known.pair.salesforce, known.pair.xero)
    found = [one for connection in both for one in _connection(connection)]
    found += [*_environments(*both), *_pair(known), *_events(known)]
    if not any(one.blocking for one in found) and known.check is not None:
        found += known.check.of(SHARED)
    return tuple(found)


def proposed_day(pair: Pair) -> date:
    """Return the first day to propose: today, where the books are kept."""
    return timezone.now().astimezone(zones.zone(pair.xero.timezone)).date()


def of_flow(known: Known, flow: str) -> tuple[Missing, ...]:
    """Return what one template lacks besides what the pair does."""
    checked = known.check.of(flow) if known.check is not None else ()
    keys = {one.key for one in checked}
    broken = [one for one in _broken(known, flow) if one.key not in keys]
    return (
        *scopes_of(known.pair.xero, flow),
        *(_billing(known) if flow == BILLING else ()),
        *checked,
        *broken,
        *_package(known, flow, keys),
        *_first_day(known, flow),
        *_routing(known, flow),
        *_first_others(known, flow),
        *_asked(known, flow),
    )


def _connection(connection: Connection) -> Iterator[Missing]:
    name = f"{connection.get_system_display()} “{connection.name}”"
    page = Place("admin:connections_connection_change", "Open the connection", (connection.pk,))
    again = Place("connections:reconnect", "Connect again", (connection.pk,))
    if connection.disconnected_at is not None:
        words = f"{name} is disconnected. {connection.disconnected_why}".strip()
        yield Missing("disconnected", words, again, blocking=True, shared=True)
    elif connection.credential.broken_since is not None:
        words = f"{name} does not let us in: {connection.credential.broken_reason}"
        yield Missing("broken", words, again, blocking=True, shared=True)
    elif connection.is_paused:
        why = f": {connection.paused_why}" if connection.paused_why else "."
        yield Missing("paused", f"{name} is paused{why}", page, blocking=True, shared=True)


def _environments(salesforce: Connection, xero: Connection) -> Iterator[Missing]:
    """Yield that real books stand beside a rehearsal; it can become so after they were paired."""
    real = [one.environment == Environment.PRODUCTION for one in (salesforce, xero)]
    if real[0] != real[1]:
        true, other = (salesforce, xero) if real[0] else (xero, salesforce)
        words = (
            f"“{true.name}” holds real data and “{other.name}” is a "
            f"{Environment(other.environment).label.lower()}: keep production with production only."
        )
        yield Missing("environments", words, Place("admin:connections_pair_changelist",
                      "Open the pairs"), blocking=True, shared=True)  # fmt: skip


def _pair(known: Known) -> Iterator[Missing]:
    if not known.pair.active:
        place = Place("admin:connections_pair_change", "Open the pair", (known.pair.pk,))
        words = f"The pair “{known.pair.name}” is switched off: nothing of it is read or written."
        yield Missing("inactive", words, place, blocking=True, shared=True)
    if known.worker_is_silent:
        seen = known.worker_seen
        since = f"since {localtime(seen):%-d %b %H:%M}" if seen else "yet"
        words = f"No worker has reported {since}: nothing is read by itself. `manage.py worker`"
        yield Missing("worker", words, shared=True)
    if known.writes_paused:
        place = Place("admin:sync_pause_changelist", "Let writes go on")
        words = "All writes are paused: plans are made, and written once they go on."
        yield Missing("writes_paused", words, place, shared=True)


def scopes_of(xero: Connection, flow: str) -> Iterator[Missing]:
    """Yield what a Xero sign-in has not granted of what the flow needs; no call is made."""
    lacks = scopes.lacking(flow, xero.credential.scopes)
    if lacks:
        words = (
            f"Xero “{xero.name}” has not granted {' and '.join(lacks)}, which this needs: connect "
            "again and agree to it."
        )
        place = Place("connections:reconnect", "Connect again", (xero.pk,))
        yield Missing("scopes", words, place, blocking=True)


def _billing(known: Known) -> Iterator[Missing]:
    xero = known.pair.xero
    if (xero.organisation or {}).get("actions", {}).get("CreateDraftInvoice") is False:
        words = (
            f"Xero does not let whoever connected “{xero.name}” make invoices: give that user the "
            "right in Xero, or let another connect."
        )
        place = Place("connections:reconnect", "Connect again", (xero.pk,))
        yield Missing("actions", words, place, blocking=True)
    locked, switch = xero.locked_until, known.switches.get(BILLING)
    begins = switch.starts_from if switch else None
    if locked is not None and (begins is None or begins <= locked):
        words = (
            f"The books of “{xero.name}” are locked up to {locked:%-d %b %Y}: deals with an "
            "earlier close date would be asked about. Begin after that day, or move the lock."
        )
        yield Missing("locked", words)


def _broken(known: Known, flow: str) -> Iterator[Missing]:
    for one in known.broken:
        if one.flow == flow:
            yield row_missing(known.pair, flow, one.place, one.argument, one.words)


def _package(known: Known, flow: str, checked: set[str]) -> Iterator[Missing]:
    """Yield that the fields in the org are older than those that come with this Counterpart."""
    if known.package is None or known.package.version == known.newest_package:
        return
    if "fields" not in checked:
        words = (
            f"Counterpart’s fields in Salesforce are of version {known.package.version}; "
            f"{known.newest_package} is here."
        )
        place = Place("connections:package", "Install the new version", (known.pair.salesforce_id,))
        yield Missing("package", words, place)


def _first_day(known: Known, flow: str) -> Iterator[Missing]:
    if not every_flow()[flow].dated:
        return
    switch = known.switches.get(flow)
    if switch is not None and switch.starts_from is not None:
        return
    what = "deals" if flow == BILLING else "quotes"
    won = known.check.old_deals if known.check is not None and flow == BILLING else ""
    all_of_them = f" Won by now: {won}." if won else ""
    if known.mode(flow) == "on":
        return
    if known.in_use(flow):
        words = (
            f"No first day is set: {what} of any age are taken, and each that has no counterpart "
            f"yet gets one.{all_of_them}"
        )
        yield Missing("every_record", words, _switch_place(known, flow))
        return
    today = proposed_day(known.pair)
    words = (
        f"No first day is chosen. From today ({today:%-d %b %Y}) on, older {what} are left alone; "
        f"with every record, they are taken too.{all_of_them}"
    )
    yield Missing("first_day", words, blocking=True)


def _switch_place(known: Known, flow: str) -> Place:
    switch = known.switches[flow]
    return Place("admin:sync_flowswitch_change", "Choose a first day", (switch.pk,))


def _routing(known: Known, flow: str) -> Iterator[Missing]:
    """Yield that nobody has said which records belong here, though another pair has the flow."""
    for system, flows in ROUTED.items():
        connection = known.pair.connection(system)
        beside = known.neighbours.get(connection.pk, frozenset())
        if flow in flows and flow in beside and known.is_unrouted(connection.pk):
            words = (
                f"Another pair of “{connection.name}” has this in use, and no row says which "
                "records belong to which: every new one would be asked about."
            )
            place = Place("admin:mappings_routing", "Say what belongs where", (connection.pk,))
            yield Missing(f"routing:{system}", words, place, blocking=True)


def _first_others(known: Known, flow: str) -> Iterator[Missing]:
    """Yield which other template should be there first, or nothing will come of this one."""
    customers = title_of(CUSTOMERS)
    if known.in_use(CUSTOMERS):
        return
    if flow == BILLING:
        words = (
            f"Recommended first: “{customers}”. Without it a customer is found by its exact name "
            "or number only, and a new contact is made otherwise."
        )
        yield Missing("customers", words)
    elif flow in (QUOTES, RISK) and "Account" not in known.linked_kinds:
        words = f"No customer is linked yet, so that it finds nothing: start “{customers}” first."
        yield Missing("customers", words)
    elif flow == STATUS and not (known.linked_kinds or known.in_use(BILLING)):
        words = (
            "No deal and no customer is linked yet, so that it has nothing to tell: start "
            f"“{title_of(BILLING)}” or “{customers}” first."
        )
        yield Missing("customers", words)


def _asked(known: Known, flow: str) -> Iterator[Missing]:
    """Yield what waits for a row: a tax rate, an account, a currency, a stage."""
    for one in known.asked:
        if one.flow != flow:
            continue
        table = tables_of(every_flow()[flow]).get(one.argument) if one.place == "table" else None
        title = table.title if table else field_title(one.argument)
        many = "1 record waits" if one.records == 1 else f"{one.records:,} records wait"
        args: tuple[str | int, ...] = (known.pair.pk, flow)
        place = Place("admin:mappings_fields", "Open the mapping", args)
        if one.place == "table":
            place = Place("admin:mappings_table", "Open the table", (*args, one.argument))
        words = f"{many} for a row of “{title}”."
        yield Missing(f"asked:{one.place}:{one.argument}", words, place)


def _events(known: Known) -> Iterator[Missing]:
    for system in System:
        connection = known.pair.connection(system)
        if connection.pk not in known.told_by:
            words = (
                f"{system.label} tells of no change by itself yet: it is asked every few minutes. "
                "With an address for its events that becomes seconds."
            )
            place = Place("connections:events", "Set up events", (connection.pk,))
            yield Missing(f"events:{system}", words, place, shared=True)
