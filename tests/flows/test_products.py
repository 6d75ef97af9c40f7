"""What a product and its item come to, in the pure steps."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.couples import Decision
from sync.core.flow import Condition, TableRow
from sync.core.merging import as_seen
from sync.core.records import Record, System
from sync.flows.shapes import item_record, product, product_drift
from sync.flows.shapes.item_codes import NAME_ROOM, fitted
from tests.flows.shelves import OTHER_BOOK, Shelves, made, priced, stocked, surroundings

NAMES = st.text(alphabet="ABCdef ~-é", min_size=1, max_size=70).filter(lambda text: text.strip())
PRICES = st.decimals("0.01", "99999.99", places=2).map(str)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("name in Salesforce"), NAMES),
        st.tuples(st.just("name in Xero"), NAMES.map(lambda text: fitted(text, NAME_ROOM))),
        st.tuples(st.just("price in Salesforce"), PRICES),
        st.tuples(st.just("price in Xero"), PRICES),
        st.tuples(st.just("account in Xero"), st.sampled_from(["200", "260"])),
        st.tuples(st.just("active in Salesforce"), st.booleans()),
    ),
    max_size=8,
)


@given(EDITS)
def test_whatever_is_edited_the_two_come_to_rest(edits: list[tuple[str, object]]) -> None:
    held = Shelves(product=made())
    held.settle()
    for what, value in edits:
        edit(held, what, value)
        held.settle()
        before = (held.product, held.item)
        planned = held.prepare()
        assert (planned.intents, held.product, held.item) == ((), *before)
        if not planned.questions:
            agree(held)


def edit(held: Shelves, what: str, value: object) -> None:
    field, _, system = what.partition(" in ")
    if field == "price":
        price = Decimal(str(value))
        if system == "Salesforce":
            held.sell(price=str(value))
        else:
            held.book(SalesDetails={"UnitPrice": price})
    elif field == "account":
        held.book(SalesDetails={"AccountCode": value})
    elif field == "active":
        held.sell(IsActive=value)
    elif system == "Salesforce":
        held.sell(Name=value)
    else:
        held.book(Name=value)


def agree(held: Shelves) -> None:
    """The price is Salesforce's, the account Xero's, and the name one."""
    assert held.product is not None
    assert held.item is not None
    assert product.price(held.product, held.around) == held.item.get("SalesDetails.UnitPrice")
    ours = " ".join(product.name(held.product, held.around.rules).split())
    assert ours == " ".join(str(held.item.get("Name")).split())


@given(NAMES, st.one_of(st.none(), NAMES))
def test_a_product_made_in_xero_is_found_again_without_its_link(
    name: str, code: str | None
) -> None:
    held = Shelves(product=made(code, Name=name))
    held.settle()
    held.link = None
    planned = held.prepare()
    assert held.item is not None
    assert planned.adopts == held.item.key
    assert not [intent for intent in planned.intents if intent.target is None]


def test_the_price_in_the_organisations_own_currency_is_told_and_no_other() -> None:
    euros = made(price=None, PricebookEntries=[priced("1100", "EUR"), priced("950")])
    held = Shelves(product=euros)
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails.UnitPrice") == 950


def test_a_chosen_price_book_counts_and_where_it_has_none_the_standard_one() -> None:
    rows = [priced("950"), priced("800", book=OTHER_BOOK.id)]
    chosen = surroundings(TableRow("price_book", OTHER_BOOK.id))
    assert product.price(made(PricebookEntries=rows), chosen) == 800
    assert product.price(made(PricebookEntries=rows[:1]), chosen) == 950
    follows = priced("800", book=OTHER_BOOK.id, UseStandardPrice=True)
    assert product.price(made(PricebookEntries=[priced("950"), follows]), chosen) == 950


def test_an_org_without_the_currency_compares_no_price_and_says_so() -> None:
    dollars = surroundings(home_currency="USD", fields={})
    held = Shelves(dollars, made(price=None, PricebookEntries=[priced("950", "USD")]), stocked())
    planned = held.prepare()
    assert "Salesforce has no prices in GBP" in planned.checks[0].words
    assert held.settle() >= 1
    assert held.item is not None
    assert held.item.get("SalesDetails.UnitPrice") == Decimal("950.00")


def test_a_price_of_four_decimals_is_never_rounded_into_salesforce() -> None:
    held = Shelves(item=stocked(price="0.0375"))
    planned = held.prepare()
    assert [q.cause.partition(":")[0] for q in planned.questions] == ["price_decimals"]
    held.settle()  # it is made, without a price
    assert held.product is not None
    assert held.product.get("PricebookEntries") == []
    (question,) = held.prepare().questions
    held.decisions[question.cause] = Decision(question.cause, "leave", question.about)
    assert held.prepare().questions == ()
    held.settle()
    assert held.product.get("PricebookEntries") == []


def test_tables_give_a_new_item_its_account_and_tax_by_family() -> None:
    rows = (
        TableRow("account_code", "205", (Condition("Family", "is", "Training"),)),
        TableRow("tax_type", "ZERORATEDOUTPUT", (Condition("Family", "is", "Training"),)),
    )
    held = Shelves(surroundings(*rows), made(Family="Training"))
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails.AccountCode") == "205"
    assert held.item.get("SalesDetails.TaxType") == "ZERORATEDOUTPUT"


@pytest.mark.parametrize(("table", "value"), [("account_code", "260"), ("tax_type", "OUTPUT9")])
def test_an_account_or_tax_rate_that_xero_does_not_have_is_asked_about_before(
    table: str, value: str
) -> None:
    held = Shelves(surroundings(TableRow(table, value)), made())
    planned = held.prepare()
    assert planned.intents == ()
    (question,) = planned.questions
    assert "has no active" in question.title
    assert (question.fix.place, question.fix.argument) == ("table", table)
    held.item = stocked()  # what it has already stays, and hinders nothing
    held.settle()
    assert held.prepare().questions == ()


def test_xeros_account_is_left_though_the_table_says_another_and_is_shown_as_drift() -> None:
    around = surroundings(TableRow("account_code", "205"))
    held = Shelves(around, made(), stocked())
    held.settle()
    assert held.item is not None
    assert held.product is not None
    assert held.item.get("SalesDetails.AccountCode") == "200"
    (found,) = product_drift.drifts(held.product, held.item, around)
    assert (found.field, found.salesforce, found.xero) == ("account", "205", "200")
    assert found.can == (System.SALESFORCE,)


def test_a_word_given_for_what_was_seen_is_carried_out_once() -> None:
    held = Shelves(surroundings(TableRow("account_code", "205")), made(), stocked())
    held.settle()
    say(held, "account", "205", ("205", "200"))
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails.AccountCode") == "205"
    assert held.item.get("SalesDetails.UnitPrice") == 950
    held.book(SalesDetails={"AccountCode": "270"})
    held.settle()
    assert held.item.get("SalesDetails.AccountCode") == "270"


def test_a_word_does_not_hold_for_what_moved_meanwhile() -> None:
    held = Shelves(product=made(), item=stocked(price="900"))
    held.settle()
    say(held, "price", Decimal("950.00"), (Decimal("950.00"), Decimal(900)))
    held.book(SalesDetails={"UnitPrice": Decimal(910)})
    held.sell(price="905")
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails.UnitPrice") == 905


def say(held: Shelves, field: str, value: object, seen: tuple[object, object]) -> None:
    cause = f"conflict:{field}"
    held.decisions[cause] = Decision(cause, "value", as_seen(*seen), {field: value})


def test_an_item_that_is_not_sold_has_no_price_to_compare() -> None:
    item = stocked(price=None, IsSold=False, Description=None, SalesDetails={})
    held = Shelves(product=made(), item=item)
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails") == {}
    assert product_drift.drifts(made(), item, held.around) == []


def test_quantities_and_purchases_are_never_named_to_xero() -> None:
    tracked = stocked(
        IsTrackedAsInventory=True,
        QuantityOnHand=Decimal(4),
        PurchaseDetails={"COGSAccountCode": "310"},
    )
    held = Shelves(surroundings(TableRow("account_code", "260")), made(), tracked)
    held.settle()
    held.sell(Name="Pump", price="12.50")
    (intent,) = [i for i in held.prepare().intents if i.system is System.XERO]
    assert set(intent.body) == {"ItemID", "Code", "Name", "SalesDetails"}
    assert intent.body["SalesDetails"]["AccountCode"] == "200"


def test_a_record_of_the_index_says_nothing_of_what_is_gone() -> None:
    gone = Record(stocked().key, stocked().values, gone="deleted")
    assert product_drift.drifts(made(), gone, surroundings()) == []
    assert not item_record.is_sold(gone)
