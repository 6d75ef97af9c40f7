"""Two at work at once, notices doubled, locks and switches ended, rules and answers changed."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.utils import timezone

from sync.core.records import Key, System
from sync.engine import deciding, joining, noticing, ruling, telling
from sync.models import ReviewItem
from tests.engine.test_whole import run

from .fields import alike
from .town import FLOW, Town

pytestmark = pytest.mark.slow
AIRE = {"name": "Aire Joinery Ltd", "tax_number": "GB123456789"}


@pytest.fixture
def linked(town: Town) -> tuple[Key, Key]:
    """A customer in both books, linked, in Leeds."""
    both = (
        town.account(**AIRE, billing_city="Leeds"),
        town.contact(**AIRE, billing_city="Leeds"),
    )
    town.settle()
    assert town.link_of(both[0])
    return both


def city(town: Town, key: Key) -> str:
    """Return the city of a record."""
    return town.values(key)["billing_city"]


def test_two_workers_on_the_same_notices_make_every_customer_once(town: Town) -> None:
    for name in ("Aire", "Brook", "Cold", "Dale", "Elm", "Fern"):
        town.account(name=f"{name} Company Ltd")
    for name in ("Gale", "Holt", "Iron", "Jade", "Kiln", "Lark"):
        town.contact(name=f"{name} Works plc")

    def work() -> None:
        try:
            town.sync()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    town.settle()
    assert len(town.all(System.SALESFORCE)) == len(town.all(System.XERO)) == 12
    assert len(town.links()) == 12


def test_doubled_forged_and_reordered_notices_write_nothing(
    town: Town, linked: tuple[Key, Key]
) -> None:
    before = town.last_call()
    nobody = Key(System.XERO, "Contact", "00000000-0000-0000-0000-000000000001")
    gone = Key(System.SALESFORCE, "Account", "001000000000000AAA")
    for keys in (linked, linked[::-1], (nobody, gone)):
        noticing.note(town.pair, FLOW, keys, "event", timezone.now())
    town.settle()
    assert not town.written_since(before)
    assert not town.questions()


def test_an_answer_to_what_has_moved_since_is_refused(town: Town, linked: tuple[Key, Key]) -> None:
    ours, theirs = linked
    town.edit(ours, billing_city="York")
    town.edit(theirs, billing_city="Hull")
    town.settle()
    (asked,) = town.questions("conflict")
    mark = deciding.mark_of(asked)
    town.edit(theirs, billing_city="Crewe")
    town.settle()
    with pytest.raises(deciding.Moved):
        deciding.decide(asked.pk, "salesforce", "priya", mark=mark)
    assert (city(town, ours), city(town, theirs)) == ("York", "Crewe")


@pytest.mark.parametrize("choice", ["salesforce", "xero", "apart"])
def test_an_edit_made_while_the_answer_was_given_is_not_overwritten(
    town: Town, linked: tuple[Key, Key], choice: str
) -> None:
    ours, theirs = linked
    town.edit(ours, billing_city="York")
    town.edit(theirs, billing_city="Hull")
    town.settle()
    (asked,) = town.questions("conflict")
    town.edit(ours, billing_city="Truro")
    town.edit(theirs, billing_city="Crewe")
    deciding.decide(asked.pk, choice, "priya", mark=deciding.mark_of(asked))
    town.settle()
    assert (city(town, ours), city(town, theirs)) == ("Truro", "Crewe")
    assert len(town.questions("conflict")) == 1


@pytest.mark.parametrize(("choice", "becomes"), [("salesforce", "York"), ("xero", "Hull")])
def test_an_answer_is_carried_out_once_and_the_next_edit_counts_again(
    town: Town, linked: tuple[Key, Key], choice: str, becomes: str
) -> None:
    ours, theirs = linked
    town.edit(ours, billing_city="York")
    town.edit(theirs, billing_city="Hull")
    town.settle()
    deciding.decide(town.questions()[0].pk, choice, "priya")
    town.settle()
    assert city(town, ours) == city(town, theirs) == becomes
    town.edit(ours, billing_city="Truro")
    town.settle()
    assert city(town, theirs) == "Truro"


def test_a_value_set_back_to_what_we_had_written_is_news(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    town.edit(theirs, billing_city="Hull")
    town.settle()
    town.edit(ours, billing_city="York")
    town.settle()
    town.edit(ours, billing_city="Hull")
    town.settle()
    assert city(town, theirs) == "Hull"


def test_a_value_that_is_typed_goes_to_both_sides(town: Town, linked: tuple[Key, Key]) -> None:
    ours, theirs = linked
    town.edit(ours, billing_city="York")
    town.edit(theirs, billing_city="Hull")
    town.settle()
    deciding.decide(town.questions()[0].pk, "value", "priya", values={"billing_city": "Goole"})
    town.settle()
    assert city(town, ours) == city(town, theirs) == "Goole"
    assert not town.questions()


def test_what_changed_while_a_record_was_locked_is_carried_out_afterwards(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    lock = telling.lock(town.pair, theirs, "a dispute", "priya")
    town.edit(ours, billing_city="York")
    town.edit(theirs, phone="+44 117 496 0002")
    town.settle()
    assert city(town, theirs) == "Leeds"
    assert not town.values(ours)["phone"]
    telling.unlock(lock, "priya")
    town.settle()
    assert city(town, theirs) == "York"
    assert alike("phone", town.values(ours)["phone"], "+44 117 496 0002")


def test_what_both_changed_while_a_record_was_locked_is_asked_about(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    lock = telling.lock(town.pair, ours, "a dispute", "priya")
    town.edit(ours, billing_city="York")
    town.edit(theirs, billing_city="Hull")
    town.settle()
    assert not town.questions()
    telling.unlock(lock, "priya")
    town.settle()
    assert [q.field for q in town.questions()] == ["billing_city"]


def test_the_box_in_salesforce_keeps_a_customer_out_and_lets_it_in_again(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    box = "Counterpart_Do_Not_Sync__c"
    town.act("edit", "Account", ours.id, {box: True})
    town.edit(theirs, billing_city="York")
    town.settle()
    assert city(town, ours) == "Leeds"
    town.act("edit", "Account", ours.id, {box: False})
    town.settle()
    assert city(town, ours) == "York"


def test_what_happened_while_the_flow_was_off_is_carried_out_afterwards(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    run("flow", FLOW, "off")
    town.edit(ours, billing_city="York")
    town.edit(theirs, phone="+44 117 496 0002")
    new = town.account(name="Cold Store plc")
    also = town.contact(name="Brook Kiln Ltd")
    spare = town.contact(name="Aire Joinery Works", billed=False)
    town.in_xero("merge_contacts", spare.id, theirs.id)
    town.sync()
    assert city(town, theirs) == "Leeds"
    run("flow", FLOW, "on")
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    assert link.xero_key == spare
    assert city(town, spare) == "York"
    assert town.link_of(new)
    assert town.link_of(also)


def test_a_side_that_owns_a_field_by_a_new_rule_wins_from_then_on(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    town.edit(ours, billing_city="York")
    town.edit(theirs, billing_city="Hull")
    town.settle()
    assert town.questions()
    ruling.let_own(town.pair, FLOW, "billing_city", System.XERO, "priya")
    town.settle()
    assert not town.questions()
    assert city(town, ours) == "Hull"
    town.edit(ours, billing_city="Truro")
    town.settle()
    assert city(town, ours) == city(town, theirs) == "Hull"


def test_two_accounts_for_one_contact_are_one_question_and_an_answer_links_both(
    town: Town,
) -> None:
    first, second = (town.account(**AIRE, billing_city="Leeds") for _ in range(2))
    theirs = town.contact(**AIRE, billing_city="Leeds")
    town.settle()
    (asked,) = town.questions()
    assert not town.links()
    primary = {System.SALESFORCE: second, System.XERO: theirs}
    joining.join(asked.pk, "priya", primary=primary, chosen={})
    town.settle()
    link = town.link_of(theirs)
    assert link is not None
    assert link.salesforce_key == second
    assert not town.questions()
    town.edit(first, billing_city="Hull")
    town.settle()
    assert city(town, theirs) == "Leeds"


def test_a_parent_and_its_branch_who_share_a_domain_are_never_mixed(town: Town) -> None:
    head = {"name": "Thames Gateway Logistics plc", "billing_city": "London"}
    depot = {"name": "Thames Gateway Logistics Dover Depot", "billing_city": "Dover"}
    ours = town.account(**head, email="accounts@tgl.example")
    branch = town.account(**depot, email="dover@tgl.example")
    theirs = town.contact(**head, email="accounts@tgl.example")
    its = town.contact(**depot, email="dover@tgl.example")
    town.settle()
    wrong = {(ours, its), (branch, theirs)}
    assert not wrong & {(k.salesforce_key, k.xero_key) for k in town.links()}
    for key, values in ((ours, head), (theirs, head), (branch, depot), (its, depot)):
        assert town.values(key)["billing_city"] == values["billing_city"]
    assert len(town.all(System.SALESFORCE)) == len(town.all(System.XERO)) == 2
    assert not ReviewItem.objects.filter(cause="bug").exists()
