"""What a template lacks, by what is known here: each thing in one sentence, with its place."""

from __future__ import annotations

from collections.abc import Iterator

from connections.models import Connection
from connections.xero import scopes
from mappings import routing
from mappings.words import tables_of
from mappings.words import title_of as field_title
from sync.core.records import System
from sync.flows.registry import every_flow

from .beginning import proposed_day
from .setting_up_checks import row_missing
from .setting_up_facts import Missing, Place, title_of
from .setting_up_known import Known

BILLING, CUSTOMERS = "won_opportunity_invoice", "account_contact"
STATUS, RISK, QUOTES = "payment_status", "credit_risk", "quote_opportunity"
MADE_OF = {
    (System.SALESFORCE, BILLING): "Opportunity",
    (System.SALESFORCE, CUSTOMERS): "Account",
    (System.XERO, CUSTOMERS): "Contact",
    (System.XERO, QUOTES): "Quote",
}
"""Of which records a flow makes others in one pair only, by the system that they are of."""


def of_flow(known: Known, flow: str) -> tuple[Missing, ...]:
    """Return what one template lacks besides what the pair does."""
    checked = [*_checked(known, flow)]
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


def _checked(known: Known, flow: str) -> Iterator[Missing]:
    """Yield what the last check found; of rows only while they are still the ones in force."""
    for one in known.check.of(flow) if known.check is not None else ():
        if known.check_is_current or not one.key.startswith("row"):
            yield one


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
    for system in (one for one in System if (one, flow) in MADE_OF):
        connection = known.pair.connection(system)
        beside = known.neighbours.get(connection.pk, frozenset())
        if flow in beside and known.is_unrouted(connection.pk):
            words = (
                f"Another pair of “{connection.name}” has this in use, and no row says which "
                "records belong to which: every new one would be asked about."
            )
            place = Place("admin:mappings_routing", "Say what belongs where", (connection.pk,))
            yield Missing(f"routing:{system}", words, place, blocking=True)
        elif known.routes.get(connection.pk) is not None:
            yield from _unreached(known, flow, connection)


def _unreached(known: Known, flow: str, connection: Connection) -> Iterator[Missing]:
    """Yield that no routing row leads to the pair what the flow would make there."""
    kind = MADE_OF[System(connection.system), flow]
    rows = [row for row in known.routes[connection.pk] or () if row.table == kind]
    if not any(row.value in (str(known.pair.pk), routing.OF_ACCOUNT) for row in rows):
        words = (
            f"No routing row of “{connection.name}” leads any {kind.lower()} to this pair: nothing "
            "is made here."
        )
        place = Place("admin:mappings_routing", "Say what belongs where", (connection.pk,))
        yield Missing(f"unreached:{connection.system}", words, place)


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
