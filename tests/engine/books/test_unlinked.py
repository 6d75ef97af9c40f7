"""A link that a person undid stays undone, whatever speaks for it, and no record suffers."""

from __future__ import annotations

import pytest

from sync.engine import deciding, retracting, telling, unlinking
from sync.flows.shapes.account import MARKER
from sync.models import ReviewItem, Verdict

from .town import Town

pytestmark = pytest.mark.slow
PLACE = {"name": "Kestrel Quay Ltd", "billing_city": "Bristol", "tax_number": "GB123456789"}


@pytest.fixture
def linked(town: Town) -> Town:
    """A town whose one account and one contact were linked."""
    town.account(**PLACE)
    town.contact(**PLACE)
    town.settle()
    assert len(town.links()) == 1
    return town


@pytest.fixture
def made(town: Town) -> Town:
    """A town whose one account got its contact from Counterpart."""
    town.account(**PLACE)
    town.settle()
    assert len(town.links()) == 1
    return town


@pytest.mark.parametrize("how", ["linked", "made"])
def test_the_same_two_are_never_linked_again_by_themselves(
    how: str, request: pytest.FixtureRequest
) -> None:
    town: Town = request.getfixturevalue(how)
    (link,) = town.links()
    ours, theirs = link.salesforce_key, link.xero_key
    before = town.values(ours), town.values(theirs)
    unlinking.unlink(link.pk, "priya", "Two branches")
    town.settle()
    town.edit(ours, billing_city="Bath")
    town.settle()
    assert (ours, theirs) not in {(one.salesforce_key, one.xero_key) for one in town.links()}
    assert town.lives(ours)
    assert town.lives(theirs)
    assert town.values(theirs) == before[1]
    assert town.values(ours) == {**before[0], "billing_city": "Bath"}


def kept_numbers(town: Town) -> list[ReviewItem]:
    """Return the problems of an account that carries the number of another's contact."""
    return [one for one in town.questions("problem") if "carries the number" in one.title]


def test_no_new_account_is_written_over_the_old_one_that_has_the_contacts_number(
    linked: Town,
) -> None:
    (link,) = linked.links()
    linked.edit(link.xero_key, billing_city="Leeds")
    unlinking.unlink(link.pk, "priya", "Two branches")
    linked.settle()
    assert linked.values(link.salesforce_key)["billing_city"] == "Bristol"
    (asked,) = kept_numbers(linked)
    linked.act("edit", "Account", link.salesforce_key.id, {MARKER: None})
    deciding.decide(asked.pk, "retry", "priya")
    linked.settle()
    assert not kept_numbers(linked)
    own = linked.link_of(link.xero_key)
    assert own is not None
    assert own.salesforce_key != link.salesforce_key
    assert linked.values(own.salesforce_key)["billing_city"] == "Leeds"
    assert linked.values(link.salesforce_key)["billing_city"] == "Bristol"


def test_an_account_that_is_kept_out_is_not_written_over_either(linked: Town) -> None:
    (link,) = linked.links()
    telling.lock(linked.pair, link.salesforce_key, "Being merged", "ana")
    linked.edit(link.xero_key, billing_city="Leeds")
    unlinking.unlink(link.pk, "priya", "Two branches")
    linked.settle()
    assert linked.values(link.salesforce_key)["billing_city"] == "Bristol"
    assert "carries the number" in linked.questions("problem")[0].title


def test_taking_the_verdict_back_lets_them_meet_again(linked: Town) -> None:
    (link,) = linked.links()
    unlinking.unlink(link.pk, "priya", "A slip")
    linked.settle()
    retracting.forget(Verdict.objects.get())
    linked.settle()
    again = linked.link_of(link.salesforce_key)
    assert (again is not None and again.xero_key == link.xero_key) or linked.questions()


def test_an_account_that_counterpart_made_can_be_made_anew_once_it_is_told_apart(
    town: Town,
) -> None:
    theirs = town.contact(**PLACE)
    town.settle()
    (link,) = town.links()
    unlinking.unlink(link.pk, "priya", "Two branches")
    town.act("edit", "Account", link.salesforce_key.id, {MARKER: None})
    town.settle()
    for asked in town.questions("problem"):
        deciding.decide(asked.pk, "retry", "priya")
    town.settle()
    again = town.link_of(theirs)
    assert again is not None
    assert again.salesforce_key != link.salesforce_key
