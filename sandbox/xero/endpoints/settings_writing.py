"""What a client may set up in an organisation: currencies, accounts, tax rates and tracking."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import rendering, setting_up
from sandbox.xero.answers import Reply
from sandbox.xero.books import Books
from sandbox.xero.call import Call
from sandbox.xero.errors import RefusedError, invalid, messages, not_found

Given = Mapping[str, Any]
_RATE = ("Name", "TaxType", "Status", "TaxComponents")  # EffectiveRate follows from the parts
_WITH_LINES = ("Invoice", "CreditNote", "Quote", "BankTransaction")


def add_currency(call: Call) -> Reply:
    """PUT /Currencies: enables one."""
    return _each(call, "Currencies", setting_up.write_currency, rendering.without_stamp)


def create_tax_rates(call: Call) -> Reply:
    """PUT /TaxRates: creates only, by the parts that make up the rate."""

    def write(books: Books, given: Given) -> Record:
        if not given.get("TaxComponents"):
            raise RefusedError("A tax rate needs one tax component at least.")
        if _rate_named(books, given):
            raise RefusedError("The tax rate name must be unique.")
        sent = {name: given[name] for name in _RATE if name in given and name != "TaxType"}
        return setting_up.write_tax_rate(books, sent)

    return _each(call, "TaxRates", write, rendering.without_stamp)


def change_tax_rates(call: Call) -> Reply:
    """POST /TaxRates: changes the one of that type or name; it is deleted by its Status."""

    def write(books: Books, given: Given) -> Record:
        code = given.get("TaxType")
        found = books.first("TaxRate", "TaxType", str(code)) if code else _rate_named(books, given)
        if not found:
            raise RefusedError("The tax rate could not be found.")
        sent = {name: given[name] for name in _RATE if name in given}
        return setting_up.write_tax_rate(books, {**sent, "TaxType": found["TaxType"]})

    return _each(call, "TaxRates", write, rendering.without_stamp)


def _rate_named(books: Books, given: Given) -> Record | None:
    alive = (one for one in books.records("TaxRate") if one["Status"] != "DELETED")
    return next((one for one in alive if one["Name"] == given.get("Name")), None)


def create_account(call: Call) -> Reply:
    """PUT /Accounts: opens one."""

    def write(books: Books, given: Given) -> Record:
        return setting_up.write_account(books, _without(given, "AccountID"))

    return _each(call, "Accounts", write, rendering.account)


def change_account(call: Call, key: str) -> Reply:
    """POST /Accounts/{id}: changes or archives it; Xero's own stay open."""
    account = _found(call, "Account", key)

    def write(books: Books, given: Given) -> Record:
        if given.get("Status") == "ARCHIVED" and account.get("SystemAccount"):
            raise RefusedError("System accounts cannot be archived.")
        return setting_up.write_account(books, {**given, "AccountID": account["AccountID"]})

    return _each(call, "Accounts", write, rendering.account)


def remove_account(call: Call, key: str) -> Reply:
    """DELETE /Accounts/{id}: one that nothing was booked on."""
    account = _found(call, "Account", key)
    code = account.get("Code")
    used = any(line.get("AccountCode") == code for line in _lines(call.books))
    if account.get("SystemAccount") or account["Type"] == "BANK" or used:
        raise _refused("The account cannot be deleted: it has been used, or it is Xero's own.")
    call.books.remove("Account", account["AccountID"])
    return Reply("Accounts", [rendering.account({**account, "Status": "DELETED"})])


def create_category(call: Call) -> Reply:
    """PUT /TrackingCategories: two may be active, four may be there."""

    def write(books: Books, given: Given) -> Record:
        return setting_up.write_tracking(books, _without(given, "TrackingCategoryID"))

    return _each(call, "TrackingCategories", write, _category)


def change_category(call: Call, key: str) -> Reply:
    """POST /TrackingCategories/{id}: renames or archives it, or brings it back."""
    category = _found(call, "TrackingCategory", key)

    def write(books: Books, given: Given) -> Record:
        sent = {name: given[name] for name in ("Name", "Status") if name in given}
        own = {"TrackingCategoryID": category["TrackingCategoryID"]}
        return setting_up.write_tracking(books, {**sent, **own})

    return _each(call, "TrackingCategories", write, _category)


def remove_category(call: Call, key: str) -> Reply:
    """DELETE /TrackingCategories/{id}: one that no line bears."""
    category = _found(call, "TrackingCategory", key)
    own = category["TrackingCategoryID"]
    if any(pair["TrackingCategoryID"] == own for pair in _tracked(call.books)):
        raise _refused("The tracking category cannot be deleted: it has been used.")
    call.books.remove("TrackingCategory", own)
    return Reply("TrackingCategories", [_category({**category, "Status": "DELETED"})])


def create_option(call: Call, key: str) -> Reply:
    """PUT /TrackingCategories/{id}/Options."""
    return _write_option(call, _found(call, "TrackingCategory", key), None)


def change_option(call: Call, key: str, option_key: str) -> Reply:
    """POST /TrackingCategories/{id}/Options/{id}: renames or archives it, or brings it back."""
    category = _found(call, "TrackingCategory", key)
    return _write_option(call, category, _option(category, option_key))


def remove_option(call: Call, key: str, option_key: str) -> Reply:
    """DELETE /TrackingCategories/{id}/Options/{id}: one that no line bears."""
    category = _found(call, "TrackingCategory", key)
    option = _option(category, option_key)
    own = option["TrackingOptionID"]
    if any(pair["TrackingOptionID"] == own for pair in _tracked(call.books)):
        raise _refused("The tracking option cannot be deleted: it has been used.")
    left = [one for one in category["Options"] if one["TrackingOptionID"] != own]
    call.books.save("TrackingCategory", {**category, "Options": left})
    return Reply("Options", [rendering.tracking_option({**option, "Status": "DELETED"})])


def _write_option(call: Call, category: Record, option: Record | None) -> Reply:
    own = {name: category[name] for name in ("TrackingCategoryID",)}

    def write(books: Books, given: Given) -> Record:
        sent = {name: given[name] for name in ("Name", "Status") if name in given}
        if option:
            sent["TrackingOptionID"] = option["TrackingOptionID"]
        options = setting_up.write_tracking(books, {**own, "Options": [sent]})["Options"]
        key = sent.get("TrackingOptionID") or options[-1]["TrackingOptionID"]
        return next(one for one in options if one["TrackingOptionID"] == key)

    return _each(call, "Options", write, rendering.tracking_option)


def _each(
    call: Call,
    collection: str,
    write: Callable[[Books, Given], Record],
    show: Callable[[Record], Record],
) -> Reply:
    try:
        return Reply(
            collection, [show(write(call.books, one)) for one in call.elements(collection)]
        )
    except RefusedError as error:
        raise _refused(*error.messages) from error


def _refused(*texts: str) -> Exception:
    return invalid([{"ValidationErrors": messages(texts)}])


def _found(call: Call, kind: str, key: str) -> Record:
    record = call.books.record(kind, key.lower())
    if not record:
        raise not_found()
    return record


def _option(category: Record, key: str) -> Record:
    for one in category["Options"]:
        if one["TrackingOptionID"] == key.lower():
            return dict(one)
    raise not_found()


def _category(record: Record) -> Record:
    return rendering.tracking_category(record, archived=True)


def _without(given: Given, name: str) -> Record:
    return {key: value for key, value in given.items() if key != name}


def _lines(books: Books) -> Iterator[Record]:
    for kind in _WITH_LINES:
        for document in books.records(kind):
            yield from document.get("LineItems", [])


def _tracked(books: Books) -> Iterator[Record]:
    for line in _lines(books):
        yield from line.get("Tracking", [])
