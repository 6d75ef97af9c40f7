"""Random deals: what the sandbox's Xero makes of each is the plan to the cent, or it is asked.

RANDOM_DEALS says how many are tried (20,000 before a release), RANDOM_SEED which ones.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sync.core import tax
from sync.core.agreed import Common
from sync.core.couples import LinkFacts
from sync.core.flow import Surroundings
from sync.core.lines import Line
from sync.core.mapping import map_couple
from sync.core.merging import merge_couple
from sync.core.planning import Action, Plan, plan
from sync.core.records import Record, System
from sync.flows.won_opportunity_invoice import FLOW
from tests.builders import around
from tests.flows import random_deals
from tests.flows.books import Books
from tests.flows.ledger import COUNTRIES, CURRENCIES, Ledger, as_record, ledger

DEALS = int(os.environ.get("RANDOM_DEALS", "3000"))
SEED = int(os.environ.get("RANDOM_SEED", "20261119"))
IN_A_CALL = 50
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def organisations() -> dict[str, Ledger]:
    """An organisation of each edition of Xero."""
    return {edition: ledger(edition) for edition in COUNTRIES}


def planned(record: Record, surroundings: Surroundings) -> Plan:
    """Return the plan of a deal whose customer is known."""
    books = Books(FLOW, surroundings)
    books.put(record)
    return books.prepare(record.key)


def body_of(found: Plan) -> dict[str, Any]:
    """Return the body that the plan would send to Xero for the invoice."""
    return dict(next(i for i in found.intents if i.kind == "Invoice").body)


def check(found: Plan, made: dict[str, Any], surroundings: Surroundings) -> None:
    """Hold an invoice, as Xero made it, against the plan: not a cent, not a code is different."""
    ours = found.couple.shared[System.SALESFORCE]
    assert made["StatusAttributeString"] == "OK", made.get("ValidationErrors")
    assert not made.get("Warnings"), made["Warnings"]
    assert (made["SubTotal"], made["Total"]) == (ours["net"], ours["gross"])
    assert made["TotalTax"] == ours["gross"] - ours["net"]
    lines = [Line.from_shared(line) for line in ours["lines"]]
    assert [x["LineAmount"] for x in made["LineItems"]] == [tax.line_amount(x) for x in lines]
    if ours["amounts_are"] != "NoTax":
        assert [x["TaxType"] for x in made["LineItems"]] == [x.tax_type for x in lines]
    assert [x["AccountCode"] for x in made["LineItems"]] == [x.account_code for x in lines]
    assert made["CurrencyCode"] == ours["currency"]
    rate = (ours["rate"] or {}).get("rate")
    assert rate in (None, made["CurrencyRate"])
    off = Decimal(0) if ours["_rounding"] != "leave" else ours["_rounded_by"]
    billed = made["Total"] if ours["amounts_are"] == "Inclusive" else made["SubTotal"]
    assert billed == ours["deal_total"] + off
    assert_settled(found, as_record(made), surroundings)


def assert_settled(found: Plan, record: Record, surroundings: Surroundings) -> None:
    """Once it is linked, nothing more is to be written or asked about it."""
    ours = found.couple.shared[System.SALESFORCE]
    couple = replace(found.couple, xero=record, shared={}, merged=None, questions=(), match=None)
    theirs = FLOW.to_shared(System.XERO, couple, surroundings)
    names = [r.target for r in FLOW.fields if System.XERO in r.writes and r.target in ours]
    agreed = {name: Common(ours[name], theirs.get(name)) for name in names}
    agreed["contact"] = Common(ours["contact"], theirs["contact"])
    linked = replace(couple, link=LinkFacts(record.key, agreed), needs={})
    mapped = map_couple(FLOW, linked, surroundings)
    after = plan(FLOW, merge_couple(mapped, surroundings.rules), surroundings)
    assert [i.shared for i in after.intents if i.system is System.XERO] == []
    assert after.questions == ()


def test_xero_makes_of_a_plan_what_the_plan_says_or_it_is_asked(
    organisations: dict[str, Ledger],
) -> None:
    dice, told = random.Random(SEED), Counter[str]()
    for edition, xero in organisations.items():
        reference = xero.reference()
        own = around(
            reference,
            rules=random_deals.tables(reference),
            salesforce=random_deals.salesforce(),
        )
        waiting: list[Plan] = []
        for number in range(DEALS // len(organisations)):
            found = planned(random_deals.any_deal(dice, number, reference), own)
            told[found.action.value] += 1
            if found.action is Action.QUESTION:
                assert found.intents == ()
                told.update({q.cause.partition(":")[0] for q in found.questions})
                continue
            assert found.action is Action.CREATE
            shared = found.couple.shared[System.SALESFORCE]
            told.update({edition, shared["currency"], shared["amounts_are"], shared["_rounding"]})
            told["converted"] += bool((shared["rate"] or {}).get("conversion"))
            told["rated"] += bool((shared["rate"] or {}).get("rate"))
            waiting.append(found)
        for start in range(0, len(waiting), IN_A_CALL):
            part = waiting[start : start + IN_A_CALL]
            for each, made in zip(part, xero.bill([body_of(x) for x in part]), strict=True):
                check(each, made, own)
    print(SEED, dict(told))  # noqa: T201 - shown with -s, and where the test fails
    assert told["create"] > DEALS / 3
    assert all(told[name] for name in (*COUNTRIES, *CURRENCIES, "Exclusive", "Inclusive", "NoTax"))
    assert all(told[name] for name in ("leave", "line", "converted", "rated", "difference"))
