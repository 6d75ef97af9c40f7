"""What a person sets up in an organisation by hand: accounts, tax rates, tracking and the like."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sandbox.store import Record
from sandbox.xero.books import Books, fold
from sandbox.xero.countries import CLASS_OF_TYPE, currency_name
from sandbox.xero.errors import RefusedError
from sandbox.xero.money import compounded, four_places
from sandbox.xero.reading import choice, day, flag, number, parts, text
from sandbox.xero.stamps import stamp

MOST_ACTIVE, MOST_CATEGORIES = 2, 4  # Xero's page on tracking categories
Values = Mapping[str, Any]
NAMED_BY = {"Currency": "Code", "TaxRate": "TaxType"}  # the kinds without an id of their own
_ORGANISATION_TEXTS = ("Name", "LegalName", "Edition", "Class", "Timezone", "TaxNumber")
_LOCKS = ("PeriodLockDate", "EndOfYearLockDate")


def write_organisation(books: Books, values: Values) -> Record:
    """Change the organisation: texts, lock dates ("" lifts one), currencies, approvals."""
    changes: Record = {n: text(values, n) for n in _ORGANISATION_TEXTS if n in values}
    changes |= {n: day(values, n) for n in _LOCKS if n in values}
    for name in ("Multicurrency", "IsDemoCompany"):
        if name in values:
            changes[name] = bool(flag(values, name))
    if "ApprovalsPerMonth" in values:
        limit = number(values, "ApprovalsPerMonth")
        changes["ApprovalsPerMonth"] = None if limit is None else int(limit)
    return books.save("Organisation", {**books.organisation, **changes})


def _current(books: Books, kind: str, values: Values, key: str, name: str) -> Record | None:
    if values.get(key):
        return books.record(kind, str(values[key]))
    named = (one for one in books.records(kind) if one[name] == values.get(name))
    if next(named, None):
        raise RefusedError(f"There is a {kind} with this {name} already.")
    return None


def write_account(books: Books, values: Values) -> Record:
    """Open or change an account."""
    current = _current(books, "Account", values, "AccountID", "Code")
    kind = choice(values, "Type", tuple(CLASS_OF_TYPE)) or (current or {}).get("Type")
    if not kind:
        raise RefusedError("The account's type must be specified.")
    sent = {name: text(values, name, 150) for name in ("Code", "Name", "TaxType", "Description")}
    sent["Status"] = choice(values, "Status", ("ACTIVE", "ARCHIVED"))
    blank = {"Status": "ACTIVE", "EnablePaymentsToAccount": False, "ShowInExpenseClaims": False}
    account = (current or blank) | {n: v for n, v in sent.items() if v is not None}
    if not account.get("Code") or not account.get("Name"):
        raise RefusedError("An account needs a code and a name.")
    if kind == "BANK" and (code := text(values, "CurrencyCode", 3)):
        account["CurrencyCode"] = _enabled(books, code)
    if (payments := flag(values, "EnablePaymentsToAccount")) is not None:
        account["EnablePaymentsToAccount"] = payments
    return books.save("Account", {**account, "Type": kind, "Class": CLASS_OF_TYPE[kind]})


def _enabled(books: Books, code: str) -> str:
    if not books.find("Currency", "Code", code):
        raise RefusedError(f"Organisation is not subscribed to currency {code}")
    return code.upper()


def write_tax_rate(books: Books, values: Values) -> Record:
    """Make or change a tax rate; one of our own has a name and a rate and goes with any account.

    It may be given by its parts instead, of which one may be reckoned upon the others.
    """
    code = text(values, "TaxType", 50)
    current = books.first("TaxRate", "TaxType", code) if code else None
    if not current:
        numbers = range(1, 1000)
        free = (f"TAX{n:03}" for n in numbers if not books.find("TaxRate", "TaxType", f"TAX{n:03}"))
        classes = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")
        current = {"TaxType": code or next(free), "Status": "ACTIVE"}
        current |= {f"CanApplyTo{name}": True for name in classes}
    sent: Record = {
        "Name": text(values, "Name", 50),
        "Status": choice(values, "Status", ("ACTIVE", "ARCHIVED", "DELETED")),
    }
    rate = current | {name: value for name, value in sent.items() if value is not None}
    rate |= _percentages(values, str(rate.get("Name")))
    if not rate.get("Name") or rate.get("EffectiveRate") is None:
        raise RefusedError("A tax rate needs a name and an effective rate.")
    return books.save("TaxRate", rate)


def _percentages(values: Values, name: str) -> Record:
    """A tax rate's parts and what they come to, of which Xero shows four places."""
    given = [_component(raw, name) for raw in parts(values, "TaxComponents") or []]
    whole = number(values, "EffectiveRate")
    if not given and whole is None:
        return {}
    components = given or [_component({"Rate": whole}, name)]
    shown = four_places(compounded(components))
    return {"EffectiveRate": shown, "DisplayTaxRate": shown, "TaxComponents": components}


def _component(raw: Values, name: str) -> Record:
    return {
        "Name": text(raw, "Name", 50) or name,
        "Rate": four_places(number(raw, "Rate") or Decimal(0)),
        "IsCompound": bool(flag(raw, "IsCompound")),
        "IsNonRecoverable": bool(flag(raw, "IsNonRecoverable")),
    }


def write_currency(books: Books, values: Values) -> Record:
    """Enable a currency, which nobody can undo."""
    code = (text(values, "Code", 3) or "").upper()
    name = currency_name(code)
    if not name:
        raise RefusedError(f"Xero knows no currency {code!r}.")
    if not books.organisation["Multicurrency"]:
        raise RefusedError("The organisation's plan has one currency only.")
    return books.save("Currency", {"Code": code, "Description": name})


def write_tracking(books: Books, values: Values) -> Record:
    """Make or change a tracking category; options with an id are changed, others are added."""
    current = _current(books, "TrackingCategory", values, "TrackingCategoryID", "Name")
    category = current or {"Status": "ACTIVE", "Options": []}
    sent: Record = {
        "Name": text(values, "Name", 100),
        "Status": choice(values, "Status", ("ACTIVE", "ARCHIVED")),
    }
    category = category | {name: value for name, value in sent.items() if value is not None}
    if not category.get("Name"):
        raise RefusedError("A tracking category needs a name.")
    _check_categories(books, category)
    options = {one["TrackingOptionID"]: one for one in category["Options"]}
    for raw in parts(values, "Options") or []:
        key = raw.get("TrackingOptionID") or str(uuid4())
        options[key] = _option(raw, options.get(key, {"TrackingOptionID": key, "Status": "ACTIVE"}))
    names = [fold(one["Name"]) for one in options.values()]
    if len(set(names)) < len(names):
        raise RefusedError("The tracking category holds an option of this name already.")
    return books.save("TrackingCategory", {**category, "Options": list(options.values())})


def _check_categories(books: Books, category: Record) -> None:
    own = category.get("TrackingCategoryID")
    others = [one for one in books.records("TrackingCategory") if one["TrackingCategoryID"] != own]
    if any(fold(one["Name"]) == fold(category["Name"]) for one in others):
        raise RefusedError("There is a TrackingCategory with this Name already.")
    active = sum(one["Status"] == "ACTIVE" for one in [*others, category])
    if active > MOST_ACTIVE or len(others) >= MOST_CATEGORIES:
        raise RefusedError(
            f"An organisation has at most {MOST_ACTIVE} active tracking categories, and"
            f" {MOST_CATEGORIES} with the archived ones."
        )


def _option(raw: Values, current: Record) -> Record:
    sent = {
        "Name": text(raw, "Name", 100),
        "Status": choice(raw, "Status", ("ACTIVE", "ARCHIVED")),
    }
    option = current | {name: value for name, value in sent.items() if value}
    if not option.get("Name"):
        raise RefusedError("A tracking option needs a name.")
    return option


def write_theme(books: Books, values: Values) -> Record:
    """Make or rename a branding theme."""
    current = _current(books, "BrandingTheme", values, "BrandingThemeID", "Name")
    place = len(list(books.records("BrandingTheme")))
    made = stamp(books.world.clock.now())
    blank = {"SortOrder": place, "Type": "INVOICE", "CreatedDateUTC": made}
    return books.save("BrandingTheme", {**(current or blank), "Name": text(values, "Name", 100)})


WRITE: dict[str, Callable[[Books, Values], Record]] = {
    "Account": write_account,
    "BrandingTheme": write_theme,
    "Currency": write_currency,
    "Organisation": write_organisation,
    "TaxRate": write_tax_rate,
    "TrackingCategory": write_tracking,
}
