"""Conversions to the very cent, also where a rate is a fraction that never ends."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from sync.core import rates
from sync.core.money import places
from sync.core.rates import Rate
from tests.flows import random_deals

WORDS = re.compile(r"[A-Z]{3} ([\d,.]+) × ([\d.]+) \(.*\) = [A-Z]{3} ([\d,.]+)")


def rounded(amount: Fraction, decimals: int) -> Decimal:
    """Return a fraction rounded half up, counted in whole numbers."""
    size = amount * 10**decimals
    return Decimal((2 * size.numerator + size.denominator) // (2 * size.denominator)).scaleb(
        -decimals
    )


def of_salesforce(per_pound: Decimal, currency: str = "USD") -> Rate:
    org = replace(random_deals.salesforce(), rates={currency: per_pound}, dated_rates={})
    found = rates.by_salesforce(org, "GBP", currency, None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("amount", "per_pound", "pounds"),
    [("28.23", "0.048", "588.13"), ("3.015", "3", "1.01"), ("0.12", "8", "0.02")],
)
def test_a_half_that_a_division_cuts_short_is_still_a_half(
    amount: str, per_pound: str, pounds: str
) -> None:
    rate = of_salesforce(Decimal(per_pound))
    assert rates.converted(Decimal(amount), rate) == Decimal(pounds)


def test_any_amount_at_any_rate_is_what_fractions_make_of_it() -> None:
    dice = random.Random(7)
    for _ in range(5_000):
        per = Decimal(dice.randint(1, 10 ** dice.choice((3, 5, 8)))).scaleb(-dice.choice((3, 6)))
        amount = Decimal(dice.randint(1, 10 ** dice.choice((3, 6, 11)))).scaleb(-2)
        exact = rounded(Fraction(amount) / Fraction(per), 2)
        assert rates.converted(amount, of_salesforce(per)) == exact, (amount, per)
        fixed = replace(of_salesforce(per), value=per, source="fixed")
        assert rates.converted(amount, fixed) == rounded(Fraction(amount) * Fraction(per), 2)


def test_the_sum_that_is_shown_comes_out_by_hand() -> None:
    dice = random.Random(8)
    for _ in range(2_000):
        per = Decimal(dice.randint(1, 10**7)).scaleb(-6)
        currency = dice.choice(("USD", "JPY", "KWD"))
        amount = Decimal(dice.randint(1, 10 ** dice.choice((4, 8, 12)))).scaleb(-2)
        rate = replace(of_salesforce(per), currency=currency)
        found = WORDS.fullmatch(rates.in_words(amount, rate))
        assert found
        before, by, after = (Decimal(part.replace(",", "")) for part in found.groups())
        assert rounded(Fraction(before) * Fraction(by), places(currency)) == after


def test_short_rates_are_shown_as_they_were_typed() -> None:
    rate = Rate("GBP", "USD", Decimal("0.79"), "fixed")
    assert rates.in_words(Decimal("1000000.00"), rate).startswith("USD 1,000,000.00 × 0.79 (")


@pytest.mark.parametrize("amount", ["9999999999999999.99", "0.01"])
@pytest.mark.parametrize("per", ["0.000001", "999999999999.999999"])
def test_eighteen_digits_at_the_strangest_rates_are_counted(amount: str, per: str) -> None:
    exact = rounded(Fraction(amount) / Fraction(per), 2)
    assert rates.converted(Decimal(amount), of_salesforce(Decimal(per))) == exact
