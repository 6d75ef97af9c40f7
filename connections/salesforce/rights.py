"""What Counterpart's user must be allowed to do in Salesforce for each flow."""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.rights import Rights

from .kinds import KINDS

READ, CREATE, EDIT, DELETE = "read", "create", "edit", "delete"
Needs = Mapping[str, tuple[str, ...]]
"""What is done with each kind."""

_PRICES: Needs = {"Pricebook2": (READ,)}
NEEDS: Mapping[str, Needs] = {
    "won_opportunity_invoice": {"Opportunity": (READ, EDIT), "Account": (READ,)},
    "payment_status": {"Opportunity": (READ, EDIT), "Account": (READ, EDIT)},
    "account_contact": {
        "Account": (READ, CREATE, EDIT),
        "Contact": (READ, CREATE, EDIT),
    },
    "quote_opportunity": {
        "Opportunity": (READ, CREATE, EDIT),
        "OpportunityLineItem": (READ, CREATE, EDIT, DELETE),
        "Account": (READ,),
        "Product2": (READ,),
        "PricebookEntry": (READ,),
        **_PRICES,
    },
    "credit_risk": {
        "Task": (READ, CREATE, EDIT),
        "Account": (READ, EDIT),
        "User": (READ,),
    },
    "product_catalogue": {
        "Product2": (READ, CREATE, EDIT),
        "PricebookEntry": (READ, CREATE, EDIT),
        **_PRICES,
    },
}
ALL_KINDS = tuple(dict.fromkeys(kind for needs in NEEDS.values() for kind in needs))


def refused(
    flow: str, rights: Mapping[str, Rights], spared: str = ""
) -> dict[str, tuple[str, ...]]:
    """Return by kind what the flow does and the org does not let us; a hidden kind is not read.

    `spared` is a kind of which the flow makes none here.
    """
    found = {}
    for kind, needs in NEEDS.get(flow, {}).items():
        known = rights.get(kind)
        acts = [act for act in needs if act != CREATE or kind != spared]
        lacks = (READ,) if known is None else tuple(act for act in acts if not known.may(act))
        if lacks:
            found[kind] = lacks
    return found


def without_key(flow: str, rights: Mapping[str, Rights], spared: str = "") -> tuple[str, ...]:
    """Return the fields by which the flow's new records are found again and that the org lacks.

    Without one nothing of its kind is made: a lost answer could make it twice.
    """
    return tuple(
        f"{kind}.{KINDS[kind].external_id}"
        for kind, acts in NEEDS.get(flow, {}).items()
        if CREATE in acts and kind != spared and kind in rights and KINDS[kind].external_id
        if KINDS[kind].external_id not in rights[kind].external_ids
    )
