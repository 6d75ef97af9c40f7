"""What Xero or a person made of an invoice is held against the plan: terms, codes and tax."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import TableRow
from sync.core.organisation import TaxRate
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import NOON, deal, rules
from tests.flows.acts import DEAL, now, quiet, the_invoice, the_question, written
from tests.flows.books import Books
from tests.flows.test_currency import EARLIER, fixed, opened
from tests.flows.test_tax_rows import organisation


@pytest.fixture
def drafted() -> Books:
    """Return books in which a deal over 1,000.00 has its draft at 20 percent."""
    known = replace(organisation(), currencies=frozenset({"GBP", "USD"}))
    books = Books(FLOW, builders.around(known))
    books.sync(DEAL)
    return books


def rated(books: Books, code: str, rate: str) -> None:
    """Let finance edit the percentage of a tax rate in Xero; what stands keeps its tax."""
    own = books.around.reference

    def edited(each: TaxRate) -> TaxRate:
        return replace(each, rate=Decimal(rate)) if each.tax_type == code else each

    rates = tuple(edited(each) for each in own.tax_rates)
    books.around = replace(books.around, reference=replace(own, tax_rates=rates))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"CurrencyCode": "USD"}, "USD in Xero, GBP by the deal"),
        (
            {"LineAmountTypes": "Inclusive", "SubTotal": Decimal("833.33"), "Total": Decimal(1000)},
            "prices with tax in Xero, prices before tax by the deal",
        ),
    ],
)
def test_a_new_amount_is_never_written_under_terms_that_a_person_changed(
    drafted: Books, edit: dict[str, Any], words: str
) -> None:
    drafted.edit(the_invoice(drafted), **edit)
    drafted.again(DEAL.key)
    before = the_invoice(drafted)
    plan = now(drafted, Amount=Decimal(1250))
    assert not written(plan)
    assert the_invoice(drafted) == before
    (held,) = [q for q in plan.questions if q.holds]
    assert words in held.title
    undone = {"CurrencyCode": "GBP", "LineAmountTypes": "Exclusive"}
    drafted.edit(the_invoice(drafted), **undone, SubTotal=Decimal(1000), Total=Decimal(1200))
    drafted.again(DEAL.key)
    assert the_invoice(drafted).get("Total") == Decimal(1500)
    assert quiet(drafted.again(DEAL.key))


def test_a_deal_that_changes_its_own_currency_is_written_with_it(drafted: Books) -> None:
    plan = now(drafted, CurrencyIsoCode="USD", Amount=Decimal(1250))
    assert {"currency", "lines"} <= written(plan)
    assert the_invoice(drafted).get("CurrencyCode") == "USD"
    assert quiet(drafted.again(DEAL.key))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("AccountCode", "", "Line 1 has account none; 200 was sent."),
        ("TaxType", "ZERORATEDOUTPUT", "Line 1 has tax rate ZERORATEDOUTPUT; OUTPUT2 was sent."),
        ("UnitAmount", Decimal("999.99"), "Line 1 has price 999.99; 1000.0000 was sent."),
    ],
)
def test_what_xero_takes_otherwise_is_told(
    drafted: Books, name: str, value: Any, words: str
) -> None:
    link = drafted.links[DEAL.key.id]
    line = {**the_invoice(drafted).get("LineItems")[0], name: value}
    drafted.edit(the_invoice(drafted), LineItems=[line])
    answered = FLOW.to_shared(
        the_invoice(drafted).key.system,
        replace(drafted.prepare(DEAL.key).couple, xero=the_invoice(drafted)),
        drafted.around,
    )
    common = replace(link.agreed["lines"], xero=answered["lines"])
    drafted.links[DEAL.key.id] = replace(link, agreed={**link.agreed, "lines": common})
    question = the_question(drafted.again(DEAL.key))
    assert words in question.explanation
    assert not question.holds
    drafted.decide(question, "leave")
    assert not drafted.again(DEAL.key).questions


def test_a_draft_whose_tax_is_another_than_planned_is_asked_about(drafted: Books) -> None:
    rated(drafted, "OUTPUT2", "17.5")
    question = the_question(drafted.again(DEAL.key))
    assert "Its tax is GBP 200.00; by the rates of" in question.explanation
    assert "it would be GBP 175.00" in question.explanation
    drafted.decide(question, "leave")
    assert quiet(drafted.again(DEAL.key))


@pytest.mark.parametrize(("minutes", "asked"), [(-1, False), (1, True)])
def test_an_approved_invoice_keeps_the_tax_of_its_day(
    drafted: Books, minutes: int, asked: bool
) -> None:
    own = replace(drafted.around.reference, read_at=NOON)
    drafted.around = replace(drafted.around, reference=own)
    approved = drafted.edit(the_invoice(drafted), Status="AUTHORISED")
    drafted.put(replace(approved, stamp=NOON + timedelta(minutes=minutes)))
    drafted.again(DEAL.key)
    rated(drafted, "OUTPUT2", "17.5")
    assert bool(drafted.again(DEAL.key).questions) is asked


def test_an_invoice_that_was_found_is_not_held_against_a_plan_that_made_it_not() -> None:
    books = Books(FLOW, builders.around(organisation()))
    record = deal(2)
    books.put(builders.invoice("INV-9", f"by hand {record.key.id}", Total=Decimal("1199.99")))
    books.sync(record)
    assert not [q for q in books.again(record.key).questions if "made_otherwise" in q.cause]


def test_a_rate_that_a_row_gave_is_not_left_to_another_currency_without_a_word() -> None:
    euros = deal(CurrencyIsoCode="EUR")
    books = opened(fixed("1.18", "EUR", "rate"))
    books.sync(euros)
    plan = now(books, CurrencyIsoCode="USD")
    assert not written(plan)
    question = the_question(plan)
    assert "is in EUR at 1.18" in question.title
    assert question.holds
    books.decide(question, "write")
    assert "currency" in written(books.again(euros.key))
    assert quiet(books.again(euros.key))


def test_a_rate_that_a_row_gave_is_asked_about_for_another_day_without_a_row() -> None:
    euros = deal(CurrencyIsoCode="EUR")
    books = opened(fixed("1.18", "EUR", "rate"))
    books.sync(euros)
    books.around = replace(books.around, rules=rules())
    assert the_question(now(books, CloseDate=EARLIER)).cause.startswith("rate_left:")
    books.around = replace(books.around, rules=rules(fixed("1.2", "EUR", "rate")))
    assert {"date", "rate"} <= written(books.again(euros.key))
    assert the_invoice(books).get("CurrencyRate") == Decimal("1.2")


@pytest.mark.parametrize("currency", ["EUR", "GBP"])
def test_a_rate_of_xeros_own_or_none_at_all_is_never_asked_about(currency: str) -> None:
    books = opened(fixed("1.18", "EUR", "rate") if currency == "GBP" else TableRow("rate", "xero"))
    books.sync(deal(CurrencyIsoCode="EUR"))
    plan = now(books, CurrencyIsoCode=currency, CloseDate=EARLIER)
    assert "date" in written(plan)
    assert not plan.questions
