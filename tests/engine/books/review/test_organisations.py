"""Two organisations of one Salesforce org never fight over what Xero owns."""

from __future__ import annotations

import pytest

from sync.core.records import System
from tests.engine.books.test_attacks_orgs import abroad, contact_of, settle
from tests.engine.books.town import Town

__all__ = ["abroad"]
pytestmark = pytest.mark.slow


def test_the_payment_terms_of_two_organisations_come_to_rest(
    town: Town,
    abroad: Town,
) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    for days, place in ((30, town), (14, abroad)):
        terms = {"Sales": {"Day": days, "Type": "DAYSAFTERBILLDATE"}}
        place.in_xero("edit", "Contact", contact_of(place, ours).id, {"PaymentTerms": terms})
    settle(town, abroad)
    assert town.raw(ours)["Counterpart_Payment_Terms__c"] == "30 days after the invoice date"
    theirs = town.raw(contact_of(abroad, ours))
    assert int(theirs["PaymentTerms"]["Sales"]["Day"]) == 14
    assert len(town.all(System.SALESFORCE)) == 1
