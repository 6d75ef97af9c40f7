"""How a line is coded: its item, account, tax type and tracking, and which of them go together."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sandbox.store import Record
from sandbox.xero.books import Books, fold
from sandbox.xero.countries import tax_free
from sandbox.xero.errors import RefusedError
from sandbox.xero.money import compounded, four_places
from sandbox.xero.reading import Given, guid, text
from sandbox.xero.transitions import is_sale

if TYPE_CHECKING:
    from sandbox.xero.lines import Desk

_APPLIES = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}
MOST_TRACKING = 2


def find_item(books: Books, code: str | None) -> Record | None:
    """The item of this code. Raises RefusedError where there is none of a given code."""
    if not code:
        return None
    item = books.first("Item", "Code", code)
    if not item:
        raise RefusedError(f"Item code '{code}' is not valid")
    return item


def item_details(item: Record | None, type_: str) -> Record:
    """The item's price, account and tax type for sales or for purchases."""
    name = "SalesDetails" if is_sale(type_) else "PurchaseDetails"
    return (item or {}).get(name) or {}


def item_description(item: Record | None, type_: str) -> str | None:
    """The item's words for sales or for purchases, or else its name."""
    name = "Description" if is_sale(type_) else "PurchaseDescription"
    return item.get(name) or item.get("Name") if item else None


def find_account(desk: "Desk", raw: Given, details: Given) -> Record | None:
    """The line's account, or None; a draft loses one that does not exist, with a warning."""
    code = text(raw, "AccountCode", 10)
    key = guid(raw, "AccountID") if not code else None
    code = code or (None if key else text(details, "AccountCode"))
    if not code and not key:
        return None
    account = (
        desk.books.record("Account", key)
        if key
        else desk.books.first("Account", "Code", code or "")
    )
    if not account and not desk.complete:
        desk.warnings.append(
            f"Account code '{code or key}' has been removed as it does not match a recognised"
            " account."
        )
        return None
    _check_account(account, code or str(key))
    return account


def _check_account(account: Record | None, code: str) -> None:
    if account and account["Status"] != "ACTIVE":
        raise RefusedError(
            f"Account code '{code}' has been archived, or has been deleted. Each line item must"
            " reference a valid account."
        )
    kept_by_xero = account and account.get("SystemAccount") not in (None, "", "ROUNDING")
    if not account or account["Type"] == "BANK" or kept_by_xero:
        raise RefusedError(f"Account code '{code}' is not a valid code for this document.")


def choose_tax(desk: "Desk", raw: Given, details: Given, account: Record | None) -> str | None:
    """The line's tax type: given, else the item's, else the account's.

    Where prices have no tax, it is the one for that. What does not exist or does not go with the
    account becomes a fault.
    """
    version = desk.books.organisation["Version"]
    if desk.line_amount_types == "NoTax":
        return tax_free(version)
    tax = text(raw, "TaxType", 50) or text(details, "TaxType") or (account or {}).get("TaxType")
    if not tax:
        return None
    rate = desk.books.first("TaxRate", "TaxType", tax, lambda one: one["Status"] == "ACTIVE")
    if not rate:
        desk.faults.append(
            f"The TaxType code {tax} does not exist or cannot be used for this type of transaction."
        )
    if account and not (rate and rate[_APPLIES[account["Class"]]]):
        desk.faults.append(
            f"The TaxType code '{tax}' cannot be used with account code '{account.get('Code')}'."
        )
    return str(rate["TaxType"]) if rate else tax


def effective_rate(books: Books, tax_type: str | None) -> Fraction:
    """The rate in percent; nothing for a line without a tax type.

    Its parts are exact, where what is shown of them was cut to four places. A reverse charge has
    parts, of which the seller charges nothing.
    """
    rate = books.first("TaxRate", "TaxType", tax_type) if tax_type else None
    if not rate:
        return Fraction(0)
    exact, shown = compounded(rate["TaxComponents"]), Decimal(rate["EffectiveRate"])
    return exact if four_places(exact) == shown else Fraction(shown)


def choose_tracking(books: Books, given: list[dict[str, Any]]) -> list[Record]:
    """The line's tracking as pairs of ids. Raises RefusedError for what does not exist."""
    if len(given) > MOST_TRACKING:
        raise RefusedError(f"A line item may have at most {MOST_TRACKING} tracking categories")
    return [_track(books, raw) for raw in given]


def _track(books: Books, raw: Given) -> Record:
    category = _one_of(
        list(books.records("TrackingCategory")),
        "TrackingCategoryID",
        guid(raw, "TrackingCategoryID"),
        text(raw, "Name"),
    )
    if not category:
        wanted = raw.get("Name") or raw.get("TrackingCategoryID")
        raise RefusedError(f"The tracking category '{wanted}' does not exist or is archived")
    option = _one_of(
        category["Options"], "TrackingOptionID", guid(raw, "TrackingOptionID"), text(raw, "Option")
    )
    if not option:
        wanted = raw.get("Option") or raw.get("TrackingOptionID")
        raise RefusedError(
            f"The tracking option '{wanted}' does not exist in '{category['Name']}' or is archived"
        )
    return {
        "TrackingCategoryID": category["TrackingCategoryID"],
        "TrackingOptionID": option["TrackingOptionID"],
    }


def _one_of(
    records: list[Record], id_field: str, key: str | None, name: str | None
) -> Record | None:
    """The active record with this id or, without one, this name."""
    for record in records:
        same = record[id_field] == key if key else fold(record["Name"]) == fold(name or "")
        if same and record["Status"] == "ACTIVE":
            return record
    return None
