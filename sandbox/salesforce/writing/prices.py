"""Price books: a standard price first, one price per book, product and currency."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record

_FROM_PRODUCT = ("Name", "ProductCode")


def before_entry(org: Org, change: Change) -> None:
    """Take the product's name, and refuse a price that may not stand there."""
    new = change.new
    product = org.alive("Product2", new["Product2Id"])
    book = org.alive("Pricebook2", new["Pricebook2Id"])
    if product is None or book is None:
        return  # the usual checks say so
    new |= {name: product[name] for name in _FROM_PRODUCT}
    same = _entries(org, new)
    if change.creates and any(one["Pricebook2Id"] == new["Pricebook2Id"] for one in same):
        message = "This price definition already exists in this price book"
        raise RefusedError("DUPLICATE_VALUE", message, [])
    if book["IsStandard"]:
        return
    standard = next((one for one in same if _is_standard(org, one)), None)
    if standard is None:
        message = "No standard price defined for this product"
        raise RefusedError("STANDARD_PRICE_NOT_DEFINED", message, [])
    if new["UseStandardPrice"]:
        _check_follows(change)
        new["UnitPrice"] = standard["UnitPrice"]


def _check_follows(change: Change) -> None:
    """A price that follows the standard price cannot be changed by itself."""
    if not change.creates and "UnitPrice" in change.given:
        raise RefusedError("FIELD_INTEGRITY_EXCEPTION", "field integrity exception: []", [])


def after_entry(org: Org, change: Change) -> None:
    """Let the prices that follow the standard price follow it."""
    if not _is_standard(org, change.new) or not change.moved("UnitPrice"):
        return
    for entry in _entries(org, change.new):
        if entry["UseStandardPrice"]:
            org.put("PricebookEntry", {**entry, "UnitPrice": change.new["UnitPrice"]})


def after_product(org: Org, change: Change) -> None:
    """Let the product's prices carry its new name."""
    if change.creates or not change.moved(*_FROM_PRODUCT):
        return
    for entry in org.all_with("PricebookEntry", "Product2Id", change.key):
        named = {name: change.new[name] for name in _FROM_PRODUCT}
        org.put("PricebookEntry", {**entry, **named})


def _entries(org: Org, entry: Record) -> list[Record]:
    """The other prices of the same product in the same currency."""
    return [
        one
        for one in org.all_with("PricebookEntry", "Product2Id", entry["Product2Id"])
        if one["CurrencyIsoCode"] == entry["CurrencyIsoCode"] and one["Id"] != entry["Id"]
    ]


def _is_standard(org: Org, entry: Record) -> bool:
    book = org.get("Pricebook2", entry["Pricebook2Id"])
    return bool(book and book["IsStandard"])
