"""The fields of a customer that are kept in step, who owns each, and what people call them.

Whoever knows better changes a field: identity, addresses and numbers are shared, and what both
sides changed is asked. Payment terms are finance's, so Xero owns them; the people below an account
are sales', so Salesforce owns the contact persons. An empty value never erases anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.flow import BOTH, TO_SALESFORCE, TO_XERO, FieldRule, Owner

PLACES: Mapping[str, str] = {"billing": "Billing", "delivery": "Shipping"}
"""Our two addresses, with what Salesforce's fields of each begin with."""
PARTS: Mapping[str, str] = {
    "street": "Street",
    "city": "City",
    "region": "State",
    "postcode": "PostalCode",
    "country": "Country",
}
"""The parts of an address, with what Salesforce's fields of each end with."""
_COMPARED = {
    "street": "street",
    "city": "text",
    "region": "region",
    "postcode": "postcode",
    "country": "country",
}

_PERSON = "the billing person’s"

FIELDS = (
    FieldRule("name", "Name", "trim", writes=BOTH, compare="name"),
    # an empty source: the account's billing person, see persons
    FieldRule("first_name", writes=BOTH, compare="name", unset=_PERSON),
    FieldRule("last_name", writes=BOTH, compare="name", unset=_PERSON),
    FieldRule("email", writes=BOTH, compare="email", unset=_PERSON),
    FieldRule("phone", "Phone", writes=BOTH, optional=True, compare="phone"),
    *(
        FieldRule(
            f"{place}_{part}",
            f"{above}{name}",
            writes=BOTH,
            optional=True,
            compare=_COMPARED[part],
        )
        for place, above in PLACES.items()
        for part, name in PARTS.items()
    ),
    FieldRule(
        "tax_number", "Counterpart_Tax_Number__c", writes=BOTH, optional=True, compare="number"
    ),
    FieldRule(
        "company_number",
        "Counterpart_Company_Number__c",
        writes=BOTH,
        optional=True,
        compare="company",
    ),
    # Xero shows a contact's website and lets nobody set it
    FieldRule("website", "Website", writes=TO_SALESFORCE, optional=True, compare="url"),
    FieldRule(
        "contact_persons",
        owner=Owner.SALESFORCE,
        writes=TO_XERO,
        computed=True,
        compare="persons",
    ),
    # an account's own currency is fixed once amounts are in it: never written to Salesforce
    FieldRule("currency", "CurrencyIsoCode", writes=TO_XERO, optional=True, compare="text"),
    FieldRule(
        "payment_terms",
        "Counterpart_Payment_Terms__c",
        owner=Owner.XERO,
        writes=BOTH,
        optional=True,
        compare="terms",
    ),
)

_PLACE_WORDS = {"billing": "Billing", "delivery": "Delivery"}

WORDS: Mapping[str, str] = {
    "name": "Name",
    "first_name": "Billing person’s first name",
    "last_name": "Billing person’s last name",
    "email": "Billing e-mail",
    "phone": "Phone",
    **{
        f"{place}_{part}": f"{words} {part}"
        for place, words in _PLACE_WORDS.items()
        for part in PARTS
    },
    "tax_number": "Tax number",
    "company_number": "Company number",
    "website": "Website",
    "contact_persons": "Contact persons",
    "currency": "Default currency",
    "payment_terms": "Payment terms",
}
"""How people call each field."""
