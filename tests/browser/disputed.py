"""Customers whose records differ, so that the two desks have something believable to show."""

from __future__ import annotations

from playwright.sync_api import Page

from connections.models import Pair
from sync.models import ReviewItem
from tests.disputes import ACCOUNT, CONTACT, dispute, group, party


def disputes(pair: Pair) -> list[ReviewItem]:
    """Let five customers differ in some fields; return the first one's four questions."""
    first = dispute(
        pair, 1, "Kestrel Quay Developments Ltd",
        {
            "email": ("Billing e-mail", ("accounts@kestrelquay.example", "ap@kestrelquay.example",
                                         "finance@kestrelquay.example")),
            "billing_street": ("Billing street", ("Unit 4, 20 Redcliff Wharf",
                               "Unit 4, 22 Redcliff Wharf", "Units 4–5, 20 Redcliff Wharf")),
            "phone": ("Phone", ("+44 117 496 0101", "+44 117 496 0150", "+44 7700 900 214")),
            "payment_terms": ("Payment terms", ("30 days after invoice", "14 days after invoice",
                                                "End of next month")),
        },
        blocks="1 invoice, GBP 12,400.00", hours=5,
    )  # fmt: skip
    for number, name, hours, fields in [
        (2, "Fairlight Estates Ltd", 74, ("tax_number", "email")),
        (3, "Tamar Bridge Joint Committee", 26, ("payment_terms", "website")),
        (4, "Étoile Promotion SARL", 22, ("billing_street", "billing_city")),
        (5, "Danesford School", 2, ("contact_persons",)),
    ]:
        told = {f: (f.replace("_", " ").capitalize(), ("one", "two", "three")) for f in fields}
        dispute(pair, number, name, told, hours=hours)
    return first


def choose(page: Page) -> None:
    """Decide three of the first customer's four fields, the e-mail address last."""
    rows = page.locator("tr.field")
    rows.nth(1).locator(".a-value").click()
    page.keyboard.type("Units 4–5, 22 Redcliff Wharf")
    rows.nth(2).locator("[value=salesforce]").check()
    rows.nth(0).locator("[value=xero]").check()
    page.wait_for_timeout(500)


A, B, C = CONTACT.format(11), CONTACT.format(12), ACCOUNT.format(11)
HOSPITAL = {
    "name": ("Name", ("St Aldhelm’s Hosp.", "St Aldhelms Hospital Trust",
                      "St Aldhelm’s Hospital Trust")),
    "email": ("E-mail", ("payables@staldhelm.example", "estates@staldhelm.example",
                         "estates@staldhelm.example")),
    "tax_number": ("Tax number", ("GB 654 4321 08", "", "")),
    "street": ("Billing street", ("Finance, Bath Road", "Estates Dept, Bath Rd", "Bath Road")),
    "payment_terms": ("Payment terms", ("30 days after invoice", "14 days after invoice", "")),
    "city": ("Town", ("Wells",) * 3), "postcode": ("Postcode", ("BA5 2XF",) * 3),
    "country": ("Country", ("United Kingdom",) * 3),
    "phone": ("Phone", ("+44 1749 555 010",) * 3),
    "website": ("Website", ("staldhelm.example",) * 3), "currency": ("Currency", ("GBP",) * 3),
}  # fmt: skip
REASONS = [
    ("same phone, used by no other record", 18), ("same domain staldhelm.example", 12),
    ("names 0.91 to 0.97 alike", 18), ("same postcode BA5 2XF", 6),
    ("“estates” in the e-mail of B and C: may be a department", -6),
]  # fmt: skip


def groups(pair: Pair) -> ReviewItem:
    """Let three groups of records look like one customer each; return the first question."""
    records = [
        party(A, "St Aldhelm’s Hosp.", made="2023-03-04", last_used="11 Nov 2026",
              invoices="5, one open", owes="GBP 3,480.00"),
        party(B, "St Aldhelms Hospital Trust", made="2025-09-19", last_used="2 Jul 2026",
              invoices="2, none open", owes="GBP 0.00"),
        party(C, "St Aldhelm’s Hospital Trust", made="2023-02-22", last_used="18 Nov 2026",
              deals="3 won, 1 open", owner="Tom Okafor"),
    ]  # fmt: skip
    first = group(pair, 1, records, HOSPITAL, reasons=REASONS, hours=75)
    for number, name in [(2, "Calder Valley Water"), (3, "Ateliers Moreau SARL")]:
        two = [
            party(CONTACT.format(20 + number), name, made="2024-05-02", invoices="1, none open"),
            party(ACCOUNT.format(20 + number), f"{name} (old)", made="2021-01-11"),
        ]
        fields = {"name": ("Name", (name, f"{name} (old)")), "city": ("Town", ("Leeds", "Leeds"))}
        reasons = [("names 0.88 alike", 16), ("same town", 6)]
        group(pair, number, two, fields, reasons=reasons, hours=30)
    return first
