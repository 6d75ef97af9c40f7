"""Overdue: more than so many days and more than an amount, less what the customer has with us."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sync.core.risk.judging import remarks
from sync.core.risk.replay import replay
from sync.core.risk.rules import RiskKind
from sync.core.risk.standing import Promise

from .ledger import TODAY, ago, found, invoice, level, note, rule, standing, words

KIND = RiskKind.OVERDUE


@pytest.mark.parametrize(
    ("days", "wanted"), [(-5, 0), (0, 0), (14, 0), (15, 1), (30, 1), (31, 2), (60, 2), (61, 3)]
)
def test_a_level_is_reached_on_the_day_after_its_days(days: int, wanted: int) -> None:
    assert level(KIND, standing(invoice(due=days))) == wanted


@pytest.mark.parametrize(("amount", "wanted"), [("499.99", 0), ("500.00", 0), ("500.01", 1)])
def test_exactly_the_amount_is_not_more_than_it(amount: str, wanted: int) -> None:
    assert level(KIND, standing(invoice(amount=amount))) == wanted


def test_small_invoices_add_up() -> None:
    several = [invoice(f"INV-{n}", "200.00") for n in range(3)]
    finding = found(KIND, standing(*several))
    assert finding is not None
    assert (finding.amount, finding.currency, len(finding.invoices)) == (Decimal(600), "GBP", 3)


def test_only_what_is_later_than_a_level_counts_for_it() -> None:
    at = standing(invoice("A", "400.00", due=70), invoice("B", "400.00", due=20))
    assert level(KIND, at) == 1
    finding = found(KIND, at, amount=Decimal(300))
    assert finding is not None
    assert (finding.level, finding.amount, finding.invoices) == (3, Decimal(400), ("A",))


def test_what_is_paid_voided_or_credited_is_not_overdue() -> None:
    gone = (
        invoice("A", paid=((5, "1000.00"),)),
        invoice("B", credited=((5, "1000.00"),)),
        invoice("C", paid=((5, "400.00"),), credited=((4, "600.00"),)),
    )
    assert level(KIND, standing(*gone)) == 0


def test_of_a_part_paid_invoice_the_rest_counts() -> None:
    finding = found(KIND, standing(invoice(paid=((5, "300.00"),))))
    assert finding is not None
    assert finding.amount == Decimal("700.00")


def test_an_invoice_without_a_due_date_is_never_late() -> None:
    assert level(KIND, standing(replace(invoice(due=99), due_on=None))) == 0


def test_an_invoice_of_a_negative_amount_takes_nothing_off() -> None:
    assert level(KIND, standing(invoice("A", "600.00"), invoice("B", "-600.00"))) == 1


@pytest.mark.parametrize(("left", "wanted"), [("499.99", 1), ("500.00", 0), ("2000.00", 0)])
def test_credit_that_is_not_set_off_yet_is_taken_off(left: str, wanted: int) -> None:
    credit = note(amount="2000.00", left=left, is_note=False)
    assert level(KIND, standing(invoice(), credits=(credit,))) == wanted


def test_the_words_name_the_credit_that_was_taken_off() -> None:
    told = words(KIND, standing(invoice(), credits=(note(left="100.00"),)))
    assert "GBP 900.00 is more than 14 days overdue, on 1 invoice." in told
    assert "GBP 100.00 of credit that is not set off yet is taken off." in told


def test_a_promise_holds_the_rule_until_its_day_and_not_the_day_after() -> None:
    late = invoice()
    for days, wanted in ((3, 0), (0, 0), (-1, 1)):
        promise = Promise(late.id, TODAY + timedelta(days=days))
        assert level(KIND, standing(late, promises=(promise,))) == wanted


def test_a_promise_for_one_invoice_holds_no_other() -> None:
    a, b = invoice("A"), invoice("B", "600.00")
    finding = found(KIND, standing(a, b, promises=(Promise("A", TODAY),)))
    assert finding is not None
    assert finding.invoices == ("B",)
    assert f"is promised for {TODAY} and not counted yet" in "\n".join(finding.words)


def test_the_latest_promise_counts() -> None:
    two = (Promise("INV-1", ago(9)), Promise("INV-1", TODAY))
    assert level(KIND, standing(invoice(), promises=two)) == 0


def test_what_is_disputed_is_not_called_late() -> None:
    a, b = invoice("A"), invoice("B", "600.00")
    assert level(KIND, standing(a, disputed=frozenset({"A"}))) == 0
    told = words(KIND, standing(a, b, disputed=frozenset({"A"})))
    assert "A · due 2026-10-30 · GBP 1,000.00 is disputed and not counted." in told


def test_other_currencies_count_by_salesforces_rates() -> None:
    euros = invoice(amount="625.00", currency="EUR")
    assert level(KIND, standing(euros)) == 0
    finding = found(KIND, standing(invoice(amount="625.02", currency="EUR")))
    assert finding is not None
    assert (finding.amount, finding.currency) == (Decimal("500.02"), "GBP")
    assert "EUR 625.02" in finding.words[1]


def test_what_has_no_rate_is_left_out_and_said() -> None:
    francs = invoice("B", "9000.00", currency="CHF")
    assert level(KIND, standing(francs)) == 0
    assert remarks([rule(KIND)], standing(francs)) == (
        "CHF 9,000.00 owed is not counted: Salesforce has no rate from CHF to GBP.",
    )
    assert "no rate from CHF to GBP" in words(KIND, standing(invoice("A"), francs))


def test_the_amount_of_a_rule_is_worth_something_else_to_an_account_in_yen() -> None:
    yen = {"currency": "JPY"}
    owed = invoice(amount="100000", currency="JPY")
    assert level(KIND, standing(owed, **yen)) == 0
    assert level(KIND, standing(invoice(amount="100001", currency="JPY"), **yen)) == 1
    assert level(KIND, standing(owed, **yen), amount=Decimal(624), currency="EUR") == 1


def test_a_rule_whose_amount_has_no_rate_says_that_it_cannot_tell() -> None:
    at = standing(invoice())
    assert level(KIND, at, currency="CHF") == 0
    (told,) = remarks([rule(KIND, currency="CHF")], at)
    assert told == "“Overdue” cannot be judged: there is no rate from CHF to GBP."
    assert level(KIND, at, currency="CHF", amount=Decimal(0)) == 1


def test_an_account_whose_currency_is_not_known_is_not_judged_but_said() -> None:
    at = standing(invoice(), currency="", home="")
    assert level(KIND, at) == 0
    assert "the currency of the account is not known" in remarks([rule(KIND)], at)[0]


def test_the_words_stay_the_same_from_day_to_day() -> None:
    assert words(KIND, standing(invoice(due=20))).replace(str(ago(20)), "") == words(
        KIND, standing(invoice(due=21))
    ).replace(str(ago(21)), "")


def test_a_due_date_at_the_end_of_time_is_only_far_away() -> None:
    far = replace(invoice(), due_on=date.max)
    for kind in RiskKind:
        assert replay(rule(kind), standing(far, promises=(Promise(far.id, date.max),))) == []
    assert level(KIND, standing(far, invoice("B", "600.00"))) == 1


def test_what_is_held_is_named_for_ten_invoices_too() -> None:
    many = [invoice(f"INV-{n:02}") for n in range(30)]
    told = words(KIND, standing(*many, invoice("X"), disputed=frozenset(one.id for one in many)))
    assert told.count("is disputed") == 10
    assert "and 20 more" in told


def test_of_many_invoices_ten_are_named() -> None:
    told = words(KIND, standing(*(invoice(f"INV-{n:02}") for n in range(13))))
    assert "INV-09 " in told
    assert "INV-10 " not in told
    assert "and 3 more" in told
