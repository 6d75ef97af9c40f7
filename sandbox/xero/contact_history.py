"""Tells in words what a change did to a contact, for its history."""

from collections.abc import Iterator

from sandbox.store import Record

WORDS = {
    "Name": "Contact name", "ContactNumber": "Contact code", "AccountNumber": "Account number",
    "FirstName": "First name", "LastName": "Last name", "EmailAddress": "Email address",
    "CompanyNumber": "Company registration number", "TaxNumber": "Tax number",
    "DefaultCurrency": "Default currency", "ContactStatus": "Status", "Website": "Website",
    "SalesDefaultAccountCode": "Default sales account",
    "AccountsReceivableTaxType": "Default tax on sales", "BankAccountDetails": "Bank account",
}  # fmt: skip
_LONGEST = 2500


def told(old: Record, new: Record) -> str:
    """What has changed, such as `Email address changed from "a@b.example" to "c@b.example".`"""
    return " ".join(_changes(old, new))[:_LONGEST]


def _changes(old: Record, new: Record) -> Iterator[str]:
    for name, words in WORDS.items():
        before, after = old.get(name) or "", new.get(name) or ""
        if before != after:
            yield f'{words} changed from "{before}" to "{after}".'
    for many, sort in (("Addresses", "AddressType"), ("Phones", "PhoneType")):
        known = {one[sort]: one for one in old.get(many, [])}
        for one in new.get(many, []):
            if one != known.get(one[sort]):
                yield f"{one[sort]} {'address' if many == 'Addresses' else 'phone'} changed."
    if old.get("ContactPersons") != new.get("ContactPersons"):
        yield "Contact persons changed."
    if old.get("PaymentTerms") != new.get("PaymentTerms"):
        yield "Payment terms changed."
