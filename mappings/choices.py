"""What may be chosen in a mapping row: values of the organisation, fields of Salesforce."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from connections.remote import Lane, Remote
from mappings import words
from mappings.rules import LINE
from sync.core.errors import SyncError
from sync.core.fields import Describing, Holds, Org
from sync.core.flow import Flow, ValueTable
from sync.core.organisation import MOST_USERS
from sync.core.projection import ACCOUNT

OpenRemote = Callable[[Connection, Lane], Remote]
FRESH_SECONDS = 600
RETRY_SECONDS = 60
"""A page must not wait for a Salesforce that does not answer, again and again."""
MOST_KINDS = 22  # with the record's own, one call
LATELY = timedelta(days=400)
NAMED = frozenset({"tracking", "themes", "price_books", "users"})
"""Lists whose values are ids, which nobody reads."""
OF_SALESFORCE = frozenset({"stages", "price_books", "users"})
SAMPLES, LONGEST_SAMPLE, MOST_FIELDS = 3, 40, 120


@dataclass(frozen=True)
class SalesforceFields:
    """The fields of a flow's record and of its lines, or in words why they are not known.

    `org` has the described kinds, those around the record too, where its Salesforce tells.
    """

    record: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""
    org: Org = field(default_factory=Org)


def salesforce_fields(
    pair: Pair, flow: Flow, open_remote: OpenRemote = open_live
) -> SalesforceFields:
    """Return the fields as Salesforce describes them, kept for ten minutes; raises nothing."""
    key = f"salesforce_fields:{pair.salesforce_id}:{flow.key}"
    found: SalesforceFields | None = cache.get(key)
    if found is None:
        found = describe(pair, flow, open_remote)
        cache.set(key, found, RETRY_SECONDS if found.unknown else FRESH_SECONDS)
    return found


def describe(
    pair: Pair, flow: Flow, open_remote: OpenRemote = open_live, lane: Lane = Lane.PERSON
) -> SalesforceFields:
    """Ask Salesforce for the fields now; two calls at most, and raises nothing."""
    kind = flow.salesforce_kind
    has_lines = any(rule.target.startswith(LINE) for rule in flow.fields)
    try:
        remote = open_remote(pair.salesforce, lane)
        lines = remote.fields(line_kind(flow)) if has_lines else {}
        accounts = remote.fields(ACCOUNT) if flow.projects else {}  # its rows fill both kinds
        record = {**accounts, **remote.fields(kind)}
        return SalesforceFields(record, dict(lines), org=_org(remote, flow))
    except (SyncError, ValueError) as error:  # it is silent, or has no address yet
        return SalesforceFields(unknown=str(error))


def _org(remote: Remote, flow: Flow) -> Org:
    """Return the record's kinds and those that their fields lead to, as described."""
    if not isinstance(remote, Describing):
        return Org()
    own = [flow.salesforce_kind, line_kind(flow), ACCOUNT]
    kinds = dict(remote.described(own))
    around = [f.leads_to for known in kinds.values() for f in known.values() if f.relationship]
    more = [kind for kind in dict.fromkeys(around) if kind and kind not in kinds]
    return Org({**kinds, **remote.described(more[:MOST_KINDS])})


def line_kind(flow: Flow) -> str:
    """Return the Salesforce kind of the lines of a flow's records."""
    return f"{flow.salesforce_kind}LineItem"


def kind_of(flow: Flow, target: str) -> str:
    """Return the Salesforce kind whose fields a target's row names."""
    if target.startswith(LINE):
        return line_kind(flow)
    return ACCOUNT if flow.projects and target.startswith("account.") else flow.salesforce_kind


def offers(known: SalesforceFields, kind: str) -> list[tuple[str, str]]:
    """Return (path, its words) of the fields to choose from: own ones, and those read through.

    Through the account one more step is offered (Account.Owner.Name).
    """
    return [*_of_kind(known.org, kind, "", 2)]


def _of_kind(org: Org, kind: str, before: str, steps: int) -> Iterator[tuple[str, str]]:
    known = org.kinds.get(kind, {})
    for name, facts in known.items():
        if facts.holds is not Holds.OTHER:
            yield f"{before}{name}", facts.words
    for facts in known.values():
        if facts.relationship and facts.leads_to in org.kinds and steps > 0:
            deeper = 1 if facts.relationship == ACCOUNT and steps == 2 else 0
            yield from _of_kind(org, facts.leads_to, f"{before}{facts.relationship}.", deeper)


def samples(
    pair: Pair, flow: Flow, kind: str, open_remote: OpenRemote = open_live
) -> dict[str, list[str]]:
    """Return up to three values of each own field of a kind, of records that changed lately.

    Two calls, kept for ten minutes; empty where there are none or Salesforce is silent.
    """
    key = f"salesforce_samples:{pair.salesforce_id}:{kind}"
    found: dict[str, list[str]] | None = cache.get(key)
    if found is None:
        try:
            found = _samples(open_remote(pair.salesforce, Lane.PERSON), flow, kind)
        except (SyncError, ValueError):
            found = {}
        cache.set(key, found, FRESH_SECONDS if found else RETRY_SECONDS)
    return found


def _samples(remote: Remote, flow: Flow, kind: str) -> dict[str, list[str]]:
    if kind not in (flow.salesforce_kind, ACCOUNT) or not isinstance(remote, Describing):
        return {}
    known = remote.described([kind]).get(kind, {})
    names = [name for name, facts in known.items() if facts.holds is not Holds.OTHER]
    keys = remote.glance(kind, timezone.now() - LATELY).keys[-SAMPLES:]
    records = remote.read(kind, [key.id for key in keys], names[:MOST_FIELDS]) if keys else []
    return {
        name: list(dict.fromkeys(_shown(r.get(name)) for r in records if r.get(name) is not None))
        for name in names
    }


def _shown(value: object) -> str:
    text = f"{value:%-d %b %Y}" if isinstance(value, date) else str(value)
    return text if len(text) <= LONGEST_SAMPLE else f"{text[: LONGEST_SAMPLE - 1]}…"


def active(pair: Pair, table: ValueTable) -> list[tuple[str, str]]:
    """Return (value, its name) of what is active in the organisation's list for the table."""
    side = pair.salesforce if table.listed in OF_SALESFORCE else pair.xero
    organisation = side.organisation or {}
    listed = (organisation.get("lists") or {}).get(table.listed) or []
    if table.listed in ("currencies", "conversions"):
        codes = organisation.get("currencies") or []
        listed = [[code, ""] for code in codes]
        if table.listed == "conversions":
            listed += [[f"{code} by salesforce", ""] for code in codes]
    return [(value, name) for value, name in listed]


def besides(pair: Pair, table: ValueTable) -> list[str]:
    """Return the values that may stand in the table although they are not offered."""
    side = pair.salesforce if table.listed in OF_SALESFORCE else pair.xero
    lists = (side.organisation or {}).get("lists") or {}
    return [value for value, _ in lists.get(f"{table.listed}_besides") or []]


def unlisted(pair: Pair, table: ValueTable, value: str) -> str:
    """Return the words for a value that a row has and its list does not."""
    return value if value in besides(pair, table) else f"{value} (not in use any more)"


def has_none(pair: Pair, table: ValueTable) -> bool:
    """Return whether the organisation was read and has nothing to choose from for the table.

    What a Salesforce org does not show is not said to be none.
    """
    lists = (pair.xero.organisation or {}).get("lists") or {}
    return table.listed not in OF_SALESFORCE and lists.get(table.listed) == []


def is_whole(table: ValueTable, listed: Sized) -> bool:
    """Return whether nothing else can be chosen than what is listed; of users there may be more."""
    return table.listed != "users" or len(listed) <= MOST_USERS


def values_of(pair: Pair, table: ValueTable) -> list[tuple[str, str]]:
    """Return (value, its words) to be offered for a row of the table; others may be allowed."""
    listed = active(pair, table)
    found = [(value, name) for value, name in [*table.choices.items(), *listed]]
    asking = table.may_ask and words.ASK not in table.choices
    return [*found, (words.ASK, "ask a person each time")] if asking else found
