"""The page of organisations: rows in words, drafted and refused beside their fields."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Connection, Pair
from mappings import routing_choices, routing_drafting, routing_faults
from mappings.models import RoutingVersion
from tests.factories import PairFactory
from tests.mappings.conftest import signed_in
from tests.mappings.routed import Describing, australia, org, uk
from tests.mappings.routed_pages import add, filled, page, salesforce, text, values, words

__all__ = ["australia", "org", "salesforce", "uk"]
LIST = "admin:mappings_routingversion_changelist"


@pytest.fixture
def finance(salesforce: Connection, org: Describing) -> Client:
    return signed_in("Finance")


def test_where_no_connection_is_in_several_pairs_the_page_says_when_it_is_needed(
    uk: Pair, org: Describing
) -> None:
    told = text(signed_in("Finance"), reverse(LIST))
    assert "Nothing to choose" in told
    assert "second Xero organisation" in told


def test_one_connection_in_several_pairs_is_led_to_and_several_are_listed(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    answer = finance.get(reverse(LIST))
    assert answer["Location"] == page(salesforce)
    PairFactory.create(name="Second org", xero=uk.xero)
    told = text(finance, reverse(LIST))
    assert salesforce.name in told
    assert uk.xero.name in told


def test_a_pair_that_is_switched_off_makes_nothing_to_choose(
    finance: Client, australia: Pair
) -> None:
    Pair.objects.filter(pk=australia.pk).update(active=False)
    assert "Nothing to choose" in text(finance, reverse(LIST))


def test_a_row_is_told_in_words_with_its_organisation_and_currency(
    finance: Client, salesforce: Connection, australia: Pair
) -> None:
    add(finance, salesforce, australia, ("Account.BillingCountry", "is", "Australia"))
    told = text(finance, page(salesforce))
    assert "Account: Billing Country is Australia Xero Fernhill Australia AUD" in told
    assert "1 change in the draft" in told
    assert not RoutingVersion.objects.exists()


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (("Teritory", "is", "X"), "“Teritory” is no field that we are shown"),
        (("Legal_Entty__c", "is", "X"), "Did you mean Legal_Entity__c?"),
        (("Account.BilingCountry", "is", "X"), "Did you mean Account.BillingCountry?"),
        (("", "is", "X"), "Name the field"),
        (("=amount", "above", "5"), "no field of the record"),
        (("Amount", "is", "much"), "“Amount” holds a number; “much” is none."),
        (("Amount", "above", "much"), "Give a plain number"),
        (("Amount", "contains", "5"), "only a text can contain"),
        (("Legal_Entity__c", "above", "5"), "only numbers can be below or above"),
        (("CloseDate", "is", "30 Nov"), "Write 2026-11-30."),
        (("CreatedDate", "is", "2026-11-30"), "nobody can name that exactly"),
        (("IsPrivate", "is", "maybe"), "Write true or false."),
        (("BillingSpot__c", "is", "here"), "cannot be taken as one value"),
        (("CurrencyIsoCode", "in", " ; "), "Say what to look for"),
    ],
)
def test_a_condition_that_can_never_be_right_is_refused_beside_its_field(
    finance: Client,
    salesforce: Connection,
    uk: Pair,
    condition: tuple[str, str, str],
    fault: str,
) -> None:
    assert fault in add(finance, salesforce, uk, condition)
    assert values(salesforce) == []


def test_what_leads_through_a_kind_that_is_not_described_is_not_called_wrong(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, ("Parent__r.Region__c", "is", "X"))
    assert values(salesforce) == [str(uk.pk)]


def test_a_pair_of_another_connection_and_nothing_at_all_are_refused(
    finance: Client, salesforce: Connection
) -> None:
    stranger = PairFactory.create(name="Stranger")
    assert "Select a valid choice" in add(finance, salesforce, stranger)
    assert "Say which organisation it is" in add(finance, salesforce, "")
    answer = filled("=account", kind="Account")
    assert "Select a valid choice" in words(finance.post(page(salesforce), answer).content.decode())
    assert values(salesforce) == []


def test_a_row_behind_one_that_takes_everything_is_refused(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    pound = ("CurrencyIsoCode", "is", "GBP")
    add(finance, salesforce, uk, pound)
    add(finance, salesforce, "ask", name="The rest")
    assert "“The rest” before it takes everything" in add(finance, salesforce, australia)
    twice = add(finance, salesforce, australia, pound, ("Legal_Entity__c", "is", "AU"))
    assert "“CurrencyIsoCode is GBP” before it takes all of these" in twice
    first, rest = (row["key"] for row in routing_drafting.draft_of(salesforce).rows)
    told = finance.post(page(salesforce), {"act": "up", "row": rest}, follow=True)
    assert "“CurrencyIsoCode is GBP” would be behind it" in words(told.content.decode())
    told = finance.post(page(salesforce), {"act": "down", "row": first}, follow=True)
    assert "before it takes everything" in words(told.content.decode())
    assert values(salesforce) == [str(uk.pk), "ask"]


def test_rows_of_different_kinds_do_not_stand_in_each_others_way(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk)
    add(finance, salesforce, uk, kind="Account")
    assert values(salesforce) == [str(uk.pk), str(uk.pk)]


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    (row,) = routing_drafting.draft_of(salesforce).rows
    seen = routing_drafting.draft_of(salesforce).seen(f"row:{row['key']}")
    other = {**row, "value": str(australia.pk)}
    routing_drafting.save(salesforce, row["key"], other, seen=seen, by="sam")
    typed = filled("ask", ("CurrencyIsoCode", "is", "GBP"), act="save", row=row["key"], seen=seen)
    told = words(finance.post(page(salesforce), typed).content.decode())
    assert "sam changed this row meanwhile" in told
    assert "Australia, when Deal Currency is GBP" in told
    assert values(salesforce) == [str(australia.pk)]


def test_rows_to_begin_with_are_made_of_the_pairs_own_organisations(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    told = text(finance, page(salesforce))
    assert "By currency AUD to Australia; GBP to UK; all others are asked." in told
    finance.post(page(salesforce), {"act": "start:country"})
    rows = routing_drafting.draft_of(salesforce).rows
    accounts = [row for row in rows if row["kind"] == "Account"]
    assert [row["value"] for row in accounts] == [str(australia.pk), str(uk.pk), "ask"]
    assert accounts[1]["conditions"][0]["value"] == "United Kingdom;GB"
    assert [row["value"] for row in rows if row["kind"] == "Opportunity"] == ["=account"]
    assert "Begin with rows" not in text(finance, page(salesforce))
    finance.post(page(salesforce), {"act": "start:currency"})
    assert routing_drafting.draft_of(salesforce).rows == rows


def test_organisations_with_one_currency_are_not_told_apart_by_it(
    finance: Client, salesforce: Connection, australia: Pair
) -> None:
    Connection.objects.filter(pk=australia.xero_id).update(currency="GBP")
    told = text(finance, page(salesforce))
    assert "By currency" not in told
    assert "By the account’s country" in told


def test_a_new_row_comes_filled_in_from_a_question(finance: Client, salesforce: Connection) -> None:
    asked = "add=Opportunity&path=CurrencyIsoCode&operator=is&wanted=EUR"
    told = finance.get(f"{page(salesforce)}?{asked}").content.decode()
    assert 'value="CurrencyIsoCode"' in told
    assert 'value="EUR"' in told
    assert values(salesforce) == []


def test_the_values_that_records_lately_had_are_offered_with_their_counts(
    finance: Client, salesforce: Connection, org: Describing
) -> None:
    for number, code in enumerate(["EUR", "GBP", "EUR"]):
        org.put("Opportunity", f"006{number}", {"IsWon": True, "CurrencyIsoCode": code})
    address = reverse("admin:mappings_routing_values", args=[salesforce.pk])
    asked = {"kind": "Opportunity", "path": "CurrencyIsoCode"}
    found = finance.get(address, asked).json()["values"]
    assert found == [
        ["EUR", "Euro, 2 lately"],
        ["GBP", "British Pound, 1 lately"],
        ["AUD", "Australian Dollar"],
    ]


def test_without_script_the_values_are_looked_up_by_a_button(
    finance: Client, salesforce: Connection, org: Describing
) -> None:
    org.put("Opportunity", "0061", {"IsWon": True, "CurrencyIsoCode": "EUR"})
    typed = filled("", ("CurrencyIsoCode", "is", ""), act="look", name="Mine")
    told = finance.post(page(salesforce), typed).content.decode()
    assert "Euro, 1 lately" in told
    assert 'value="Mine"' in told
    assert "Say which organisation" not in told


def test_a_silent_salesforce_makes_no_row_wrong_and_is_said(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair
) -> None:
    org.silent = True
    add(finance, salesforce, uk, ("Territory2.Name", "is", "EMEA"))
    assert values(salesforce) == [str(uk.pk)]
    assert "The fields could not be asked for" in text(finance, page(salesforce))


def test_a_row_goes_and_comes_back_by_the_draft(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    (row,) = routing_drafting.draft_of(salesforce).rows
    mark = routing_drafting.draft_of(salesforce).seen(f"row:{row['key']}")
    finance.post(page(salesforce), {"act": "delete", "row": row["key"], "seen": mark})
    assert values(salesforce) == []


def test_auditors_read_and_change_nothing(salesforce: Connection, org: Describing) -> None:
    auditor = signed_in("Auditors")
    assert "Add a row" not in text(auditor, page(salesforce))
    assert auditor.post(page(salesforce), filled("ask")).status_code == 403
    assert values(salesforce) == []


def test_a_name_that_is_markup_is_shown_as_it_was_typed(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, ("Name", "is", "<b>x</b>"), name="<script>alert(1)</script>")
    shown = finance.get(page(salesforce)).content.decode()
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_contacts_and_quotes_of_xero_are_told_apart_where_several_orgs_share_its_books(
    uk: Pair, org: Describing
) -> None:
    second = PairFactory.create(name="Second org", xero=uk.xero)
    Connection.objects.filter(pk=uk.xero_id).update(organisation={"currencies": ["GBP", "AUD"]})
    finance, xero = signed_in("Finance"), uk.xero
    told = text(finance, page(xero))
    assert "Which Salesforce each contact and quote belongs to" in told
    assert "where a contact’s account is made" in told
    condition = ("DefaultCurrency", "is", "AUD")
    add(finance, xero, second, condition, kind="Contact")
    assert "Currency is AUD Salesforce" in text(finance, page(xero))
    wrong = add(finance, xero, second, ("Territory", "is", "X"), kind="Quote")
    assert "“Territory” is no field that we are shown" in wrong
    address = reverse("admin:mappings_routing_values", args=[xero.pk])
    asked = {"kind": "Quote", "path": "CurrencyCode"}
    assert finance.get(address, asked).json()["values"] == [["GBP", ""], ["AUD", ""]]
    assert org.calls == 0


def test_a_kind_of_the_other_system_is_refused(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    known = {kind: routing_choices.fields_of(salesforce, kind) for kind in ("Opportunity",)}
    row = {"key": "n1", "kind": "Quote", "name": "", "conditions": [], "value": "ask"}
    told = routing_faults.faults_of(salesforce, [{**row, "active": True}], known)
    assert told == [f"“Quote” is nothing that {salesforce.name} is asked about."]
    asked = {"kind": "Quote", "path": "Total"}
    address = reverse("admin:mappings_routing_values", args=[salesforce.pk])
    assert finance.get(address, asked).status_code == 404
    assert finance.post(page(salesforce), filled(uk, kind="Quote")).status_code == 404
