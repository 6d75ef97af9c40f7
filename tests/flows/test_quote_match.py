"""Which deal a quote is: linked where it is proved, asked about where it may be, else made anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.core.couples import Couple, Decision
from sync.core.matching import Match, Outcome
from sync.core.records import Record
from sync.flows.shapes import quote_deal, quote_match
from tests.builders import changed, deal, deal_id
from tests.flows import quotes


def open_deal(number: int = 1, **values: Any) -> Record:
    """An open deal of the first customer over GBP 1,000."""
    known = {"IsWon": False, "IsClosed": False, "StageName": "Prospecting"}
    account_id = quotes.account().key.id
    return deal(number, **{**known, "AccountId": account_id, "Name": "Other work", **values})


def choose(record: Record, *deals: Record, **values: Any) -> Match:
    """Return what the quote comes to among these deals of its account."""
    couple = Couple(record.key, xero=record, decisions=values.pop("decisions", {}))
    return quote_match.choose(couple, quotes.account(), quote_match.Deals(deals, **values))


def test_without_any_likeness_a_deal_is_made() -> None:
    other = open_deal(Amount=Decimal(5), Name="Something else")
    assert choose(quotes.made(), other).outcome is Outcome.NEW


def test_the_same_number_and_amount_are_proof() -> None:
    mine = open_deal(Name="Survey QU-0001")
    found = choose(quotes.made(), mine, open_deal(2, Amount=Decimal(3)))
    assert found.outcome is Outcome.FOUND
    assert found.candidate is not None
    assert found.candidate.key == mine.key


@pytest.mark.parametrize("amount", ["1000.00", "1200.00"])
def test_the_same_amount_alone_with_or_without_tax_is_asked_about(amount: str) -> None:
    found = choose(quotes.made(), open_deal(Amount=Decimal(amount)))
    assert found.outcome is Outcome.ASK
    assert found.question is not None
    assert [c.value for c in found.question.choices] == [f"use:{deal_id(1)}", "new", "retry"]


def test_of_two_that_are_proved_none_is_taken() -> None:
    both = open_deal(1, Name="QU-0001"), open_deal(2, Name="QU-0001 again")
    assert choose(quotes.made(), *both).outcome is Outcome.ASK


def test_another_currency_is_not_the_same_amount() -> None:
    other = open_deal(CurrencyIsoCode="EUR")
    assert choose(quotes.made(), other).outcome is Outcome.NEW


def test_a_number_within_another_number_is_no_name() -> None:
    other = open_deal(Name="QU-00011", Amount=Decimal(1))
    assert choose(quotes.made(), other).outcome is Outcome.NEW


def test_a_lost_deal_is_nobodys() -> None:
    lost = open_deal(IsClosed=True, StageName="Closed Lost")
    assert choose(quotes.made(), lost).outcome is Outcome.NEW


@pytest.mark.parametrize(
    ("closed", "outcome"),
    [(date(2026, 11, 1), Outcome.ASK), (date(2025, 11, 1), Outcome.NEW)],
)
def test_a_won_deal_counts_only_when_it_was_won_about_the_quotes_time(
    closed: date, outcome: Outcome
) -> None:
    won = open_deal(IsClosed=True, IsWon=True, CloseDate=closed)
    assert choose(quotes.made(), won).outcome is outcome


def test_a_deal_with_another_quote_is_not_asked_about() -> None:
    other = changed(open_deal(), **{quote_deal.QUOTE_ID: "0" * 36})
    assert choose(quotes.made(), other).outcome is Outcome.NEW
    assert choose(quotes.made(), open_deal(), taken={deal_id(1)}).outcome is Outcome.NEW


def test_the_deal_that_a_reference_names_is_it_whatever_it_is_over() -> None:
    named = open_deal(Amount=Decimal(1))
    record = quotes.made(Reference=f"For {deal_id(1)[:15]}")
    found = choose(record, named, named=[named])
    assert (found.outcome, found.reasons) == (Outcome.FOUND, ("named in the quote’s reference",))


def test_a_named_deal_that_has_its_quote_gets_a_further_one() -> None:
    named = open_deal()
    record = quotes.made(Reference=deal_id(1))
    found = choose(record, named, named=[named], taken={deal_id(1)})
    assert found.outcome is Outcome.FURTHER


def test_a_named_deal_of_another_account_is_asked_about() -> None:
    named = open_deal(AccountId="0015g00000Zz999AAA")
    found = choose(quotes.made(Reference=deal_id(1)), named=[named])
    assert found.outcome is Outcome.ASK


def test_an_answer_holds_only_for_the_deals_it_was_given_for() -> None:
    record, one = quotes.made(), open_deal(1)
    asked = choose(record, one).question
    assert asked is not None
    said = {asked.cause: Decision(asked.cause, "new", asked.about)}
    assert choose(record, one, decisions=said).outcome is Outcome.NEW
    assert choose(record, one, open_deal(2), decisions=said).outcome is Outcome.ASK
