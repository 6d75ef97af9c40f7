"""What may be chosen in a mapping row: values of the organisation, fields of Salesforce."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.core.cache import cache

from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from connections.remote import Lane, Remote
from mappings import words
from mappings.rules import LINE
from sync.core.errors import SyncError
from sync.core.flow import Flow, ValueTable
from sync.core.projection import ACCOUNT

OpenRemote = Callable[[Connection, Lane], Remote]
FRESH_SECONDS = 600
RETRY_SECONDS = 60
"""A page must not wait for a Salesforce that does not answer, again and again."""


@dataclass(frozen=True)
class SalesforceFields:
    """The fields of a flow's record and of its lines, or in words why they are not known."""

    record: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""


def salesforce_fields(
    pair: Pair, flow: Flow, open_remote: OpenRemote = open_live
) -> SalesforceFields:
    """Return the fields as Salesforce describes them, kept for ten minutes; raises nothing."""
    key = f"salesforce_fields:{pair.salesforce_id}:{flow.key}"
    found: SalesforceFields | None = cache.get(key)
    if found is None:
        found = _describe(pair, flow, open_remote)
        cache.set(key, found, RETRY_SECONDS if found.unknown else FRESH_SECONDS)
    return found


def _describe(pair: Pair, flow: Flow, open_remote: OpenRemote) -> SalesforceFields:
    kind = flow.salesforce_kind
    has_lines = any(rule.target.startswith(LINE) for rule in flow.fields)
    try:
        remote = open_remote(pair.salesforce, Lane.PERSON)
        lines = remote.fields(f"{kind}LineItem") if has_lines else {}
        accounts = remote.fields(ACCOUNT) if flow.projects else {}  # its rows fill both kinds
        return SalesforceFields({**accounts, **remote.fields(kind)}, dict(lines))
    except SyncError as error:
        return SalesforceFields(unknown=str(error))


def values_of(pair: Pair, table: ValueTable) -> list[tuple[str, str]]:
    """Return (value, its words) to be offered for a row of the table; others may be allowed."""
    organisation = pair.xero.organisation or {}
    listed = (organisation.get("lists") or {}).get(table.listed) or []
    if table.listed == "currencies":
        listed = [[code, ""] for code in organisation.get("currencies") or []]
    found = [(value, name) for value, name in [*table.choices.items(), *map(tuple, listed)]]
    asking = table.may_ask and words.ASK not in table.choices
    return [*found, (words.ASK, "ask a person each time")] if asking else found
