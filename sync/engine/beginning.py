"""Beginning: what “every record” means for a flow that could begin with a day, told beforehand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import timezone

from connections.models import Pair
from connections.remote import Lane
from sync.core import zones
from sync.core.errors import SyncError
from sync.core.flow import Flow
from sync.flows.registry import every_flow
from sync.models import FlowSwitch

from .work import OpenRemote

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def proposed_day(pair: Pair) -> date:
    """Return the day that is proposed to begin with: today, where the books are kept."""
    return timezone.now().astimezone(zones.zone(pair.xero.timezone)).date()


def every_record(pair: Pair, flow: str, open_remote: OpenRemote) -> str:
    """Return in words how many records a flow takes that begins with no day; a call or a few.

    Empty where no day means anything to the flow, or where the remote cannot be asked now.
    """
    chosen = every_flow()[flow]
    if not chosen.dated:
        return ""
    try:
        if chosen.begins_in_xero:
            return _of_xero(pair, chosen, open_remote)
        return _of_salesforce(pair, chosen, open_remote)
    except (SyncError, ValueError):
        return ""


def before(pair: Pair, flow: str) -> date | None:
    """Return the day that the flow's switch begins with, or None without one."""
    rows = FlowSwitch.objects.filter(pair=pair, flow=flow)
    return rows.values_list("starts_from", flat=True).first()


def _of_xero(pair: Pair, flow: Flow, open_remote: OpenRemote) -> str:
    changes = open_remote(pair.xero, Lane.PERSON).changed(flow.xero_kind, None)
    wanted = [record for record in changes.records if not flow.unwanted(record)]
    days = [day for record in wanted if (day := flow.day_of(record)) is not None]
    noun = flow.xero_kind.lower()
    return _in_words(len(wanted), changes.complete, noun, min(days, default=None))


def _of_salesforce(pair: Pair, flow: Flow, open_remote: OpenRemote) -> str:
    found = open_remote(pair.salesforce, Lane.PERSON).glance(flow.salesforce_kind, LONG_AGO)
    return _in_words(len(found.keys), found.complete, "won deal", None)


def _in_words(count: int, complete: bool, noun: str, oldest: date | None) -> str:
    if not count:
        return f"“Every record” is no {noun} now."
    many = f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
    more = "" if complete else "more than "
    since = f", the oldest of {oldest:%-d %b %Y}" if oldest else ""
    gets = "It gets" if count == 1 and complete else "Each gets"
    return f"“Every record” is {more}{many} now{since}. {gets} a counterpart unless it has one."
