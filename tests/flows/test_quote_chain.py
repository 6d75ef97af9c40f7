"""Which invoices were made from a quote: proved, likely or none, and what follows for its deal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.couples import Couple, Decision
from sync.core.matching import Match, Outcome
from sync.core.records import Record
from sync.flows.shapes import quote_chain, quote_twice
from tests import builders
from tests.flows import quotes

EARLIER = builders.TODAY.replace(day=1)


def bill(number: str = "INV-1", reference: str = "", net: str = "1000.00", **values: Any) -> Record:
    """Return an invoice of the first customer that a person made."""
    return builders.invoice(number, reference, net, **values)


def judge(
    *invoices: Record, record: Record | None = None, decisions: Any = None, likely: bool = False
) -> tuple[Match | None, tuple[Record, ...]]:
    """Return what a won deal with this quote comes to, with these invoices of its customer."""
    quote = record or quotes.made()
    deal = builders.deal(1)
    couple = Couple(deal.key, deal, decisions=decisions or {})
    traced = quote_chain.trace(quote, invoices)
    linked, loose = ((), (quote,)) if likely else ((quote,), ())
    return quote_chain.billed_by(couple, quote_chain.Quoted(linked, loose, traced))


def test_a_quote_that_became_nothing_lets_its_deal_be_billed() -> None:
    for status in ("DRAFT", "SENT", "ACCEPTED"):
        assert judge(record=quotes.made(Status=status)) == (None, ())


def test_an_invoice_that_names_the_quote_is_the_deals() -> None:
    found, parts = judge(bill(reference="Quote QU-0001", net="5"))
    assert found is not None
    assert found.outcome is Outcome.FOUND
    assert parts == ()


@pytest.mark.parametrize(
    ("status", "outcome"), [("INVOICED", Outcome.FOUND), ("ACCEPTED", Outcome.ASK)]
)
def test_the_same_lines_prove_it_only_of_an_invoiced_quote(status: str, outcome: Outcome) -> None:
    line = quotes.line("1000.00")
    record = quotes.made("QU-0001", line, Status=status)
    found, _ = judge(bill(LineItems=[line]), record=record)
    assert found is not None
    assert found.outcome is outcome


def test_two_that_may_be_it_are_asked_about() -> None:
    line = quotes.line("1000.00")
    record = quotes.made("QU-0001", line, Status="INVOICED")
    found, _ = judge(bill("INV-1", LineItems=[line]), bill("INV-2"), record=record)
    assert found is not None
    assert found.outcome is Outcome.FOUND  # the other one is only over the same
    found, _ = judge(
        bill("INV-1", LineItems=[line]), bill("INV-2", LineItems=[line]), record=record
    )
    assert found is not None
    assert found.outcome is Outcome.ASK


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_what_was_voided_bills_nothing_and_an_invoiced_quote_is_asked_about(status: str) -> None:
    found, _ = judge(bill(reference="QU-0001", Status=status), record=quotes.made(Status="SENT"))
    assert found is None
    record = quotes.made(Status="INVOICED")
    found, _ = judge(bill(reference="QU-0001", Status=status), record=record)
    assert found is not None
    assert found.question is not None
    assert [c.value for c in found.question.choices] == ["new", "retry"]


def test_an_invoice_of_before_the_quote_was_not_made_from_it() -> None:
    assert judge(bill(Date=EARLIER)) == (None, ())


def test_another_currency_is_another_thing() -> None:
    assert judge(bill(CurrencyCode="EUR")) == (None, ())


def test_parts_that_name_the_quote_are_all_the_deals() -> None:
    three = [bill(f"INV-{n}", "QU-0001", net) for n, net in ((1, "300"), (2, "300"), (3, "400"))]
    found, parts = judge(*three)
    assert found is not None
    assert found.outcome is Outcome.FOUND
    assert len(parts) == 2


def test_parts_that_come_to_more_than_the_quote_are_asked_about() -> None:
    found, parts = judge(bill("INV-1", "QU-0001", "700"), bill("INV-2", "QU-0001", "700"))
    assert found is not None
    assert found.outcome is Outcome.ASK
    assert parts == ()


def test_a_deal_that_may_be_a_quotes_is_not_billed_until_somebody_says() -> None:
    found, _ = judge(likely=True)
    assert found is not None
    assert found.question is not None
    said = {found.question.cause: Decision(found.question.cause, "new", found.question.about)}
    assert judge(likely=True, decisions=said) == (None, ())


def test_an_answer_holds_no_more_once_the_quote_moved() -> None:
    one = bill()
    found, _ = judge(one)
    assert found is not None
    assert found.question is not None
    said = {found.question.cause: Decision(found.question.cause, "new", found.question.about)}
    assert judge(one, decisions=said) == (None, ())
    found, _ = judge(one, record=quotes.made(Status="INVOICED"), decisions=said)
    assert found is not None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "QU-0001", "QU-00012", "Other"]),
            st.decimals("1", "2000", places=2),
            st.sampled_from(["DRAFT", "AUTHORISED", "PAID", "VOIDED"]),
        ),
        max_size=4,
    ),
    st.sampled_from(["SENT", "ACCEPTED", "INVOICED"]),
)
def test_nothing_that_names_the_quote_is_ever_billed_over(
    made: list[tuple[str, Decimal, str]], status: str
) -> None:
    invoices = [
        bill(f"INV-{place}", reference, str(net), Status=state)
        for place, (reference, net, state) in enumerate(made)
    ]
    found, _ = judge(*invoices, record=quotes.made(Status=status))
    naming = [r for r, _, s in made if r == "QU-0001" and s != "VOIDED"]
    if naming or status == "INVOICED":
        assert found is not None
    if found is not None and found.outcome is Outcome.FOUND:
        assert found.candidate is not None
        assert found.candidate.gone == ""


def twice(
    *invoices: Record, own: Record, status: str = "INVOICED", billed: bool = True
) -> list[str]:
    """Return the titles of what is asked of a deal that has an invoice already."""
    record = quotes.made(Status=status)
    couple = Couple(
        builders.deal(1).key,
        builders.deal(1),
        record,
        facts={
            quote_chain.INVOICES: [own],
            quote_chain.BILLED: billed,
            quote_chain.TRACED: quote_chain.trace(record, invoices),
        },
    )
    return [question.title for question in quote_twice.billed_twice(couple)]


def test_a_second_invoice_is_told_with_both_numbers() -> None:
    assert twice(bill("INV-2"), own=bill("INV-1")) == [
        "“Harbour survey” may be billed twice: INV-1 and INV-2"
    ]
    assert twice(bill("INV-2", "QU-0001"), own=bill("INV-1"), status="SENT")
    assert twice(bill("INV-2"), own=bill("INV-1"), status="SENT") == []
    assert twice(bill("INV-2"), own=bill("INV-1", Status="VOIDED")) == []


def test_a_repeating_invoice_is_no_second_one_of_a_deal_that_has_its_quotes() -> None:
    assert twice(bill("INV-2"), own=bill("INV-1"), billed=False) == []
    assert twice(bill("INV-2", "QU-0001"), own=bill("INV-1", "QU-0001"), billed=False)


def test_a_further_part_joins_the_deals_invoices_and_is_no_second_one() -> None:
    own, more = bill("INV-1", "QU-0001", "400"), bill("INV-2", "QU-0001", "600")
    record = quotes.made(Status="INVOICED")
    traced = quote_chain.trace(record, [more])
    assert quote_chain.joining(record, [own], traced) == [more]
    assert twice(more, own=own, billed=False) == []
    assert quote_chain.joining(record, [bill("INV-1", "QU-0001", "401")], traced) == []


@pytest.mark.parametrize("number", ["2026", "317"])
def test_a_number_that_may_be_any_number_proves_nothing_by_itself(number: str) -> None:
    record = quotes.made(number, Status="SENT")
    assert judge(bill(reference=f"Retainer {number}", Date=EARLIER), record=record) == (None, ())
    found, _ = judge(bill(reference=f"Retainer {number}", net="70"), record=record)
    assert found is not None
    assert found.outcome is Outcome.ASK
    found, _ = judge(bill(reference=f"Retainer {number}"), record=record)
    assert found is not None
    assert found.outcome is Outcome.FOUND


def test_an_invoice_in_another_currency_that_names_the_quote_is_asked_about() -> None:
    found, _ = judge(bill(reference="QU-0001", CurrencyCode="EUR"))
    assert found is not None
    assert found.outcome is Outcome.ASK
