"""Creates, changes and deletes items."""

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.money import unit_price
from sandbox.xero.reading import Given, flag, guid, number, part, text

_SIDES = ("SalesDetails", "PurchaseDetails")


def find_item(books: Books, given: Given) -> Record | None:
    """The item that is meant: by ItemID, else by Code.

    Raises RefusedError for an ItemID that does not exist.
    """
    if key := guid(given, "ItemID"):
        item = books.record("Item", key)
        if not item:
            raise RefusedError("The item could not be found.")
        return item
    code = text(given, "Code")
    return books.first("Item", "Code", code) if code else None


def write_item(books: Books, given: Given, *, create_only: bool = False, places: int = 2) -> Record:
    """Create or change the item that is meant and keep it. Raises RefusedError."""
    current = find_item(books, given)
    if current and create_only:
        raise RefusedError(f"Price List Item with Code '{current['Code']}' already exists")
    item = _read(books, given, current or {"IsSold": True, "IsPurchased": True}, places)
    same = books.first(
        "Item", "Code", item["Code"], lambda one: one["ItemID"] != item.get("ItemID")
    )
    if same:
        raise RefusedError(f"Price List Item with Code '{item['Code']}' already exists")
    kept = books.save("Item", item)
    note(books, kept["ItemID"], "Edited" if current else "Created")
    return kept


def _read(books: Books, given: Given, current: Record, places: int) -> Record:
    sent: Record = {
        "Code": text(given, "Code", 30),
        "Name": text(given, "Name", 50),
        "Description": text(given, "Description", 4000),
        "PurchaseDescription": text(given, "PurchaseDescription", 4000),
        "IsSold": flag(given, "IsSold"),
        "IsPurchased": flag(given, "IsPurchased"),
        "InventoryAssetAccountCode": text(given, "InventoryAssetAccountCode", 10),
    }
    item = current | {name: value for name, value in sent.items() if value is not None}
    if not item.get("Code"):
        raise RefusedError("The item code must be specified.")
    for side in _SIDES:
        item[side] = (current.get(side) or {}) | _details(books, part(given, side), places)
    if stock := sent["InventoryAssetAccountCode"]:
        _check_account(books, stock, "INVENTORY")
    item["IsTrackedAsInventory"] = _is_tracked(item)
    if not item["IsSold"]:
        item |= {"Description": None, "SalesDetails": {}}
    if not item["IsPurchased"]:
        item |= {"PurchaseDescription": None, "PurchaseDetails": {}}
    return item


def _details(books: Books, given: Given, places: int) -> Record:
    """The price, account and tax type of one side; faults name what does not exist."""
    price = number(given, "UnitPrice")
    details: Record = {
        "UnitPrice": unit_price(price, places) if price is not None else None,
        "AccountCode": text(given, "AccountCode", 10),
        "COGSAccountCode": text(given, "COGSAccountCode", 10),
        "TaxType": text(given, "TaxType", 50),
    }
    for name in ("AccountCode", "COGSAccountCode"):
        if code := details[name]:
            _check_account(books, code)
    tax = details["TaxType"]
    if tax and not books.first("TaxRate", "TaxType", tax, is_active):
        raise RefusedError(f"The TaxType code '{tax}' does not exist.")
    return {name: value for name, value in details.items() if value is not None}


def _is_tracked(item: Record) -> bool:
    """Whether stock is kept of it, which takes both accounts. Raises RefusedError for one."""
    bought = item["PurchaseDetails"]
    stock, costed = item.get("InventoryAssetAccountCode"), bought.get("COGSAccountCode")
    if bool(stock) != bool(costed):
        raise RefusedError(
            "A tracked item needs both an InventoryAssetAccountCode and a COGSAccountCode."
        )
    if costed and bought.get("AccountCode"):
        raise RefusedError("An item has either a COGSAccountCode or an AccountCode for purchases.")
    return bool(stock)


def is_active(record: Record) -> bool:
    """Whether an account or a tax rate is still in use."""
    return bool(record["Status"] == "ACTIVE")


def _check_account(books: Books, code: str, type_: str = "") -> None:
    account = books.first("Account", "Code", code, is_active)
    own = account and account.get("SystemAccount") not in (None, "", "ROUNDING")
    if not account or own or account["Type"] == "BANK" or (type_ and account["Type"] != type_):
        raise RefusedError(f"Account code '{code}' is not a valid code for this item.")


def delete_item(books: Books, item: Record) -> None:
    """Remove an item; it leaves no trace. Raises RefusedError while it is tracked or used."""
    used = any(
        line.get("ItemCode") == item["Code"]
        for invoice in books.records("Invoice")
        for line in invoice["LineItems"]
    )
    if used or item["IsTrackedAsInventory"]:
        raise RefusedError("The item cannot be deleted: it is tracked or has been used.")
    books.remove("Item", item["ItemID"])
