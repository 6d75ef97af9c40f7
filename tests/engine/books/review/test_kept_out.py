"""Who is kept out of sync is linked with nobody, and nobody is made in its place unasked."""

from __future__ import annotations

import pytest

from sync.core.records import System
from sync.engine import deciding, telling
from sync.models import Lock
from tests.engine.books.review.customers import KESTREL, TWIN, asked_about, bond, bonds
from tests.engine.books.town import Town

pytestmark = pytest.mark.slow


def test_no_second_account_is_made_while_the_first_is_kept_out(town: Town) -> None:
    ours = town.account(**KESTREL)
    telling.lock(town.pair, ours, "Being merged", "ana")
    theirs = town.contact(**KESTREL)
    town.settle()
    assert town.all(System.SALESFORCE) == [ours]
    asked = asked_about(town, theirs)
    assert "Kept out of sync by ana: Being merged." in asked.explanation
    telling.unlock(Lock.objects.get(), "ana")
    town.settle()
    assert bonds() == {bond(ours, theirs)}
    assert not town.questions()


def test_no_second_contact_is_made_while_the_first_is_kept_out(town: Town) -> None:
    theirs = town.contact(**TWIN)
    telling.lock(town.pair, theirs, "A supplier", "ana")
    ours = town.account(**KESTREL)
    town.settle()
    assert town.all(System.XERO) == [theirs]
    deciding.decide(asked_about(town, ours).pk, f"not:{theirs}", "priya")
    town.settle()
    assert len(town.all(System.XERO)) == 2
    assert [pair[0] for pair in bonds()] == [ours.id]


def test_one_that_is_kept_out_by_its_box_in_salesforce_is_not_made_again(town: Town) -> None:
    ours = town.account(**KESTREL)
    town.act("edit", "Account", ours.id, {"Counterpart_Do_Not_Sync__c": True})
    theirs = town.contact(**KESTREL)
    town.settle()
    assert town.all(System.SALESFORCE) == [ours]
    assert "Do not sync" in asked_about(town, theirs).explanation
