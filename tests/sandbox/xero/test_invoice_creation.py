"""What a new invoice gets, and what refuses it."""

from decimal import Decimal

import pytest

from sandbox.xero import acts

from .conftest import Xero

ZEROS = "00000000-0000-0000-0000-000000000000"


def test_a_draft_needs_no_more_than_type_contact_and_a_described_line(xero: Xero) -> None:
    contact = {"ContactID": xero.contact()}
    made = xero.put(
        "Invoices",
        {"Type": "ACCREC", "Contact": contact, "LineItems": [{"Description": "Words only"}]},
    )[0]
    assert made["Status"] == "DRAFT"
    assert made["Total"] == 0
    assert made["CurrencyCode"] == "GBP"
    assert "DueDate" not in made


def test_the_numbers_of_new_invoices_follow_each_other_and_skip_taken_ones(xero: Xero) -> None:
    xero.invoice(InvoiceNumber="INV-0002")
    assert [xero.invoice()["InvoiceNumber"] for _ in range(3)] == [
        "INV-0001",
        "INV-0003",
        "INV-0004",
    ]


def test_tax_and_total_come_from_the_account_and_its_tax_rate(xero: Xero) -> None:
    made = xero.invoice()
    line = made["LineItems"][0]
    assert (line["TaxType"], line["TaxAmount"]) == ("OUTPUT2", Decimal("20.00"))
    assert (made["SubTotal"], made["TotalTax"], made["Total"], made["AmountDue"]) == (
        Decimal("100.00"),
        Decimal("20.00"),
        Decimal("120.00"),
        Decimal("120.00"),
    )


def test_an_approved_invoice_needs_a_due_date_accounts_and_prices(xero: Xero) -> None:
    said = xero.refusals(
        "PUT",
        "Invoices",
        xero.draft(
            Status="AUTHORISED", DueDate=None, LineItems=[{"Description": "x", "Quantity": 1}]
        ),
    )
    assert said == [
        "Account code must be specified",
        "UnitAmount must be specified",
        "Due Date must be specified",
    ]


@pytest.mark.parametrize("status", ["PAID", "VOIDED", "DELETED"])
def test_no_invoice_begins_as_paid_void_or_deleted(xero: Xero, status: str) -> None:
    said = xero.refusals("PUT", "Invoices", xero.draft(Status=status))
    assert said == ["Invoice not of valid status for creation"]


def test_a_refused_invoice_comes_back_with_zeros_for_its_id_and_saves_nothing(xero: Xero) -> None:
    bad = {"Type": "ACCREC", "InvoiceNumber": "X-1", "LineItems": []}
    answer = xero.put("Invoices", bad)[0]
    assert answer["InvoiceID"] == ZEROS
    assert answer["HasErrors"] is True
    assert [one["Message"] for one in answer["ValidationErrors"]] == [
        "A Contact must be specified for this type of transaction",
        "One or more line items must be specified",
    ]
    assert xero.get("Invoices", InvoiceNumbers="X-1")["Invoices"] == []


def test_without_summarize_errors_one_bad_element_makes_the_call_a_400(xero: Xero) -> None:
    good, bad = xero.draft(InvoiceNumber="G-1"), xero.draft(InvoiceNumber="B-1", LineItems=[])
    answer = xero.call("PUT", "Invoices", {"Invoices": [good, bad]})
    wrong = answer.json()
    assert answer.status_code == 400
    assert (wrong["ErrorNumber"], wrong["Type"]) == (10, "ValidationException")
    assert [one["InvoiceNumber"] for one in wrong["Elements"]] == ["B-1"]
    assert len(xero.get("Invoices", InvoiceNumbers="G-1,B-1")["Invoices"]) == 1


def test_elements_answer_in_the_order_of_the_request(xero: Xero) -> None:
    contact = {"ContactID": xero.contact()}
    drafts = [
        xero.draft(Contact=contact, InvoiceNumber=f"N-{n}", **({"LineItems": []} if n % 2 else {}))
        for n in range(6)
    ]
    answers = xero.put("Invoices", *drafts)
    assert [one["InvoiceNumber"] for one in answers] == [f"N-{n}" for n in range(6)]
    assert [one["StatusAttributeString"] for one in answers] == ["OK", "ERROR"] * 3


def test_put_refuses_a_number_that_exists_and_post_changes_that_invoice(xero: Xero) -> None:
    first = xero.invoice(InvoiceNumber="D-77")
    assert xero.refusals("PUT", "Invoices", xero.draft(InvoiceNumber="d-77")) == [
        "Invoice # must be unique."
    ]
    again = xero.post("Invoices", {"Type": "ACCREC", "InvoiceNumber": "D-77", "Reference": "PO 9"})
    assert again[0]["InvoiceID"] == first["InvoiceID"]
    assert again[0]["Reference"] == "PO 9"


def test_bills_may_share_a_number(xero: Xero) -> None:
    bill = xero.draft(Type="ACCPAY", InvoiceNumber="S-1")
    bill["LineItems"][0] |= {"AccountCode": "429"}
    made = xero.put("Invoices", bill, bill)
    assert [one["StatusAttributeString"] for one in made] == ["OK", "OK"]
    assert made[0]["InvoiceID"] != made[1]["InvoiceID"]


def test_an_archived_contact_gets_no_new_invoice(xero: Xero) -> None:
    contact = xero.contact("Gone Ltd")
    acts.archive_contact(xero.world, contact)
    said = xero.refusals("PUT", "Invoices", xero.draft(Contact={"ContactID": contact}))
    assert said[0].startswith("The contact with the specified contact details has been archived.")


def test_a_currency_must_be_enabled_and_the_plan_must_know_more_than_one(xero: Xero) -> None:
    message = "Organisation is not subscribed to currency"
    assert xero.refusals("PUT", "Invoices", xero.draft(CurrencyCode="CHF")) == [f"{message} CHF"]
    assert xero.invoice(CurrencyCode="EUR")["CurrencyRate"] > 1
    acts.edit(xero.world, "Organisation", xero.tenant, {"Multicurrency": False})
    assert xero.refusals("PUT", "Invoices", xero.draft(CurrencyCode="EUR")) == [f"{message} EUR"]


def test_the_rate_of_the_day_serves_unless_one_is_given(xero: Xero) -> None:
    first = xero.invoice(CurrencyCode="USD", Date="2026-03-02")["CurrencyRate"]
    assert first == xero.invoice(CurrencyCode="USD", Date="2026-03-02")["CurrencyRate"]
    assert xero.invoice(CurrencyCode="USD", CurrencyRate="1.25")["CurrencyRate"] == Decimal("1.25")
    assert xero.invoice(CurrencyCode="GBP", CurrencyRate="7")["CurrencyRate"] == 1


@pytest.mark.parametrize(
    ("lock", "words"),
    [("PeriodLockDate", "period lock date"), ("EndOfYearLockDate", "end of year lock date")],
)
def test_nothing_is_dated_in_a_locked_period(xero: Xero, lock: str, words: str) -> None:
    acts.edit(xero.world, "Organisation", xero.tenant, {lock: "2026-03-31"})
    said = xero.refusals("PUT", "Invoices", xero.draft(Date="2026-03-31"))
    assert said == [
        f"The document date cannot be before the {words}, currently set at 31 March 2026"
    ]
    assert xero.invoice(Date="2026-04-01")["Status"] == "DRAFT"


def test_a_plan_may_limit_the_invoices_approved_in_a_month(xero: Xero) -> None:
    acts.edit(xero.world, "Organisation", xero.tenant, {"ApprovalsPerMonth": 1})
    xero.invoice(Status="AUTHORISED")
    said = xero.refusals("PUT", "Invoices", xero.draft(Status="AUTHORISED"))
    assert said == ["You have reached the limit of invoices you can approve"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("InvoiceNumber", "é-1", "printable ASCII"),
        ("InvoiceNumber", "n" * 256, "255 characters"),
        ("Reference", "r" * 256, "255 characters"),
        ("Url", "/opportunity/1", "absolute URL"),
        ("Url", "https://xero.example/1", "must not contain xero"),
        ("BrandingThemeID", "11111111-2222-3333-4444-555555555555", "branding theme"),
    ],
)
def test_a_field_out_of_its_limits_is_refused(
    xero: Xero, field: str, value: str, words: str
) -> None:
    assert words in xero.refusals("PUT", "Invoices", xero.draft(**{field: value}))[0]


@pytest.mark.parametrize(
    "wrong", [{"Date": "next week"}, {"LineAmountTypes": "INCLUSIVE"}, {"CurrencyRate": "much"}]
)
def test_what_cannot_be_converted_refuses_the_whole_call(xero: Xero, wrong: dict[str, str]) -> None:
    answer = xero.call("PUT", "Invoices", {"Invoices": [xero.draft(**wrong)]})
    assert answer.status_code == 400
    assert answer.json()["Type"] == "PostDataInvalidException"


def test_a_negative_total_is_refused(xero: Xero) -> None:
    draft = xero.draft()
    draft["LineItems"][0]["UnitAmount"] = -1
    assert xero.refusals("PUT", "Invoices", draft) == ["The invoice total cannot be negative"]


def test_an_approved_invoice_of_nothing_is_paid_at_once(xero: Xero) -> None:
    draft = xero.draft(Status="AUTHORISED")
    draft["LineItems"][0]["UnitAmount"] = 0
    assert xero.put("Invoices", draft)[0]["Status"] == "PAID"


def test_a_contact_block_with_more_than_an_id_changes_the_contact(xero: Xero) -> None:
    person = {"FirstName": "Grace", "EmailAddress": "grace@aire.example"}
    key = xero.contact("Aire", ContactPersons=[person])
    xero.invoice(Contact={"ContactID": key})
    assert len(xero.get(f"Contacts/{key}")["Contacts"][0]["ContactPersons"]) == 1
    xero.invoice(Contact={"ContactID": key, "Name": "Aire Valley"})
    contact = xero.get(f"Contacts/{key}")["Contacts"][0]
    assert (contact["Name"], contact["ContactPersons"]) == ("Aire Valley", [])


def test_a_contact_block_with_an_unknown_name_makes_that_contact(xero: Xero) -> None:
    made = xero.invoice(Contact={"Name": "Quite New Ltd"})
    key = made["Contact"]["ContactID"]
    assert xero.get(f"Contacts/{key}")["Contacts"][0]["IsCustomer"] is True


def test_a_refused_invoice_leaves_the_contact_of_its_block_alone(xero: Xero) -> None:
    xero.refusals("PUT", "Invoices", xero.draft(Contact={"Name": "Never Made"}, LineItems=[]))
    assert xero.get("Contacts", searchTerm="Never")["Contacts"] == []
