"""Value tables at work: account, tax type and tracking of a line, by the first row that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sync.core import mapping, tax
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import RuleSet, Surroundings
from sync.core.records import Record
from sync.core.transforms_rates import RATES, KnownRates
from sync.core.transforms_values import TABLES

At = Callable[[str], Any]
Item = Mapping[str, Any] | None
ASK = "ask"


def choose(rules: RuleSet, table: str, at: At) -> str | None:
    """Return the table's value for this record; raises NeedsPerson where a row says `ask`."""
    value = mapping.look_up(rules, table, at)
    if value is not None and value.strip().casefold() == ASK:
        raise NeedsPerson(
            f"The {table.replace('_', ' ')} is left to a person by its mapping row.",
            cause=f"ask:{table}",
            fix=Fix(f"Add a row for this case to the table {table}.", "table", table),
        )
    return value


def deal_paths(deal: Record, currency: str) -> At:
    """Return a look-up of the deal's fields and the computed names `=amount`, `=currency`."""
    return over(deal.get, {"=amount": deal.get("Amount"), "=currency": currency})


def over(at: At, computed: Mapping[str, Any]) -> At:
    """Return a look-up that knows these computed names before anything else."""
    return lambda path: computed[path] if path in computed else at(path)


def with_tables(at: At, rules: RuleSet, rates: KnownRates) -> At:
    """Return a look-up for mapping rows, which may read value tables and convert amounts too."""

    def table(name: str) -> str | None:
        return choose(rules, name, at)

    return over(at, {TABLES: table, RATES: rates})


def line_paths(row: Mapping[str, Any], deal: Record | None, currency: str) -> At:
    """Return a look-up of a line's fields (`Product2.Family`) and, as `Opportunity.…`, the deal's.

    A condition may write a line's field as `line.Product2.Family` in tables used by both.
    """
    own = mapping.paths_of(row)
    above = deal_paths(deal, currency) if deal is not None else own

    def at(path: str) -> Any:
        bare = path.removeprefix("line.")
        if bare.startswith(mapping.ABOVE):
            return above(bare.removeprefix(mapping.ABOVE))
        found = own(bare)
        return above(path) if found is None and not path.startswith("line.") else found

    return at


def account_code(around: Surroundings, item: Item, at: At) -> str:
    """Return the account code of a line: by the table, whose words are tried in order.

    `=item` is the Xero item's own sales account, `=first revenue` the organisation's first
    active revenue account by code; anything else is a code.
    """
    for word in _words(choose(around.rules, "account_code", at)):
        if word == "=item":
            found = str(item["account"]) if item else ""
        elif word == "=first revenue":
            found = _first_revenue(around)
        else:
            found = word
        if found:
            return found
    raise NeedsPerson(
        "No account code for the lines of this invoice.",
        cause="no_account_code",
        fix=Fix("Add a row to the table of account codes.", "table", "account_code"),
    )


def amounts_are(around: Surroundings, at: At) -> tax.Amounts:
    """Return whether prices are before tax, include it or bear none, as the table says."""
    value = choose(around.rules, "amounts_are", at) or tax.Amounts.EXCLUSIVE.value
    known = {kind.value.casefold(): kind for kind in tax.Amounts}
    if value.strip().casefold() not in known:
        raise NeedsPerson(
            f"A row of the table amounts_are says “{value}”.",
            cause=f"amounts_are:{value}",
            fix=Fix("Let it say Exclusive, Inclusive or NoTax.", "table", "amounts_are"),
        )
    return known[value.strip().casefold()]


def _first_revenue(around: Surroundings) -> str:
    codes = [
        a.code
        for a in around.reference.accounts
        if a.active and a.code and not a.system and a.type in ("REVENUE", "SALES")
    ]
    return min(codes, default="")


def tax_type(around: Surroundings, couple: Couple, item: Item, account: str, at: At) -> str:
    """Return the tax type of a line: by the table, whose words are tried in order.

    `=contact` is the customer's own default in Xero, `=item` the item's, `=account` the
    account's: the order in which Xero fills it in. Never chosen by its percentage.
    """
    match = couple.needs.get("contact")
    ledger = around.reference.account(account)
    defaults = {
        "=contact": match.candidate.facts.get("tax_type") if match and match.candidate else "",
        "=item": item["tax_type"] if item else "",
        "=account": ledger.tax_type if ledger else "",
    }
    rows = over(at, {"=account": account, "=item": item["code"] if item else ""})
    value = choose(around.rules, "tax_type", rows)
    for word in _words(value):
        found = str(defaults.get(word) or "") if word.startswith("=") else word
        if found:
            return found
    if ledger is None:
        return ""  # the account itself is what is wrong
    why = "it has no default in Xero and no row names one" if value else "no row is for this case"
    raise NeedsPerson(
        f"No tax rate for account {account}: {why}.",
        cause=f"no_tax_type:{account}",
        fix=Fix("Add a row to the table of tax rates.", "table", "tax_type"),
    )


def tracking(around: Surroundings, at: At) -> tuple[tuple[str, str], ...]:
    """Return the tracking options of a line as (category id, option id), one a table."""
    pairs = []
    for table in ("tracking_1", "tracking_2"):
        value = choose(around.rules, table, at)
        if value:
            category, _, option = value.lower().partition("/")
            pairs.append((category.strip(), option.strip()))
    return tuple(sorted(pairs))


def _words(value: str | None) -> list[str]:
    return [word.strip() for word in (value or "").split(",") if word.strip()]
