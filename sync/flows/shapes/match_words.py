"""What people read of the rules of matching: each evidence, threshold and list in words."""

from __future__ import annotations

from collections.abc import Mapping

EVIDENCE: Mapping[str, tuple[str, str]] = {
    "external_id": (
        "same external id",
        "An id that both systems keep, see “Ids that both systems keep”",
    ),
    "tax_number": ("same tax number", "The same VAT or tax number"),
    "company_number": ("same company number", "The same number in the companies’ register"),
    "name": ("a whole name", "Added to the points of its words; less the less alike the names are"),
    "company_name": ("a whole name of companies", "The same, where both are companies"),
    "word": ("a word of the name", "For the words that both have; a rare one counts more"),
    "extra_word": ("a word more in the name", "Only one of them has this word in its name"),
    "other_word": ("other words in the name", "Both have words that the other has not"),
    "other_legal_form": ("other legal form", "Ltd and plc, GmbH and AG"),
    "email": ("same e-mail", "An address of their own; less the more customers use it"),
    "mailbox": ("same shared mailbox", "An address such as accounts@, info@"),
    "similar_email": ("similar e-mail", "An address but for a slip of the finger"),
    "other_email": ("other e-mail", "Both have an e-mail address, and they differ"),
    "domain": ("same domain", "Of e-mail or website; nothing for gmail.com and its like"),
    "similar_domain": ("similar domain", "But for a slip, or another country’s ending"),
    "other_domain": ("other domain", "Both have one of their own, and they differ"),
    "phone": ("same phone", "However it is written; less the more customers use it"),
    "similar_phone": ("similar phone", "But for the last digits, as extensions have"),
    "other_phone": ("other phone", "Both have a phone, and they differ"),
    "address": ("same address", "Street and house number"),
    "same_street": ("same street", "With another house number, or none"),
    "other_street": ("other street", "Both have a street, and they differ"),
    "postcode": ("same postcode", "However it is spaced"),
    "similar_postcode": ("similar postcode", "The same district, or a slip"),
    "other_postcode": ("other postcode", "Both have a postcode, and they differ"),
    "city": ("same city", "Also by the name that another language has for it"),
    "similar_city": ("similar city", "A city but for a slip of the finger"),
    "other_city": ("other city", "Both have a city, and they differ"),
    "other_branch": ("another of several places", "A company with branches, at another place"),
    "region": ("same region", "County, state or province"),
    "country": ("same country", "By code or by name"),
    "other_country": ("other country", "Both have a country, and they differ"),
    "contact_person": ("same contact person", "The same person at a company"),
    "other_tax_number": ("other tax number", "Both have one of the same country, and they differ"),
    "other_company_number": ("other company number", "Both have a company number, and they differ"),
}
"""By the name of each evidence: what the desk calls it, and what it is."""

THRESHOLDS: Mapping[str, tuple[str, str]] = {
    "link": ("linked without asking from", "So many points, and no rival: linked by itself"),
    "ask": (
        "asked about from",
        "So many points: a question on the desk; below, they are strangers",
    ),
    "new": (
        "asked about before one is made from",
        "Only where a new record would be made, and this one is nobody's yet",
    ),
    "margin": ("the next must be below by", "A rival that comes nearer is a reason to ask"),
}

LISTS: Mapping[str, str] = {
    "legal_forms": "legal forms, left out of names",
    "free_mail": "domains of free mail, which say nothing",
    "shared_mailboxes": "mailboxes that many share",
    "group_words": "words of groups, such as holding, which tell a parent",
}

POINTS_HINT = (
    "A whole number, such as 20 or −5: what speaks against the two being one is below nought, and "
    "0 takes no notice of it."
)
LIMIT_HINT = "A whole number of points, such as 60."
WORDS_HINT = "Your own words beside those that are built in, with commas between."
IDS_HINT = (
    "The field in Salesforce, an equals sign, and the field in Xero, such as "
    "Legacy_Id__c = AccountNumber. The same value in both then counts as one more evidence."
)
