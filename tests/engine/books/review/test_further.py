"""What belongs to a customer as a further record stays with it, and never gets in the way."""

from __future__ import annotations

import pytest

from tests.engine.books.review.customers import KESTREL, MALLOW, bind, bond, bonds
from tests.engine.books.town import Town

pytestmark = pytest.mark.slow


def test_what_finance_edits_reaches_the_account_though_another_is_billed_there_too(
    town: Town,
) -> None:
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    town.settle()
    branch = town.account(name="Zephyr Orchards", billing_city="York")
    bind(town, branch, theirs)
    town.settle()
    town.edit(theirs, billing_city="Bath")
    town.settle()
    assert town.values(ours)["billing_city"] == "Bath"
    assert town.values(branch)["billing_city"] == "York"


def test_a_further_contact_is_not_taken_by_another_account_by_itself(town: Town) -> None:
    ours = town.account(**KESTREL)
    town.contact(**KESTREL)
    town.settle()
    second = town.contact(**MALLOW)
    bind(town, ours, second)
    town.settle()
    stranger = town.account(**MALLOW)
    town.settle()
    assert bond(stranger, second) not in bonds()
    assert town.questions("duplicate")


def test_a_further_account_is_not_taken_by_another_contact_by_itself(town: Town) -> None:
    town.account(**KESTREL)
    theirs = town.contact(**KESTREL)
    town.settle()
    branch = town.account(**MALLOW)
    bind(town, branch, theirs)
    town.settle()
    stranger = town.contact(**MALLOW)
    town.settle()
    assert bond(branch, stranger) not in bonds()
    assert town.questions("duplicate")
