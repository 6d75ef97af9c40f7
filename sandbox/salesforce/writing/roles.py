"""People's roles in an opportunity: at most one of them is the primary one."""

from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change


def before(org: Org, change: Change) -> None:
    """Take the opportunity's currency."""
    deal = org.get("Opportunity", change.new["OpportunityId"])
    if deal:
        change.new["CurrencyIsoCode"] = deal["CurrencyIsoCode"]


def after(org: Org, change: Change) -> None:
    """Let a new primary role take the place of the former one."""
    deal = org.get("Opportunity", change.new["OpportunityId"])
    if not change.new["IsPrimary"] or deal is None:
        return
    for role in org.all_with("OpportunityContactRole", "OpportunityId", deal["Id"]):
        if role["IsPrimary"] and role["Id"] != change.key:
            org.put("OpportunityContactRole", {**role, "IsPrimary": False})
    if deal["ContactId"] != change.new["ContactId"]:
        org.put("Opportunity", {**deal, "ContactId": change.new["ContactId"]})
