"""What an opportunity's lines make of its amount."""

from decimal import Decimal

from sandbox.salesforce.numbers import rounded
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Author
from sandbox.salesforce.writing.records import sign
from sandbox.store import Record

_NOTHING = Decimal("0.00")


def recount(org: Org, author: Author, key: str) -> None:
    """Make an opportunity's amount the sum of its lines.

    Where that changes nothing, the opportunity keeps its stamps: a line may change unseen.
    """
    deal = org.get("Opportunity", key)
    if deal is None:
        return
    lines = org.all_with("OpportunityLineItem", "OpportunityId", key)
    new = {
        **deal,
        "Amount": sum((line["TotalPrice"] for line in lines), _NOTHING),
        "TotalOpportunityQuantity": sum((line["Quantity"] for line in lines), _NOTHING),
        "HasOpportunityLineItem": bool(lines),
    }
    if lines and not deal["Pricebook2Id"]:
        entry = org.get("PricebookEntry", lines[0]["PricebookEntryId"])
        new["Pricebook2Id"] = entry and entry["Pricebook2Id"]
    expect(new)
    if new != deal:
        sign(org, org.catalogue.named("Opportunity"), new, author)
        org.put("Opportunity", new)


def expect(record: Record) -> None:
    """Set the expected revenue: the amount's share by the probability."""
    amount, chance = record["Amount"], record["Probability"]
    known = amount is not None and chance is not None
    record["ExpectedRevenue"] = rounded(amount * chance / 100, 2) if known else None
