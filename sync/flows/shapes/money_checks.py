"""What an invoice's money is held against before it is sent: currency, rates, tax and sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sync.core import rates, tax
from sync.core.errors import Fix
from sync.core.flow import Shared
from sync.core.lines import Line
from sync.core.money import Money, fits, places, round_half_up
from sync.core.organisation import Reference
from sync.core.questions import Check, Choice, Question, QuestionKind
from sync.core.rates import Rate
from sync.core.tax import Amounts

from . import rounding

QUANTITY_PLACES = 4
"""Decimals that Xero keeps of a quantity and of a discount."""


def problem(
    cause: str,
    title: str,
    hint: str,
    place: str = "",
    argument: str = "",
    *,
    choices: tuple[Choice, ...] = (),
    about: str = "",
) -> Question:
    """Return a question that holds the invoice up; without choices it offers to try again."""
    more: dict[str, Any] = {"choices": choices, "about": about, "alone": True} if choices else {}
    return Question(QuestionKind.PROBLEM, cause, title, hint, Fix(hint, place, argument), **more)


def check(
    shared: Shared, lines: Sequence[Line], organisation: Reference, name: str, subject: str
) -> Iterator[Check]:
    """Yield the checks of what a deal is over, in which currency and at which rate."""
    yield from _amount(shared, name, subject)
    yield from _currency(shared, organisation)
    yield from _rates(shared)
    yield from _figures(lines, name, subject)


def check_sums(
    shared: Shared, lines: Sequence[Line], organisation: Reference, name: str, subject: str
) -> Iterator[Check]:
    """Yield the checks of the sums, as Xero will compute them, against the deal's amount."""
    yield from _total(shared, name, subject)
    yield from _gross(shared, name, subject)
    yield from _tax_on_sum(shared, lines, organisation)


def _amount(shared: Shared, name: str, subject: str) -> Iterator[Check]:
    total, currency = shared.get("_deal_amount"), _own_currency(shared)
    if total is None or not shared.get("lines"):
        title = f"“{name}” has neither products nor an amount"
        yield Check("", problem(f"no_amount:{subject}", title, "Give it an amount in Salesforce."))
    elif total <= 0:
        title = f"“{name}” is over {Money(total, currency)}: there is nothing to bill"
        hint = "Correct the amount in Salesforce, or bill it by hand as a credit note in Xero."
        yield Check("", problem(f"not_positive:{subject}", title, hint))
    elif not fits(total, currency):
        title = (
            f"“{name}” is over {currency} {total:f}, but {currency} has {places(currency)} decimals"
        )
        yield Check("", problem(f"decimals:{subject}", title, "Correct the amount in Salesforce."))
    elif shared["deal_total"] <= 0:
        made = Money(shared["deal_total"], str(shared["currency"]))
        title = f"“{name}” comes to {made} once it is converted: there is nothing to bill"
        hint = "Correct the rate in its row."
        yield Check("", problem(f"nothing:{subject}", title, hint, "table", "currency"))


def _own_currency(shared: Shared) -> str:
    """Return the currency that the deal itself is in."""
    kept = (shared.get("rate") or {}).get("conversion")
    return Rate.of(kept).base if kept else str(shared["currency"])


def _currency(shared: Shared, organisation: Reference) -> Iterator[Check]:
    currency, base = str(shared["currency"]), organisation.base_currency
    single = organisation.actions.get("UseMulticurrency") is False
    if currency == base or (currency in organisation.currencies and not single):
        yield Check(f"{currency} is enabled in {organisation.name}")
        return
    title = f"{currency} is not enabled in {organisation.name}"
    hint = (
        f"Add {currency} under Settings › Currencies in Xero; the deals then go on by themselves. "
        f"To bill them in another currency instead, add a row to the table of currencies that "
        "says by which rate."
    )
    if single:
        title = f"{organisation.name} cannot bill in {currency}: its Xero plan has only {base}"
        hint = (
            "Move the organisation to a plan with several currencies, bill the deal by hand, or "
            f"add a row to the table of currencies that bills in {base} and says by which rate."
        )
    if not currency:
        title = "Salesforce does not say which currency its deals are in"
        hint = "Let Counterpart’s user read the company information of the org, then try again."
    yield Check("", problem(f"currency:{currency}", title, hint, "table", "currency"))


def _rates(shared: Shared) -> Iterator[Check]:
    kept: Mapping[str, Any] = shared.get("rate") or {}
    if kept.get("conversion"):
        rate, amount = Rate.of(kept["conversion"]), shared.get("_deal_amount")
        if amount is not None:
            yield Check(f"Converted: {rates.in_words(amount, rate)}")
    for converted in shared.get("_converted") or []:
        yield Check(f"Converted by its row: {converted['words']}")
    if kept.get("from"):
        yield Check(f"Rate for Xero: {Rate.of(kept['from'])}")


def _figures(lines: Sequence[Line], name: str, subject: str) -> Iterator[Check]:
    """Hold quantities and discounts against what Xero keeps of them: it would round the rest."""
    fine = [line for line in lines if _fine(line.quantity) and _fine(line.discount_rate)]
    if len(fine) != len(lines):
        title = f"A line of “{name}” has a quantity or discount of more than 4 decimals"
        hint = "Xero would round it. Correct it in Salesforce, or change its mapping."
        yield Check("", problem(f"too_fine:{subject}", title, hint))
    if any(abs(line.discount_rate) > 100 for line in lines):
        title = f"A line of “{name}” has a discount of more than 100 %"
        yield Check("", problem(f"discount:{subject}", title, "Correct it in Salesforce."))


def _fine(figure: Decimal) -> bool:
    return figure == round_half_up(figure, QUANTITY_PLACES)


def _total(shared: Shared, name: str, subject: str) -> Iterator[Check]:
    """Hold the total against the deal's: it is the same to the cent, or somebody said otherwise."""
    total, currency = shared.get("deal_total"), str(shared["currency"])
    if total is None or total <= 0 or not fits(total, currency):
        return
    by, how = shared["_rounded_by"], shared["_rounding"]
    if not by:
        yield Check("Totals counted as Xero counts them: per line, then summed")
        return
    deal, off = Money(total, currency), Money(by, currency)
    if how == rounding.LINE:
        yield Check(f"A rounding line of {Money(-by, currency)} makes it the deal’s {deal}")
    elif how == rounding.LEAVE:
        yield Check(f"{off} off the deal’s {deal} by rounding, which is left so")
    else:
        yield Check("", _difference(shared, name, subject))


def _difference(shared: Shared, name: str, subject: str) -> Question:
    total, by, currency = shared["deal_total"], shared["_rounded_by"], str(shared["currency"])
    deal, made, off = (Money(x, currency) for x in (total, total + by, by))
    title = f"“{name}”: Xero would make it {made}, the deal is {deal}"
    if shared["_rounding"] != rounding.ASK:
        hint = (
            f"The difference of {off} comes from lines that do not add up. "
            "Correct quantities, prices or discounts in Salesforce."
        )
        return problem(f"difference:{subject}", title, hint)
    cents = rounding.is_cents(by, len(shared["lines"]), currency)
    row = "can answer this once and for all" if cents else "may say how much is left"
    hint = (
        f"The difference of {off} comes from rounding: Xero rounds prices to four decimals and "
        "every line to two, Salesforce in another way. A row of the table of rounding differences "
        f"{row}."
    )
    fine = cents and rounding.can_be_a_line(by)
    choices = tuple(c for c in rounding.CHOICES if fine or c.value != rounding.LINE)
    return problem(
        f"difference:{subject}",
        title,
        hint,
        "table",
        rounding.TABLE,
        choices=choices,
        about=rounding.about(by, total),
    )


def _gross(shared: Shared, name: str, subject: str) -> Iterator[Check]:
    """Hold the total with tax against what can be billed, and paid, at all."""
    gross, currency = shared["gross"], str(shared["currency"])
    if gross < 0 < (shared.get("deal_total") or 0):
        title = f"“{name}” would come to {Money(gross, currency)} with tax, which Xero refuses"
        hint = "Lines of other tax rates make it less than nothing. Correct them in Salesforce."
        yield Check("", problem(f"negative:{subject}", title, hint))
    elif gross > 0 and not fits(gross, currency):
        whole = f"which {places(currency)} decimals of {currency} cannot pay"
        yield Check(f"With tax it comes to {Money(gross, currency)}, {whole}; Xero counts so")


def _tax_on_sum(shared: Shared, lines: Sequence[Line], organisation: Reference) -> Iterator[Check]:
    """Tell the cents between tax on each line, as Xero counts, and tax on the sum."""
    currency, amounts = str(shared["currency"]), Amounts(shared["amounts_are"])
    known = {rate.tax_type: rate.rate for rate in organisation.tax_rates}
    if any(line.tax_type and line.tax_type not in known for line in lines):
        return
    ours, on_sum = shared["gross"] - shared["net"], tax.tax_on_sum(lines, amounts, known)
    if ours != on_sum:
        each, whole = Money(ours, currency), Money(on_sum, currency)
        off = Money(ours - on_sum, currency)
        yield Check(
            f"Tax is {each}, counted on each line as Xero does; on the sum it would be {whole} "
            f"(a difference of {off})"
        )
