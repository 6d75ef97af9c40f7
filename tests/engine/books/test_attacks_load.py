"""A thousand customers in one batch: neither statements nor memory grow with their number."""

from __future__ import annotations

from resource import RUSAGE_SELF, getrusage

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.salesforce import acts as salesforce
from sandbox.xero import acts as xero
from sync.core.planning import Action
from sync.core.records import Key, System
from sync.engine import indexing, running
from tests.engine.books.words import word

from .town import Town

pytestmark = pytest.mark.slow
MANY, FEW = 1000, 100


def customers(town: Town, number: int) -> list[Key]:
    """Enter so many customers in both books, alike; return the accounts' keys."""
    keys = []
    with town.box.world.batch():
        for each in range(1, number + 1):
            name, tax = word("name", each), word("tax_number", each)
            values = {"Name": name, "Counterpart_Tax_Number__c": tax, "BillingCity": "Leeds"}
            made = salesforce.create(town.box.world, "Account", values)
            today = town.box.world.clock.now().date().isoformat()
            deal = {"Name": "Survey", "StageName": "Closed Won", "CloseDate": today}
            salesforce.create(town.box.world, "Opportunity", {**deal, "AccountId": made})
            xero.create(town.box.world, "Contact", {"Name": name, "TaxNumber": tax})
            keys.append(Key(System.SALESFORCE, "Account", made))
    town.tick()
    return keys


def test_a_thousand_customers_are_planned_in_as_many_statements_as_a_hundred(town: Town) -> None:
    keys = customers(town, MANY)
    remote = town.remotes()
    indexing.refresh(remote[System.SALESFORCE], "Account")
    indexing.refresh(remote[System.XERO], "Contact")
    counts: dict[int, int] = {}
    for number in (FEW, FEW, MANY):  # the first fills the caches
        with CaptureQueriesContext(connection) as queries:
            run, plans = running.preview(town.switch, keys[:number])
        calls = run.calls_salesforce + run.calls_xero
        counts[number] = len(queries) - 2 * calls  # each call is taken and given back
        assert {plan.action for plan in plans} == {Action.UPDATE}
        assert len(plans) == number
    assert counts[MANY] <= counts[FEW] + 60, counts  # what is near is read 250 at a time
    before = getrusage(RUSAGE_SELF).ru_maxrss
    running.preview(town.switch, keys)
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes
