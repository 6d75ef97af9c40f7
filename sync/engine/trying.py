"""Trying rules of credit risk on the last days: what they would have done; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from connections.models import Pair
from connections.remote import Lane
from mappings.completeness import usable
from mappings.rules import rules_for as fields_for
from sync.core.chasing.cases import Case
from sync.core.errors import SyncError
from sync.core.flow import FieldRule, RuleSet
from sync.core.projection import ACCOUNT, Standpoint
from sync.core.records import Record
from sync.core.risk.replay import DAYS, Episode, Tally, replay_all, tally
from sync.core.risk.rules import RiskKind, RiskRule
from sync.core.risk.standing import Standing
from sync.core.risk.worth import threshold
from sync.flows.shapes import credit_status, credits
from sync.models import Cursor, KnownRecord

from . import billing, risk_cases, risk_standing, surroundings, telling
from .billing import CONTACT, Source
from .projecting import KEPT_OUT
from .work import OpenRemote

FLOW = "credit_risk"


@dataclass(frozen=True)
class Tried:
    """One rule, the tasks that it would have made, the last first, and their sum."""

    rule: RiskRule
    episodes: tuple[Episode, ...]
    tally: Tally
    unable: str = ""
    """Why the rule could not be tried."""


@dataclass(frozen=True)
class Trial:
    """What the rules would have done in the `days` before `day`.

    `accounts` and `invoices` count what was looked at; `names` are the accounts' by their ids.
    `notes` say in words what is not known.
    """

    day: date
    days: int
    accounts: int
    invoices: int
    tried: tuple[Tried, ...]
    names: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> date:
        """The day before which a reason was there already."""
        return self.day - timedelta(days=self.days)

    def episodes(self) -> list[tuple[Tried, Episode]]:
        """Return the tasks of all rules, the last opened first."""
        every = [(one, episode) for one in self.tried for episode in one.episodes]
        return sorted(
            every,
            key=lambda told: (told[1].opened, told[1].account, told[0].rule.key),
            reverse=True,
        )


@dataclass(frozen=True)
class _Org:
    """What is known of the Salesforce org and of its accounts."""

    home: str
    rates: Mapping[str, Decimal]
    records: Mapping[str, Record]
    fields: tuple[FieldRule, ...] = ()
    silent: str = ""


def try_rules(
    pair: Pair, rules: Iterable[RiskRule], open_remote: OpenRemote, days: int = DAYS
) -> Trial:
    """Return what each rule would have done for the pair's accounts, switched on or not.

    Invoices, payments and credits are those of the local index. Salesforce is asked for credit
    limits and currencies, 1,000 accounts a call; where it cannot be, the trial says so.
    """
    chosen = tuple(rules)
    sources = billing.sources_of(pair, FLOW)
    linked = [key for key in billing.linked_subjects(pair) if key.kind == ACCOUNT]
    locked = telling.locks_of(pair, linked)
    accounts = [key.id for key in linked if key not in locked]
    owed = risk_standing.gather(accounts, sources)
    billed = [one for one in owed.values() if one.invoices or one.credits]
    org = _asked(pair, [one.account for one in billed], open_remote)
    billed = [one for one in billed if not _is_kept_out(org.records.get(one.account))]
    today = _today(sources)
    cases = risk_cases.newest(pair.salesforce_id, [one.account for one in billed])
    standings = [_standing(one, org, today, cases.get(one.account, ())) for one in billed]
    return Trial(
        day=max((one.day for one in standings), default=today),
        days=days,
        accounts=len(billed),
        invoices=sum(len(one.invoices) for one in standings),
        tried=tuple(_tried(chosen, standings, org, days)),
        names=_names(billed, org),
        notes=tuple(_notes(sources, org)),
    )


def _today(sources: Sequence[Source]) -> date:
    return min((source.today for source in sources), default=timezone.now().date())


def _asked(pair: Pair, accounts: Sequence[str], open_remote: OpenRemote) -> _Org:
    """Return what Salesforce says of the accounts, or what is known of the org and why no more."""
    known = surroundings.known(pair.salesforce_id)
    try:
        remote = open_remote(pair.salesforce, Lane.PERSON)
        rules, missing = usable(_limits(pair), remote.fields(ACCOUNT))
        own = surroundings.organisation(remote)
        paths = [path for rule in rules.fields for path in rule.sources]
        records = {one.key.id: one for one in remote.read(ACCOUNT, accounts, paths)}
    except (SyncError, ValueError) as error:  # it has no address yet, or does not answer
        home, rates = (known.base_currency, known.rates) if known else ("", {})
        return _Org(home, rates, {}, silent=f"Salesforce could not be asked: {error}")
    lacks = f"Salesforce has no field {', '.join(missing)} yet, so no credit limit is known."
    return _Org(
        own.base_currency, own.rates, records, rules.fields, silent=lacks if missing else ""
    )


def _limits(pair: Pair) -> RuleSet:
    """Return the row that says where an account's credit limit is kept; none where it is off."""
    rules = fields_for(pair, FLOW)
    chosen = [rule for rule in rules.fields if rule.target == credit_status.LIMIT]
    return RuleSet(tuple(chosen), (), rules.version)


def _is_kept_out(record: Record | None) -> bool:
    """Return whether the account is gone, or says itself that it is not to be kept in sync."""
    return record is not None and bool(record.gone or record.get(KEPT_OUT))


def _standing(owed: risk_standing.Owed, org: _Org, today: date, cases: Sequence[Case]) -> Standing:
    record = org.records.get(owed.account)
    own = str(record.get("CurrencyIsoCode") or "") if record is not None else ""
    promises, disputed = risk_standing.said(cases)
    return risk_standing.standing_of(
        owed,
        Standpoint(own or org.home or _only_currency(owed), org.rates),
        owed.day(today),
        home=org.home,
        limit=risk_standing.limit_of(record, org.fields),
        promises=promises,
        disputed=disputed,
    )


def _only_currency(owed: risk_standing.Owed) -> str:
    """Return the one currency of the invoices, where the org cannot tell its own."""
    found = {str(one.record.get("CurrencyCode") or "") for one in owed.invoices}
    return found.pop() if len(found) == 1 else ""


def _tried(
    rules: Sequence[RiskRule], standings: Sequence[Standing], org: _Org, days: int
) -> Iterator[Tried]:
    """Yield each rule with what it would have done; two may share a key, as typed and as saved."""
    told = [replay_all(rules, one, days) for one in standings]
    for number, rule in enumerate(rules):
        why = _unable(rule, standings, org)
        episodes = [episode for one in told for episode in one[number] if not why]
        episodes.sort(key=lambda e: (e.opened, e.account), reverse=True)
        yield Tried(rule, tuple(episodes), tally(episodes), why)


def _unable(rule: RiskRule, standings: Sequence[Standing], org: _Org) -> str:
    """Return why a rule cannot be tried at all, or empty."""
    if rule.kind is RiskKind.LIMIT and all(one.limit is None for one in standings):
        return org.silent or "No account has a credit limit in Salesforce."
    if standings and all(threshold(rule, one) is None for one in standings):
        currency = rule.currency or org.home or "Salesforce’s own currency"
        return f"There is no rate from {currency} to any account’s currency."
    return ""


def _names(billed: Sequence[risk_standing.Owed], org: _Org) -> Mapping[str, str]:
    """Return the accounts' names: Salesforce's, else those of their contacts in Xero."""
    names = {key: str(record.get("Name") or "") for key, record in org.records.items()}
    unnamed = {
        (source.connection_id, contact): one.account
        for one in billed
        if not names.get(one.account)
        for source, contact in one.contacts
    }
    rows = KnownRecord.objects.filter(
        connection_id__in={connection for connection, _ in unnamed},
        kind=CONTACT,
        remote_id__in={contact for _, contact in unnamed},
    ).values_list("connection_id", "remote_id", "name")
    told = {unnamed[(c, r)]: name for c, r, name in rows if (c, r) in unnamed} if unnamed else {}
    return {**told, **{key: name for key, name in names.items() if name}}


def _notes(sources: Sequence[Source], org: _Org) -> list[str]:
    """Return in words what is not known, and how far what is known is to be trusted."""
    notes = [org.silent] if org.silent else []
    never = [source.name for source in sources if source.as_of is None]
    if never:
        notes.append(f"The invoices of {', '.join(never)} were not read yet.")
    read = Cursor.objects.filter(
        connection_id__in={source.connection_id for source in sources},
        purpose__in=[f"index:{kind}" for kind in credits.KINDS],
        read_at__isnull=False,
    )
    if read.count() < len(credits.KINDS) * len({source.connection_id for source in sources}):
        notes.append(
            "Credits that are not set off yet are read once the flow is on or in shadow; until "
            "then only what invoices name is known of them."
        )
    return notes
