"""Reference data by country: tax rates with Xero's own codes, a chart of accounts, currencies."""

import csv
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sandbox.store import Record

REFERENCE = Path(__file__).parent / "reference"
CLASS_OF_TYPE = {
    **dict.fromkeys(["BANK", "CURRENT", "FIXED", "INVENTORY", "NONCURRENT", "PREPAYMENT"], "ASSET"),
    **dict.fromkeys(["CURRLIAB", "LIABILITY", "TERMLIAB", "PAYG"], "LIABILITY"),
    **dict.fromkeys(["DEPRECIATN", "DIRECTCOSTS", "EXPENSE", "OVERHEADS"], "EXPENSE"),
    **dict.fromkeys(["OTHERINCOME", "REVENUE", "SALES"], "REVENUE"),
    "EQUITY": "EQUITY",
}
# Which classes of account a rate may be used with: assets, equity, expenses, liabilities, revenue.
_USES = {
    "sales": (True, True, False, True, True),
    "purchases": (True, True, True, True, False),
    "capital": (True, False, False, False, False),
    "any": (True, True, True, True, True),
}
_APPLIES = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")
_USUAL_TAX = {  # by version: what sales and purchases accounts start with, and what has no tax
    "UK": {"sales": "OUTPUT2", "purchases": "INPUT2", "none": "NONE"},
    "AU": {"sales": "OUTPUT", "purchases": "INPUT", "none": "BASEXCLUDED"},
    "NZ": {"sales": "OUTPUT2", "purchases": "INPUT2", "none": "NONE"},
    "US": {"sales": "OUTPUT", "purchases": "INPUT", "none": "NONE"},
    "GLOBAL": {"sales": "OUTPUT", "purchases": "INPUT", "none": "NONE"},
}


@lru_cache
def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def country_facts(country: str) -> dict[str, str]:
    """What is usual in a country (two letters); every one without an edition of its own is *."""
    rows = _rows("countries")
    return next((row for row in rows if row["Country"] == country), rows[-1])


def tax_free(version: str) -> str:
    """The tax type for what bears no tax: BASEXCLUDED in Australia, else NONE."""
    return _USUAL_TAX[version]["none"]


def tax_rates(version: str) -> list[Record]:
    """The tax rates of a Xero edition: UK, AU, NZ, US or GLOBAL."""
    return [_tax_rate(row) for row in _rows("tax_rates") if row["Version"] == version]


def _tax_rate(row: dict[str, str]) -> Record:
    rate: Record = {
        "Name": row["Name"],
        "TaxType": row["TaxType"],
        "Status": "ACTIVE",
        "DisplayTaxRate": Decimal(row["Rate"]),
        "EffectiveRate": Decimal(row["Effective"]),
        "TaxComponents": [
            {
                "Name": row["Name"],
                "Rate": Decimal(row["Rate"]),
                "IsCompound": False,
                "IsNonRecoverable": False,
            }
        ],
    }
    for name, applies in zip(_APPLIES, _USES[row["Use"]], strict=True):
        rate[f"CanApplyTo{name}"] = applies
    return rate


def chart_of_accounts(version: str) -> list[Record]:
    """The accounts an organisation of this edition starts with."""
    return [_account(row, version) for row in _rows("accounts")]


def _account(row: dict[str, str], version: str) -> Record:
    account: Record = {
        "Code": row["Code"],
        "Name": row["Name"],
        "Type": row["Type"],
        "TaxType": _USUAL_TAX[version][row["Tax"] or "none"],
    }
    if row["System"]:
        account["SystemAccount"] = row["System"]
    if row["Type"] == "BANK":
        account |= {"BankAccountNumber": "20451093847162", "BankAccountType": "BANK"}
    return account


def currency_name(code: str) -> str | None:
    """A currency's name, or None where Xero knows none of this code."""
    return next((row["Description"] for row in _rows("currencies") if row["Code"] == code), None)


def day_rate(base: str, currency: str, day: str) -> Decimal:
    """Units of `currency` per unit of `base` on an ISO day: made up, but steady for a day."""
    if base == currency:
        return Decimal(1)
    per_dollar = {row["Code"]: Decimal(row["PerDollar"]) for row in _rows("currencies")}
    drift = Decimal(date.fromisoformat(day).toordinal() * 7919 % 201 - 100) / 10000
    rate = per_dollar[currency] / per_dollar[base] * (1 + drift)
    return rate.quantize(Decimal("0.000001"))
