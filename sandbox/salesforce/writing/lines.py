"""The products on an opportunity: their price, their total, and what they make of its amount."""

from decimal import Decimal

from sandbox.salesforce.errors import RefusedError, deleted
from sandbox.salesforce.numbers import rounded
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import NUMBERS, Kind
from sandbox.salesforce.writing.amounts import recount
from sandbox.salesforce.writing.change import Change
from sandbox.salesforce.writing.checks import missing_fields
from sandbox.store import Record

_ZERO = Decimal(0)


def before(org: Org, change: Change) -> None:
    """Find the price in the price book and compute the total. Raises RefusedError."""
    if change.creates:
        _take_entry(org, change)
    if change.new["Quantity"] is None:
        raise missing_fields(["Quantity"])
    if not change.new["Quantity"]:
        raise _wrong("quantity must be nonzero", "Quantity")
    _price(change)


def after(org: Org, change: Change) -> None:
    """Bring the opportunity up to date."""
    recount(org, change.author, change.new["OpportunityId"])


def _take_entry(org: Org, change: Change) -> None:
    new = change.new
    deal = org.get("Opportunity", new["OpportunityId"])
    if deal is None:
        raise missing_fields(["OpportunityId"]) if new["OpportunityId"] is None else _no_record()
    if deal["IsDeleted"]:
        raise deleted()
    new["CurrencyIsoCode"] = deal["CurrencyIsoCode"]
    entry = _entry(org, new, deal)
    if not entry["IsActive"]:
        raise _wrong("pricebook entry is inactive")
    if deal["Pricebook2Id"] not in (None, entry["Pricebook2Id"]):
        raise _wrong(
            "pricebook entry is in a different pricebook than the one assigned to the opportunity"
        )
    if entry["CurrencyIsoCode"] != deal["CurrencyIsoCode"]:
        raise _wrong("pricebook entry currency code does not match opportunity currency code")
    new |= {"PricebookEntryId": entry["Id"], "ListPrice": entry["UnitPrice"]}
    new |= {name: entry[name] for name in ("Product2Id", "ProductCode")}
    new["Name"] = f"{deal['Name']} {entry['Name']}"


def _entry(org: Org, new: Record, deal: Record) -> Record:
    """The price book's entry: the one named, or the one of the product in the deal's book."""
    if new["PricebookEntryId"]:
        entry = org.alive("PricebookEntry", new["PricebookEntryId"])
        if entry is None:
            raise _no_record()
        return entry
    if not new["Product2Id"]:
        raise _wrong("must specify either PricebookEntryId or Product2Id", "unknown")
    book = deal["Pricebook2Id"] or next(
        (one["Id"] for one in org.all_with("Pricebook2", "IsStandard", True)), None
    )
    for entry in org.all_with("PricebookEntry", "Product2Id", new["Product2Id"]):
        if (entry["Pricebook2Id"], entry["CurrencyIsoCode"]) == (book, deal["CurrencyIsoCode"]):
            return entry
    raise _wrong("no price for this product in the opportunity's pricebook", "Product2Id")


def _price(change: Change) -> None:
    new = change.new
    by_total = _by_total(change)
    share = new["Quantity"] * (1 - (new["Discount"] or _ZERO) / 100)
    if by_total:
        new["UnitPrice"] = rounded(new["TotalPrice"] / share, 2) if share else new["ListPrice"]
    else:
        if new["UnitPrice"] is None:
            _take_list_price(change)
        new["TotalPrice"] = rounded(share * new["UnitPrice"], 2)
    new["Subtotal"] = rounded(new["Quantity"] * new["UnitPrice"], 2)
    _refuse_giants(change.kind, new)


def _by_total(change: Change) -> bool:
    """Whether the total was given and the price follows from it. Both together are refused."""
    moved = [name for name in ("UnitPrice", "TotalPrice") if _sets(change, name)]
    if len(moved) == 2:
        message = "Cannot change both 'UnitPrice' and 'TotalPrice'"
        raise RefusedError("INVALID_FIELD", message, ["UnitPrice", "TotalPrice"])
    return moved == ["TotalPrice"]


def _sets(change: Change, name: str) -> bool:
    given = name in change.given and change.new[name] is not None
    return given and (change.creates or change.moved(name))


def _take_list_price(change: Change) -> None:
    if change.new["Discount"] is not None or not change.creates:
        raise missing_fields(["UnitPrice"])
    change.new["UnitPrice"] = change.new["ListPrice"]


def _refuse_giants(kind: Kind, record: Record) -> None:
    """Raise where a computed amount does not fit its field."""
    for name in ("TotalPrice", "Subtotal", "UnitPrice"):
        field = kind.fields[name]
        if field.type in NUMBERS and record[name].adjusted() >= field.length - (field.scale or 0):
            message = f"{name}: value outside of valid range on numeric field: {record[name]}"
            raise RefusedError("NUMBER_OUTSIDE_VALID_RANGE", message, [name])


def _wrong(reason: str, field: str = "PricebookEntryId") -> RefusedError:
    fields = [] if field == "unknown" else [field]
    message = f"field integrity exception: {field} ({reason})"
    return RefusedError("FIELD_INTEGRITY_EXCEPTION", message, fields)


def _no_record() -> RefusedError:
    return RefusedError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
