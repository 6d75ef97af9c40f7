"""A deal follows its quote by what was agreed, and what people did there stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.errors import NeedsPerson
from sync.core.flow import Condition, TableRow
from sync.core.planning import Action
from sync.core.records import System
from sync.flows.shapes import quote_deal, quote_ends, quote_tables
from tests.builders import changed, deal_id
from tests.flows import quotes

STATUSES = ("DRAFT", "SENT", "ACCEPTED", "INVOICED", "DECLINED", "DELETED")
ONE, TWO = quotes.line("10", Description="One"), quotes.line("20", "2", Description="Two")


def held(*rows: Any, **values: Any) -> quotes.Pipeline:
    """A quote that has its deal."""
    made = quotes.Pipeline()
    made.settle(quotes.made("QU-0001", *rows, **values))
    return made


def test_a_new_deal_has_what_its_quote_and_account_say() -> None:
    made = held(Summary="Two days at sea")
    assert made.deal is not None
    values = made.deal.values
    assert values["Name"] == "Harbour survey · QU-0001"
    assert values["StageName"] == "Proposal/Price Quote"
    assert values["CloseDate"] == date(2026, 12, 24)
    assert values["OwnerId"] == quotes.account().get("OwnerId")
    assert values["AccountId"] == quotes.account().key.id
    assert values["Description"] == "Two days at sea"
    assert values["Counterpart_Quote_Status__c"] == "Sent"


def test_a_quote_that_does_not_expire_closes_after_the_rows_days() -> None:
    row = TableRow(quote_tables.CLOSE, "10", name="Ten days")
    made = quotes.Pipeline(around=quotes.surroundings(row))
    made.settle(quotes.made(ExpiryDate=None))
    assert made.deal is not None
    assert made.deal.get("CloseDate") == date(2026, 11, 29)


@pytest.mark.parametrize(
    ("instead", "owner"), [("=user", None), ("0055g0000000002AAA", "0055g0000000002AAA")]
)
def test_an_account_whose_owner_left_gives_its_deals_to_another(
    instead: str, owner: str | None
) -> None:
    row = TableRow(quote_tables.FALLBACK, instead, name="Somebody")
    made = quotes.Pipeline(
        around=quotes.surroundings(row), account=quotes.account(Owner={"IsActive": False})
    )
    made.settle(quotes.made())
    assert made.deal is not None
    assert made.deal.get("OwnerId") == owner


@given(title=st.text(max_size=100), number=st.text("QU-0123456789", min_size=3, max_size=200))
def test_a_name_fits_and_keeps_as_much_of_the_number_as_there_is_room_for(
    title: str, number: str
) -> None:
    record = quotes.made("QU-0001", Title=title, QuoteNumber=number)
    made = quotes.Pipeline(quote=record).prepare().intents[0].body["Name"]
    assert 0 < len(made) <= quote_deal.NAME_LENGTH
    assert number.strip()[: quote_deal.NAME_LENGTH] in made or len(number) > 117


def test_the_name_never_carries_the_id_of_a_deal() -> None:
    record = quotes.made(Title="", Reference=f"Boat {deal_id(7)}")
    assert quotes.Pipeline(quote=record).prepare().intents[0].body["Name"] == "Boat · QU-0001"


@given(st.lists(st.sampled_from(STATUSES), max_size=6))
def test_a_deal_left_alone_by_people_never_opens_again_once_closed(moves: list[str]) -> None:
    made = held()
    closed = ""
    for status in moves:
        assert made.quote is not None
        made.sync(changed(made.quote, Status=status))
        assert made.deal is not None
        stage = str(made.deal.get("StageName"))
        assert not closed or stage == closed
        closed = stage if made.deal.get("IsClosed") else ""


def test_a_stage_that_a_salesperson_moved_on_is_a_question_when_the_quote_moves_too() -> None:
    made = held()
    made.edit(StageName="Negotiation/Review")
    assert made.sync().intents == ()
    assert made.quote is not None
    planned = made.sync(changed(made.quote, Status="INVOICED"))
    assert [q.cause for q in planned.questions] == ["conflict:stage"]
    assert made.deal is not None
    assert made.deal.get("StageName") == "Negotiation/Review"
    made.decide(planned.questions[0], "xero")
    made.sync()
    assert made.deal.get("StageName") == "Closed Won"


def test_lines_are_merged_one_by_one() -> None:
    made = held(ONE, TWO)
    assert made.deal is not None
    rows = [dict(row) for row in made.lines]
    rows[0]["Quantity"] = Decimal(9)
    made.deal = changed(made.deal, OpportunityLineItems=rows)
    assert made.quote is not None
    later = [ONE, {**TWO, "Quantity": Decimal(3), "LineAmount": Decimal(60)}]
    made.settle(changed(made.quote, LineItems=later, SubTotal=Decimal(70)))
    found = {row["Description"]: row["Quantity"] for row in made.lines}
    assert found == {"One": Decimal(9), "Two": Decimal(3)}


def test_a_removed_line_goes_unless_a_person_changed_it() -> None:
    made = held(ONE, TWO)
    assert made.deal is not None
    assert made.quote is not None
    made.settle(changed(made.quote, LineItems=[TWO], SubTotal=Decimal(40)))
    assert [row["Description"] for row in made.lines] == ["Two"]
    other = held(ONE, TWO)
    assert other.deal is not None
    rows = [dict(row) for row in other.lines]
    rows[0]["UnitPrice"] = Decimal(11)
    other.deal = changed(other.deal, OpportunityLineItems=rows)
    assert other.quote is not None
    planned = other.sync(changed(other.quote, LineItems=[TWO], SubTotal=Decimal(40)))
    assert [q.cause.partition(":")[0] for q in planned.questions] == ["conflict"]
    assert len(other.lines) == 2


def test_a_line_that_a_salesperson_took_off_stays_off() -> None:
    made = held(ONE, TWO)
    assert made.deal is not None
    made.deal = changed(made.deal, OpportunityLineItems=made.lines[1:])
    made.settle()
    assert len(made.lines) == 1


def test_a_salespersons_own_lines_and_amount_are_never_touched() -> None:
    made = quotes.Pipeline()
    own = {"Id": "00kOWN", "Quantity": Decimal(1), "UnitPrice": Decimal(7), "Product2Id": "01tX"}
    made.deal = changed(
        quotes.account(), Name="By hand", StageName="Prospecting", Amount=Decimal(7),
        OpportunityLineItems=[own], CloseDate=date(2027, 1, 1),
    )  # fmt: skip
    made.deal = type(made.deal)(
        type(made.deal.key)(System.SALESFORCE, "Opportunity", deal_id(1)), made.deal.values
    )
    made.settle(quotes.made("QU-0001", ONE))
    assert made.lines == [own]
    assert made.deal.get("Name") == "By hand"
    assert made.deal.get("Counterpart_Quote_Number__c") == "QU-0001"
    assert made.quote is not None
    made.settle(changed(made.quote, LineItems=[TWO], SubTotal=Decimal(40)))
    assert made.lines == [own]


def test_without_lines_the_amount_follows_the_quote() -> None:
    made = held()
    assert made.quote is not None
    made.settle(changed(made.quote, SubTotal=Decimal("1200.50")))
    assert made.deal is not None
    assert made.deal.get("Amount") == Decimal("1200.50")


def test_lines_that_fit_no_more_give_way_to_the_amount() -> None:
    made = held(ONE)
    assert made.quote is not None
    odd = quotes.line("33.3333", "3", Description="One")
    made.settle(changed(made.quote, LineItems=[odd], SubTotal=odd["LineAmount"]))
    assert made.lines == []
    assert made.deal is not None
    assert made.deal.get("Amount") == Decimal("100.00")


def test_a_product_that_was_exchanged_is_taken_off_and_made_anew() -> None:
    both = quotes.sold(quotes.product(), quotes.product("BOAT"))
    made = quotes.Pipeline(catalogue=both)
    made.settle(quotes.made("QU-0001", ONE))
    assert made.quote is not None
    made.settle(changed(made.quote, LineItems=[{**ONE, "ItemCode": "BOAT"}]))
    (row,) = made.lines
    assert row["Product2Id"] == quotes.product("BOAT").key.id


def test_a_currency_that_salesforce_does_not_know_is_a_question_and_no_deal() -> None:
    planned = quotes.Pipeline(quote=quotes.made(CurrencyCode="USD")).prepare()
    assert planned.intents == ()
    assert [q.cause for q in planned.questions] == ["quote_currency:USD"]


def test_a_deal_in_another_currency_keeps_its_amount() -> None:
    made = held()
    made.edit(CurrencyIsoCode="EUR")
    assert made.quote is not None
    planned = made.sync(changed(made.quote, SubTotal=Decimal(5)))
    assert "amount" not in {name for intent in planned.intents for name in intent.shared}
    assert [q.cause.partition(":")[0] for q in planned.questions] == ["quote_other_currency"]


def test_a_quote_that_ended_closes_no_deal_that_has_another_living_one() -> None:
    made = held()
    made.facts[quote_ends.OTHERS] = [quotes.made("QU-0002")]
    assert made.quote is not None
    planned = made.sync(changed(made.quote, Status="DECLINED"))
    assert made.deal is not None
    assert made.deal.get("StageName") == "Proposal/Price Quote"
    (asked,) = planned.questions
    assert [c.value.partition(":")[0] for c in asked.choices] == ["use", "close", "leave"]
    made.decide(asked, "close")
    made.sync()
    assert made.deal.get("StageName") == "Closed Lost"


@pytest.mark.parametrize("word", ["none", "None"])
def test_a_row_that_says_none_makes_no_opportunity(word: str) -> None:
    row = TableRow("stage", word, (Condition("=status", "is", "DRAFT"),), "Drafts")
    made = quotes.Pipeline(around=quotes.surroundings(row))
    planned = made.sync(quotes.made(Status="DRAFT"))
    assert planned.action is Action.NOTHING
    assert planned.reason == "No opportunity is made for quotes that are draft."
    assert quote_tables.stage(made.around.rules, "DRAFT", quotes.STAGES) is None


def test_a_stage_that_the_org_lacks_is_named_with_its_place() -> None:
    row = TableRow("stage", "Quoted", (Condition("=status", "is", "SENT"),), "Sent")
    with pytest.raises(NeedsPerson, match="no stage “Quoted”") as caught:
        quote_tables.stage(quotes.surroundings(row).rules, "SENT", quotes.STAGES)
    assert caught.value.fix.argument == "stage"


def test_an_org_with_stages_of_its_own_needs_no_other_rows() -> None:
    stages = (
        type(quotes.STAGES[0])("Idea", closed=False, won=False),
        type(quotes.STAGES[0])("Gewonnen", closed=True, won=True),
        type(quotes.STAGES[0])("Verloren", closed=True, won=False),
    )
    rules = quotes.surroundings().rules
    found = {s: quote_tables.stage(rules, s, stages) for s in STATUSES}
    assert {s: one.name if one else "" for s, one in found.items()} == {
        "DRAFT": "Idea", "SENT": "Idea", "ACCEPTED": "Idea", "INVOICED": "Gewonnen",
        "DECLINED": "Verloren", "DELETED": "Verloren",
    }  # fmt: skip


@pytest.mark.parametrize("net", ["10", "100"])
def test_the_amount_left_by_lines_that_were_taken_off_is_nobodys(net: str) -> None:
    made = held(ONE)
    assert made.quote is not None
    without = {**ONE, "ItemCode": "GONE", "LineAmount": Decimal(net)}
    made.settle(changed(made.quote, LineItems=[without], SubTotal=Decimal(net)))
    assert made.deal is not None
    assert made.deal.get("Amount") == Decimal(net)
    made.edit(Amount=Decimal(70))
    assert made.sync().intents == ()
    assert made.deal.get("Amount") == Decimal(70)
