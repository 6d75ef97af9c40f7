"""Asks both systems what stands in a template's way, and keeps their answer with its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection, Installation, Pair
from connections.remote import Lane, Remote
from connections.salesforce import rights as salesforce_rights
from mappings import checking, choices, shipped
from mappings.models import PublishedRules, newest_routing
from mappings.rules import rules_for
from mappings.words import title_of as field_title
from sync.core.errors import SyncError
from sync.core.flow import Flow
from sync.core.organisation import Reference
from sync.core.records import System
from sync.core.rights import Permitting, Rights
from sync.flows.registry import every_flow

from . import lacking, mending, setting_up_deals, setting_up_kept, surroundings
from .setting_up_facts import TEMPLATES, Missing, Place
from .setting_up_kept import SHARED, Checked, last_check
from .work import OpenRemote

KEPT = timedelta(minutes=5)
RETRY = timedelta(minutes=1)
"""A system that did not answer is asked again sooner."""


def checked(pair: Pair, open_remote: OpenRemote = open_live, max_age: timedelta = KEPT) -> Checked:
    """Return what both systems say, asked again if older than `max_age` or out of date.

    Some twenty calls; raises nothing. A system that does not answer is itself what is missing.
    """
    mark = mark_of(pair)
    known = last_check(pair)
    if known is not None and known.mark == mark and _is_fresh(known, max_age):
        return known
    found = _ask(pair, open_remote, mark, max_age)
    setting_up_kept.keep(pair, found)
    return found


def mark_of(pair: Pair) -> str:
    """Return what a check is good for: the published versions and the package; three queries."""
    rows = PublishedRules.objects.filter(pair=pair).exclude(by=shipped.BY).order_by("-pk")
    done = Installation.objects.filter(
        connection=pair.salesforce_id, state=Installation.State.DONE, check_only=False
    )
    version = rows.values_list("pk", flat=True).first() or 0
    mark = f"{version} {done.values_list('pk', flat=True).first() or 0}"
    routes = newest_routing(pair.salesforce_id)
    return f"{mark} {routes.number}" if routes else mark


def _is_fresh(known: Checked, max_age: timedelta) -> bool:
    age = timezone.now() - known.at
    return age < (min(RETRY, max_age) if known.silent else max_age)


def _ask(pair: Pair, open_remote: OpenRemote, mark: str, max_age: timedelta) -> Checked:
    now = timezone.now()
    try:
        salesforce = _open(pair.salesforce, open_remote)
        org = surroundings.organisation(salesforce, timedelta(0))  # described anew with it
        salesforce_says = _of_salesforce(pair, salesforce, open_remote)
        deals = setting_up_deals.look(pair, salesforce)
    except (SyncError, ValueError) as error:  # a connection may lack its host, which its page says
        return Checked(now, {SHARED: (_silent(pair.salesforce, error),)}, mark=mark, silent=True)
    try:
        books = surroundings.organisation(_open(pair.xero, open_remote), min(max_age, KEPT))
    except (SyncError, ValueError) as error:
        lacks = {**salesforce_says, SHARED: (_silent(pair.xero, error),)}
        return Checked(now, lacks, mark=mark, silent=True)
    missing = {flow: list(found) for flow, found in salesforce_says.items()}
    for flow, one in [*_of_books(books), *setting_up_deals.unbillable(pair, deals, org, books)]:
        missing.setdefault(flow, []).append(one)
    return Checked(
        now,
        {flow: tuple(found) for flow, found in missing.items()},
        tuple(_good(books)),
        deals.ever_won,
        mark,
    )


def _open(connection: Connection, open_remote: OpenRemote) -> Remote:
    return open_remote(connection, Lane.PERSON)


def _of_salesforce(
    pair: Pair, remote: Remote, open_remote: OpenRemote
) -> dict[str, tuple[Missing, ...]]:
    """Return what each template lacks in Salesforce, and the rows that name what is not there."""
    kinds = salesforce_rights.ALL_KINDS
    rights = remote.rights(kinds) if isinstance(remote, Permitting) else {}
    found = {}
    for key in TEMPLATES:
        flow = every_flow()[key]
        found[key] = (
            *(_rights(pair, key, rights) if rights else ()),
            *_fields(pair, key, remote),
            *_rows(pair, flow, open_remote),
        )
    return found


def rights_of(pair: Pair, flow: str, remote: Remote) -> list[Missing]:
    """Return what Salesforce does not let a flow do; one call, kept as its fields are."""
    if not isinstance(remote, Permitting):
        return []
    return [*_rights(pair, flow, remote.rights(salesforce_rights.ALL_KINDS))]


def _rights(pair: Pair, flow: str, rights: Mapping[str, Rights]) -> Iterator[Missing]:
    kind, rules = every_flow()[flow].salesforce_kind, rules_for(pair, flow)
    makes = every_flow()[flow].creation(System.SALESFORCE, rules) != "no"
    spared = "" if makes else kind  # the rows say that none is made
    who = pair.salesforce.credential.username or "Counterpart’s user"
    for kind, acts in salesforce_rights.refused(flow, rights, spared).items():
        may = acts[0] if len(acts) == 1 else f"{', '.join(acts[:-1])} and {acts[-1]}"
        words = (
            f"Salesforce does not let {who} {may} {kind} records: an administrator gives that "
            "right there, under Setup › Permission Sets."
        )
        yield Missing(f"right:{kind}", words, blocking=True)
    for path in salesforce_rights.without_key(flow, rights, spared):
        words = (
            f"Salesforce lacks the field {path} or it is no external id there: without it nothing "
            "is made, since a lost answer could make it twice."
        )
        place = Place("connections:package", "Install Counterpart’s fields", (pair.salesforce_id,))
        yield Missing(f"key:{path}", words, place, blocking=True)


def _fields(pair: Pair, flow: str, remote: Remote) -> Iterator[Missing]:
    lacks = lacking.lacking(pair, flow, remote.fields)
    if lacks:
        place = Place("connections:package", "Install Counterpart’s fields", (pair.salesforce_id,))
        yield Missing("fields", f"{lacking.words(lacks)}.", place)


def _rows(pair: Pair, flow: Flow, open_remote: OpenRemote) -> Iterator[Missing]:
    known = choices.describe(pair, flow, open_remote)
    if known.unknown:
        return
    remote = _open(pair.salesforce, open_remote)
    for (place, argument), told in mending.broken_rows(pair, flow, known, remote).items():
        yield row_missing(pair, flow.key, place, argument, " ".join(told))
    for words in checking.every_fault(flow, rules_for(pair, flow.key)):
        where = Place("admin:mappings_fields", "Open the mapping", (pair.pk, flow.key))
        yield Missing(f"rows:{words}", words, where, blocking=True)


def row_missing(pair: Pair, flow: str, place: str, argument: str, words: str) -> Missing:
    """Return that a row of the mapping or of a table cannot work as it is."""
    args: tuple[str | int, ...] = (pair.pk, flow)
    where = Place("admin:mappings_fields", f"Correct “{field_title(argument)}”", args)
    if place == "table":
        where = Place("admin:mappings_table", "Correct the table", (*args, argument))
    return Missing(f"row:{place}:{argument}", words, where, blocking=True)


def _of_books(books: Reference) -> Iterator[tuple[str, Missing]]:
    """Yield what an organisation needs before anything can be billed in it."""
    sales = [a for a in books.accounts if a.active and a.account_class in ("REVENUE", "")]
    if not sales:
        words = f"{books.name} has no active sales account: no invoice can be booked."
        yield "won_opportunity_invoice", Missing("accounts", words, blocking=True)
    if not any(rate.active for rate in books.tax_rates):
        words = f"{books.name} has no active tax rate: no invoice can be made."
        yield "won_opportunity_invoice", Missing("tax_rates", words, blocking=True)


def _good(books: Reference) -> Iterator[str]:
    sales = sum(a.active and a.account_class == "REVENUE" for a in books.accounts)
    rates = sum(rate.active for rate in books.tax_rates)
    yield f"{sales} sales accounts and {rates} tax rates in use in {books.name}"
    currencies = sorted(books.currencies | {books.base_currency})
    yield f"bills in {', '.join(currencies)}"


def _silent(connection: Connection, error: Exception) -> Missing:
    place = Place("admin:connections_connection_change", "Open the connection", (connection.pk,))
    what = connection.get_system_display()
    return Missing("silent", f"{what} did not answer: {error}", place, blocking=True, shared=True)
