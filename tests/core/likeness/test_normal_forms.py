"""Names, telephones, e-mail addresses and places in normal form."""

import pytest

from sync.core.likeness.contacts import emails_of, phones_of, website_of
from sync.core.likeness.names import name_of, names_of
from sync.core.likeness.parties import party
from sync.core.likeness.places import country_code, place_of

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Widgets Ltd", "ACME WIDGETS LIMITED"),
        ("Acme Widgets Ltd", "Acme Widgets L.T.D."),
        ("Müller & Söhne GmbH", "Mueller und Soehne G.m.b.H."),
        ("Müller & Söhne GmbH & Co. KG", "Muller Sohne GmbH und Co KG"),
        ("S.A.R.L. Dupont", "Dupont SARL"),
        ("Kowalski Sp. z o.o.", "KOWALSKI SP Z O O"),
        ("Иванов", "Ivanov"),
        ("Smith, Anna", "Dr. Anna Smith"),
        ("I B M UK", "IBM U.K."),
        ("Brontë Intl Svcs", "Bronte International Services"),
        ("Acme Two", "Acme 2nd"),
        ("Acme Widgets Ltd", "Acme Widgets Lmited"),
        ("Acme Manufactring", "Acme Manufacturing"),
    ],
)
def test_two_spellings_of_a_name_are_one(one: str, other: str):
    assert name_of(one).whole == name_of(other).whole


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme 1 Ltd", "Acme 2 Ltd"), ("Acme Plumbing", "Acme Heating"), ("A. Meyer", "B. Meyer")],
)
def test_what_tells_names_apart_stays(one: str, other: str):
    assert name_of(one).whole != name_of(other).whole


@pytest.mark.parametrize("text", ["The Limited Company Ltd", "Ltd", "The", "Holdings Group Plc"])
def test_a_name_is_never_emptied(text: str):
    assert name_of(text).tokens


def test_legal_forms_are_told_and_an_admin_can_add_some():
    assert [name_of(text).form for text in ("Acme LLC", "Acme PLC", "Acme")] == ["llc", "plc", ""]
    assert name_of("Acme Xyz", frozenset({"xyz"})).tokens == ("acme",)


def test_a_company_is_also_found_under_the_name_that_it_trades_as():
    assert [name.whole for name in names_of("Acme Ltd t/a Bob Shop")] == ["acme", "bobshop"]


@pytest.mark.parametrize(
    "text",
    ["+44 20 7946 0958", "020 7946 0958", "(0)20-79460958", "0044 (0)20 7946 0958", "2079460958"],
)
def test_a_telephone_is_one_however_it_is_written(text: str):
    assert phones_of(text) == ("79460958",)


def test_extensions_and_second_numbers_are_told_apart():
    assert phones_of("020 7946 0958 ext. 12 / 0161 496 0000") == ("79460958", "14960000")
    assert phones_of("0000000") == phones_of("n/a") == ()


def test_short_national_numbers_match_their_international_form():
    assert phones_of("+47 22 12 34 56") == phones_of("22 12 34 56")
    assert phones_of("+372 612 3456") == phones_of("612 3456")


def test_free_and_shared_mailboxes_are_known():
    found = emails_of("Info@Shop.acme.co.uk; a.b+x@googlemail.com", NONE, NONE)
    assert [(e.address, e.domain, e.shared) for e in found] == [
        ("info@shop.acme.co.uk", "acme.co.uk", True),
        ("ab@gmail.com", "", False),
    ]
    (added,) = emails_of("desk@acme.com", frozenset({"acme.com"}), frozenset({"desk"}))
    assert added.domain == ""
    assert added.shared


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.acme.co.uk/shop?x=1", "acme.co.uk"),
        ("ACME.com:8080", "acme.com"),
        ("facebook.com/acme", ""),
        ("no web site", ""),
    ],
)
def test_a_web_site_is_its_own_domain(text: str, domain: str):
    assert website_of(text, NONE) == domain


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GB"),
        ("England", "GB"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("U.S.A.", "US"),
        ("the Netherlands", "NL"),
        ("gbr", "GB"),
        ("Côte d'Ivoire", "CI"),
        ("Atlantis", ""),
    ],
)
def test_a_country_is_one_in_every_language(text: str, code: str):
    assert country_code(text) == code


def test_streets_and_postcodes_have_one_form():
    one = place_of({"street": "Hauptstr. 12 a", "postcode": "D-80331", "city": "Muenchen"})
    other = place_of({"street": "Hauptstraße 12a", "postcode": "80331", "city": "München"})
    assert one == other
    assert place_of({"street": "5 High St."}) == place_of({"street": "High Street 5"})
    assert place_of({"postcode": "12345-6789"}).postcode == "12345"


def test_an_address_without_a_country_is_at_home():
    assert place_of({"city": "Leeds"}, "GB").country == "GB"
    assert place_of({"city": "Leeds", "country": "Ireland"}, "GB").country == "IE"


def test_a_tax_number_is_bare_and_its_country_apart():
    found = party({"tax_number": "GB 123 4567-89"})
    assert (found.tax_country, found.tax) == ("GB", "123456789")
    assert party({"tax_number": "000 000"}).tax == ""


def test_a_person_is_told_from_a_company_with_a_contact():
    person = {"first_name": "Anna", "last_name": "Meyer"}
    assert party(person).is_person
    assert party({"name": "Meyer, Anna", **person}).is_person
    assert party({"name": "Anna Mayer", **person}).is_person
    assert not party({"name": "Meyer Consulting", **person}).is_person
    assert not party({"name": "Anna Meyer"}).is_person


def test_a_nameless_record_is_called_by_its_domain_or_mailbox():
    assert party({"email": "info@zyxtron.com"}).name.tokens == ("zyxtron",)
    assert party({"email": "anna.meyer7@gmail.com"}).name.whole == "annameyer"
    assert not party({"city": "Leeds"}).name
