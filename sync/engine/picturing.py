"""Picturing: what a plan would make, kept with its names so that it can be shown years later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.core import snapshots
from sync.core.organisation import Reference
from sync.core.planning import Plan
from sync.core.records import System

from .work import Work

OF_THE_DEAL = ("deal_total", "_deal_amount", "_rounded_by", "_rounding", "rate")
"""Shared values that tell of the deal beside an invoice that stands."""


def picture(work: Work, plan: Plan) -> dict[str, Any]:
    """Return as JSON data the counterpart as it would stand once the plan is carried out.

    `values` are its shared values; `names` the words for the codes in them, as the organisation
    had them at that time; `sides` the two values of every field in conflict, Salesforce's first.
    Empty for a plan without values.
    """
    values = _values(plan)
    if not values:
        return {}
    reference = work.around.reference if work.around else None
    conflicts = plan.couple.merged.conflicts if plan.couple.merged else ()
    return snapshots.dump(
        {
            "values": values,
            "names": {
                "contact": _contact(plan),
                **(_names(values, reference) if reference else {}),
            },
            "sides": {c.field: [c.salesforce, c.xero] for c in conflicts},
        }
    )


def _values(plan: Plan) -> dict[str, Any]:
    shared, merged = plan.couple.shared, plan.couple.merged
    ours, theirs = shared.get(System.SALESFORCE), shared.get(System.XERO)
    if theirs is None:
        return dict(ours or {})
    written = dict(merged.writes[System.XERO]) if merged else {}
    if ours and "lines" in written:
        written |= {name: ours[name] for name in ("net", "gross") if name in ours}
    deals = {name: ours[name] for name in OF_THE_DEAL if ours and name in ours}
    return {**theirs, **deals, **written}


def _contact(plan: Plan) -> str:
    """Return the name of the customer: Xero's own where it is known, else the one looked for."""
    match, record = plan.couple.needs.get("contact"), plan.couple.xero
    if match is not None and match.candidate is not None:
        return match.candidate.name
    if match is not None and match.wanted is not None:
        return match.wanted.name
    return str(record.get("Contact.Name") or "") if record is not None else ""


def _names(values: Mapping[str, Any], reference: Reference) -> dict[str, Any]:
    lines = [line for line in values.get("lines") or [] if isinstance(line, Mapping)]
    accounts = {str(line.get("account_code")) for line in lines}
    taxes = {str(line.get("tax_type")) for line in lines}
    options = {str(pair[1]) for line in lines for pair in line.get("tracking") or []}
    return {
        "organisation": reference.name,
        "accounts": {a.code: a.name for a in reference.accounts if a.code in accounts},
        "tax_names": {t.tax_type: t.name for t in reference.tax_rates if t.tax_type in taxes},
        "tax_rates": {t.tax_type: t.rate for t in reference.tax_rates if t.tax_type in taxes},
        "tracking": {t.option_id: t.option for t in reference.tracking if t.option_id in options},
    }
