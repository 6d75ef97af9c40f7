"""What speaks for and against two customer records being one."""

import pytest

from sync.core.likeness.names import name_of
from sync.core.likeness.naming import compare, word_likeness
from sync.core.likeness.parties import party
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.usage import Usage

from .parties import made, rated

ACME = {"name": "Zyxtron Ltd", "email": "info@zyxtron.co.uk", "city": "Leeds", "country": "UK"}
ANNA = {"first_name": "Anna", "last_name": "Quarnby", "street": "5 High St", "postcode": "LS1 2AB"}


def linked(one, other, *others) -> bool:
    evidence = rated(one, other, *others)
    return evidence.points >= SHIPPED.link and not evidence.veto


def asked(one, other, *others) -> bool:
    evidence = rated(one, other, *others)
    return evidence.points >= SHIPPED.ask and not linked(one, other, *others)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "ZYXTRON LIMITED"},
        {"name": "Zyxtorn Ltd"},
        {"email": "accounts@zyxtron.co.uk"},
        {"email": ""},
        {"city": "Leedes", "country": "England"},
        {"phone": "0161 496 0000"},
    ],
)
def test_a_company_is_found_in_spite_of(change):
    assert linked(made(**ACME), made(**{**ACME, **change}))


@pytest.mark.parametrize(
    ("change", "veto"),
    [
        ({"country": "Germany"}, "another country"),
        ({"name": "Zyxtron Holdings Ltd"}, "one side only"),
        ({"name": "Zyxtron 2 Ltd"}, "a number in one name only"),
        ({"name": "Zyxtron Deutschland Ltd"}, "a country in one name only"),
    ],
)
def test_a_company_is_never_linked_unasked_in_spite_of(change, veto):
    evidence = rated(made(**ACME), made(**{**ACME, **change}))
    assert veto in evidence.veto
    assert evidence.points < SHIPPED.link


def test_a_word_more_in_a_name_needs_more_that_agrees():
    more = {**ACME, "name": "Zyxtron Services Ltd"}
    assert asked(made(**ACME), made(**more))
    assert linked(*(made(**row, phone="020 7946 0958") for row in (ACME, more)))


def test_another_tax_number_is_asked_about_and_a_mistyped_one_is_not():
    ours = {**ACME, "tax_number": "GB123456789", "phone": "020 7946 0958"}
    assert asked(made(**ours), made(**{**ours, "tax_number": "GB555666777"}))
    assert linked(made(**ours), made(**{**ours, "tax_number": "GB123456798"}))
    father, son = ({**ANNA, "tax_number": number} for number in ("123456789", "987654321"))
    assert asked(made(**father), made(**son))


def test_numbers_of_two_sorts_say_nothing():
    ours = {**ACME, "tax_number": "GB123456789"}
    assert linked(made(**ours), made(**{**ACME, "tax_number": "1234567890123"}))


def test_numbered_sisters_are_kept_apart():
    one, other = ({**ACME, "name": f"Zyxtron {n} Ltd", "street": "1 Mill Rd"} for n in (1, 2))
    assert rated(made(**one), made(**other)).points < SHIPPED.ask


def test_two_of_a_household_are_kept_apart_and_asked_about_when_alone():
    anna = {**ANNA, "phone": "020 7946 0958"}
    peter = {**anna, "first_name": "Peter"}
    everybody = [made(id=f"{i}", **row) for i, row in enumerate([anna, anna, peter, peter])]
    assert rated(everybody[0], everybody[2], everybody[1], everybody[3]).points < SHIPPED.ask
    assert not linked(made(**anna), made(**peter))


def test_a_person_is_found_by_an_initial_or_a_pet_name():
    for first in ("A.", "Annie", "Anna Maria"):
        assert linked(made(**ANNA), made(**{**ANNA, "first_name": first}))


def test_first_and_last_name_may_be_swapped_or_stand_in_one_column():
    assert linked(made(**ANNA), made(**{**ANNA, "first_name": "Quarnby", "last_name": "Anna"}))
    bare = {name: ANNA[name] for name in ("street", "postcode")}
    assert linked(made(**ANNA), made(**bare, name="Quarnby, Anna"))


def test_a_mailbox_that_many_names_use_tells_nothing():
    box = {"email": "accounts@bookkeeper.co.uk"}
    clients = [made(name=f"{word} Ltd", **box) for word in ("Aba", "Ibi", "Oko", "Ulu", "Eme") * 5]
    evidence = rated(clients[0], clients[1], *clients[2:])
    assert evidence.points < SHIPPED.ask


def test_branches_are_told_by_their_place():
    leeds, york = {**ACME, "tax_number": "GB123456789"}, {**ACME, "city": "York"}
    others = [made(**leeds), made(**york)]
    assert linked(made(**leeds), made(**leeds), *others)
    assert not linked(made(**leeds), made(**{**york, "tax_number": "GB123456789"}), *others)


def test_a_company_that_moved_is_linked_by_its_telephone_and_else_asked_about():
    moved = {**ACME, "city": "York"}
    assert asked(made(**ACME), made(**moved))
    assert linked(*(made(**row, phone="020 7946 0958") for row in (ACME, moved)))


def test_where_nothing_tells_branches_apart_a_person_is_asked():
    bare = {key: ACME[key] for key in ("name", "email")}
    assert asked(made(**bare), made(**bare), made(**bare), made(**bare))


def test_a_name_alone_links_when_it_is_rare_and_asks_when_it_is_common():
    assert linked(made(name="Zyxtron Ltd"), made(name="Zyxtron"))
    assert asked(made(name="John Smith"), made(name="John Smith"))
    smiths = [made(name="John Smith") for _ in range(30)]
    assert rated(smiths[0], smiths[1], *smiths[2:]).points < SHIPPED.ask


def test_an_external_id_of_both_links_by_itself():
    one, other = ({"name": name, "id:ERP": "4711"} for name in ("Zyxtron", "Zyxtron Services"))
    evidence = rated(party(one), party(other))
    assert evidence.points >= SHIPPED.link
    assert "same ERP" in evidence.in_words()


def test_every_reason_is_in_words_with_its_points():
    evidence = rated(made(**ACME), made(**{**ACME, "country": "Germany"}))
    assert evidence.in_words() == (
        "same shared mailbox +20, other country −25, same city +8, same name +66, held back: "
        "another country −16"
    )


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("international", "intl", 0.5, 0.7),
        ("manufacturing", "mfg", 0.5, 0.7),
        ("william", "bill", 0.7, 0.8),
        ("northwind", "nortwind", 0.8, 0.9),
        ("anna", "a", 0.4, 0.5),
        ("jan", "jon", 0, 0),
        ("meyer", "smith", 0, 0),
        ("b2b", "b2c", 0, 0),
    ],
)
def test_words_are_alike_as_people_mistype_and_shorten_them(one, other, least, most):
    assert least <= word_likeness(one, other) <= most


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("North Wind Traders", "Northwind Traders"),
        ("International Business Machines", "IBM"),
        ("Widget Acme", "Acme Widget"),
    ],
)
def test_names_are_whole_although_the_words_differ(one, other):
    assert compare(name_of(one), name_of(other), Usage().telling).full
