"""Parties from raw columns, and the strategies that make raw columns."""

from hypothesis import strategies as st

from sync.core.likeness.parties import Party, party
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.scoring import Evidence, score
from sync.core.likeness.usage import Usage, usage_of


def made(**raw: str) -> Party:
    return party({"id": raw.get("name", "x"), **raw})


def rated(one: Party, other: Party, *others: Party, usage: Usage | None = None) -> Evidence:
    """Return the evidence of two parties in books that also hold `others`."""
    return score(one, other, SHIPPED, usage or usage_of([one, other, *others]))


WORDS = ["Zyxtron", "Quarnby", "Northwind", "Meyer", "Smith", "Global", "Services", "Holdings"]
names = st.lists(st.sampled_from([*WORDS, "2", "3", "Ltd", "GmbH", "&"]), max_size=4).map(" ".join)
emails = st.builds(
    "{}@{}".format,
    st.sampled_from(["anna.meyer", "accounts", "info", "b.smith"]),
    st.sampled_from(["zyxtron.com", "northwind.co.uk", "gmail.com", "web.de"]),
)
COLUMNS = {
    "name": names,
    "first_name": st.sampled_from(["Anna", "Peter", "A."]),
    "last_name": st.sampled_from(["Meyer", "Smith"]),
    "email": emails,
    "phone": st.sampled_from(["+44 20 7946 0958", "020 7946 0958", "0161 496 0000"]),
    "street": st.sampled_from(["5 High Street", "High St. 5", "7 Mill Lane"]),
    "city": st.sampled_from(["Leeds", "York", "München"]),
    "region": st.sampled_from(["Yorkshire", "Bayern"]),
    "postcode": st.sampled_from(["LS1 2AB", "YO1 9AA", "80331"]),
    "country": st.sampled_from(["UK", "United Kingdom", "Germany"]),
    "tax_number": st.sampled_from(["GB123456789", "123456789", "DE987654321"]),
    "company_number": st.sampled_from(["01234567", "7654321"]),
    "website": st.sampled_from(["https://www.zyxtron.com/", "northwind.co.uk"]),
}
rows = st.fixed_dictionaries({}, optional=COLUMNS)
