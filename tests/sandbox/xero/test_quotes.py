"""Quotes over HTTP: their few filters, their statuses, their sums, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.xero import acts
from sandbox.xero.money import cents

from .conftest import Xero
from .quoting import LINE, draft, moved, quoted

WRONG = "Quote not of valid status for modification"


def test_a_quote_comes_back_with_number_sums_and_dates_of_its_own_form(xero: Xero) -> None:
    made = quoted(xero, ExpiryDate="2026-03-31", Title="Survey", Summary="s", Reference="PO 7")
    assert (made["QuoteNumber"], made["Status"], made["CurrencyCode"]) == (
        "QU-0001",
        "DRAFT",
        "GBP",
    )
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (100, 20, 120)
    assert made["Date"] == "/Date(1772323200000)/"
    assert made["ExpiryDateString"] == "2026-03-31T00:00:00"
    assert made["LineAmountTypes"] == "EXCLUSIVE"
    assert made["BrandingThemeID"]
    read = xero.get(f"Quotes/{made['QuoteID']}")["Quotes"][0]
    assert {n: v for n, v in made.items() if n != "StatusAttributeString"} == read


def test_prices_have_four_places_without_asking(xero: Xero) -> None:
    line = {**LINE, "UnitAmount": Decimal("0.12345"), "Quantity": 1000}
    made = quoted(xero, LineItems=[line])
    assert made["LineItems"][0]["UnitAmount"] == Decimal("0.1235")
    assert made["SubTotal"] == Decimal("123.50")


def test_a_discount_is_taken_off_and_summed(xero: Xero) -> None:
    line = {**LINE, "UnitAmount": Decimal("19.95"), "DiscountRate": 10, "TaxType": "OUTPUT2"}
    made = quoted(xero, LineItems=[line])
    assert (made["SubTotal"], made["TotalTax"], made["TotalDiscount"]) == (
        Decimal("17.96"),
        Decimal("3.59"),
        Decimal("1.99"),
    )


@pytest.mark.parametrize(
    ("types", "sums"),
    [
        ("EXCLUSIVE", (100, 20, 120)),
        ("INCLUSIVE", ("83.33", "16.67", 100)),
        ("NOTAX", (100, 0, 100)),
    ],
)
def test_tax_is_on_top_within_or_none(xero: Xero, types: str, sums: tuple[Any, ...]) -> None:
    made = quoted(xero, LineAmountTypes=types)
    found = (made["SubTotal"], made["TotalTax"], made["Total"])
    assert found == tuple(Decimal(each) for each in sums)
    assert made["LineAmountTypes"] == types


AMOUNTS = st.decimals(Decimal("0.0001"), Decimal("99999"), places=4)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=5))
def test_each_line_is_rounded_and_only_then_summed(
    xero: Xero, lines: list[tuple[Decimal, Decimal]]
) -> None:
    given_ = [{**LINE, "Quantity": q, "UnitAmount": u, "TaxType": "OUTPUT2"} for q, u in lines]
    books = xero.books
    who = books.first("Contact", "Name", "Aire Valley Housing")
    contact = who["ContactID"] if who else xero.contact()
    made = quoted(xero, Contact={"ContactID": contact}, LineItems=given_)
    amounts = [cents(quantity * unit) for quantity, unit in lines]
    assert made["SubTotal"] == sum(amounts)
    assert made["TotalTax"] == sum(cents(amount * 20 / 100) for amount in amounts)
    assert made["Total"] == made["SubTotal"] + made["TotalTax"]


PATHS = {
    "SENT": ["SENT"],
    "ACCEPTED": ["SENT", "ACCEPTED"],
    "DECLINED": ["SENT", "DECLINED"],
    "INVOICED": ["SENT", "ACCEPTED", "INVOICED"],
    "DELETED": ["DELETED"],
    "DRAFT": [],
}
ALLOWED = {
    "DRAFT": {"DRAFT", "SENT", "DELETED"},
    "SENT": {"SENT", "ACCEPTED", "DECLINED", "DELETED"},
    "ACCEPTED": {"ACCEPTED", "INVOICED", "SENT", "DELETED"},
    "DECLINED": {"DECLINED", "SENT", "DELETED"},
    "INVOICED": {"INVOICED", "SENT", "DELETED"},
    "DELETED": set(),
}


@pytest.mark.parametrize("begin", list(PATHS))
def test_a_status_moves_only_where_xero_lets_it(xero: Xero, begin: str) -> None:
    contact = {"ContactID": xero.contact()}
    for wanted in PATHS:
        made = quoted(xero, Contact=contact)
        for step in PATHS[begin]:
            assert xero.post("Quotes", moved(xero, made, step))[0]["Status"] == step
        answer = xero.post("Quotes", moved(xero, made, wanted))[0]
        if wanted in ALLOWED[begin]:
            assert answer["Status"] == wanted, (begin, wanted)
        else:
            assert [one["Message"] for one in answer["ValidationErrors"]] == [WRONG]


def test_a_change_needs_contact_and_date(xero: Xero) -> None:
    made = quoted(xero)
    bare = {"QuoteID": made["QuoteID"], "Status": "SENT"}
    assert xero.refusals("POST", "Quotes", bare) == ["Contact is required", "Date is required"]
    assert xero.get(f"Quotes/{made['QuoteID']}")["Quotes"][0]["Status"] == "DRAFT"


def test_lines_that_are_left_out_stay_and_others_replace_them(xero: Xero) -> None:
    made = quoted(xero)
    sent = xero.post("Quotes", moved(xero, made, "SENT"))[0]
    assert sent["LineItems"] == made["LineItems"]
    new = xero.post("Quotes", moved(xero, made, "SENT", LineItems=[{**LINE, "Quantity": 2}]))[0]
    assert new["Total"] == 240
    assert new["LineItems"][0]["LineItemID"] != made["LineItems"][0]["LineItemID"]


def test_a_draft_may_be_empty_but_not_a_quote_that_is_sent(xero: Xero) -> None:
    made = quoted(xero, LineItems=[])
    assert (made["LineItems"], made["Total"]) == ([], 0)
    wanted = ["One or more line items must be specified"]
    assert xero.refusals("POST", "Quotes", moved(xero, made, "SENT")) == wanted


def test_an_invoiced_quote_is_closed_until_it_is_sent_anew(xero: Xero) -> None:
    made = quoted(xero)
    for status in PATHS["INVOICED"]:
        xero.post("Quotes", moved(xero, made, status))
    other = moved(xero, made, "INVOICED", Reference="other")
    assert xero.refusals("POST", "Quotes", other) == [WRONG]
    again = xero.post("Quotes", moved(xero, made, "SENT", Reference="other"))[0]
    assert (again["Status"], again["Reference"]) == ("SENT", "other")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"Status": "ACCEPTED"}, "Quote not of valid status for creation"),
        ({"ExpiryDate": "2026-02-28"}, "The expiry date cannot be before the date of the quote"),
        ({"CurrencyCode": "CHF"}, "Organisation is not subscribed to currency CHF"),
        ({"Title": "t" * 101}, "Title must be 100 characters or fewer."),
        ({"Contact": {"ContactNumber": ""}}, "The contact name must be specified."),
        ({"LineItems": [{**LINE, "TaxType": "NOPE"}]}, "The TaxType code NOPE does not exist"),
        ({"LineItems": [{**LINE, "UnitAmount": -1}]}, "The quote total cannot be negative"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    xero: Xero, wrong: dict[str, Any], said: str
) -> None:
    refused = xero.refusals("PUT", "Quotes", draft(xero, **wrong))
    assert any(said in one for one in refused), refused
    assert xero.get("Quotes")["Quotes"] == []


def test_a_number_is_unique_and_a_post_without_an_id_changes_by_it(xero: Xero) -> None:
    contact = {"ContactID": xero.contact()}
    made = quoted(xero, QuoteNumber="Q-7", Contact=contact)
    taken = xero.refusals("PUT", "Quotes", draft(xero, QuoteNumber="q-7", Contact=contact))
    assert taken == ["Quote number must be unique."]
    body = draft(xero, QuoteNumber="Q-7", Contact=contact, Reference="again")
    assert xero.post("Quotes", body)[0]["QuoteID"] == made["QuoteID"]


def test_a_quote_of_a_taken_name_is_for_the_contact_of_that_name(xero: Xero) -> None:
    key = xero.contact("Wharfe Mills")
    made = quoted(xero, Contact={"Name": "wharfe mills"})
    assert made["Contact"]["ContactID"] == key
    acts.archive_contact(xero.world, key)
    new = quoted(xero, Contact={"Name": "Wharfe Mills"})
    assert new["Contact"]["ContactID"] != key
    refused = xero.refusals("PUT", "Quotes", draft(xero, Contact={"ContactID": key}))
    assert "archived" in refused[0]


def test_lists_know_their_own_filters_and_overlook_others(xero: Xero) -> None:
    contact = {"ContactID": xero.contact()}
    other = {"ContactID": xero.contact("Other")}
    first = quoted(xero, Contact=contact, Date="2026-01-10", ExpiryDate="2026-02-10")
    second = quoted(xero, Contact=other, Date="2026-03-10", Status="SENT")

    def numbers(**query: Any) -> list[str]:
        return [one["QuoteNumber"] for one in xero.get("Quotes", **query)["Quotes"]]

    both = [first["QuoteNumber"], second["QuoteNumber"]]
    assert numbers(DateFrom="2026-01-11") == both[1:]
    assert numbers(DateTo="2026-01-10") == both[:1]
    assert numbers(ExpiryDateFrom="2026-02-10") == both[:1]
    assert numbers(ExpiryDateTo="2026-02-09") == []
    assert numbers(ContactID=other["ContactID"]) == both[1:]
    assert numbers(Status="SENT") == both[1:]
    assert numbers(QuoteNumber=both[0]) == both[:1]
    assert numbers(order="Date DESC") == both[::-1]
    assert numbers(page=2) == []
    assert numbers(where='Status=="SENT"', pageSize=1, IDs=first["QuoteID"]) == both
    assert xero.call("GET", "Quotes", params={"DateFrom": "soon"}).status_code == 400


def test_a_page_has_a_hundred_whatever_is_asked(xero: Xero) -> None:
    contact = {"ContactID": xero.contact()}
    for start in (0, 50, 100):
        elements = [draft(xero, Contact=contact) for _ in range(50 if start < 100 else 5)]
        xero.put("Quotes", *elements)
    answer = xero.get("Quotes", pageSize=1000)
    assert len(answer["Quotes"]) == 100
    assert "pagination" not in answer
    assert len(xero.get("Quotes", page=2)["Quotes"]) == 5


def test_deleted_quotes_are_still_listed_with_a_later_stamp(xero: Xero) -> None:
    xero.world.clock.freeze(xero.world.clock.now())
    made = quoted(xero)
    xero.world.clock.advance(10)
    since = f"{xero.world.clock.now():%Y-%m-%dT%H:%M:%S}"
    assert xero.get("Quotes", headers={"If-Modified-Since": since})["Quotes"] == []
    xero.world.clock.advance(10)
    acts.delete_quote(xero.world, made["QuoteID"])
    (found,) = xero.get("Quotes", headers={"If-Modified-Since": since})["Quotes"]
    assert (found["QuoteID"], found["Status"]) == (made["QuoteID"], "DELETED")


def test_a_merged_contacts_quotes_are_the_winners(xero: Xero) -> None:
    loser, winner = xero.contact("Loser"), xero.contact("Winner")
    made = quoted(xero, Contact={"ContactID": loser})
    acts.merge_contacts(xero.world, winner, loser)
    found = xero.get(f"Quotes/{made['QuoteID']}")["Quotes"][0]
    assert found["Contact"]["ContactID"] == winner


def test_one_bad_quote_of_a_batch_is_told_by_itself(xero: Xero) -> None:
    good = draft(xero)
    bad = {**good, "Status": "PAID"}
    assert xero.call("PUT", "Quotes", {"Quotes": [good, bad]}).status_code == 400
    odd = {**good, "Status": "ACCEPTED", "LineItems": [{"Description": "x" * 5000}]}
    answers = xero.put("Quotes", good, odd)
    assert [one["StatusAttributeString"] for one in answers] == ["OK", "ERROR"]
    assert answers[1]["QuoteID"] == "00000000-0000-0000-0000-000000000000"
    assert xero.call("GET", f"Quotes/{good['Date']}").status_code == 404
