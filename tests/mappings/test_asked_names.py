"""A condition asks a table only what the flow knows when it asks it, for what that can be."""

from __future__ import annotations

import pytest

from connections.models import Pair
from mappings import fitting, words
from mappings.checking import value_faults
from sync.core import expressions
from sync.core.flow import Condition, TableRow
from sync.flows.registry import every_flow
from tests.factories import PairFactory
from tests.mappings.test_fitting import FLOW

TABLES = words.tables_of(FLOW)


def fault(table: str, path: str, operator: str = "is", wanted: str = "1", flow: str = "") -> str:
    own = every_flow()[flow or FLOW.key]
    row = TableRow(table, "ask", (Condition(path, operator, wanted),))
    return value_faults(words.tables_of(own)[table], row, own.tables).get("condition_0", "")


@pytest.mark.parametrize(
    ("table", "path", "flow"),
    [
        ("account_code", "=account", ""),
        ("account_code", "=item", ""),
        ("status", "=difference", ""),
        ("tax_type", "=won_deal", ""),
        ("tax_type", "line.=account", ""),
        ("currency", "=customer", ""),
        ("belongs", "=amount", "account_contact"),
        ("contact_persons", "=customer", "account_contact"),
        ("tax_type", "=account", "product_catalogue"),
        ("belongs", "=won_deal", "product_catalogue"),
    ],
)
def test_what_the_flow_does_not_know_there_is_refused(table: str, path: str, flow: str) -> None:
    assert "is not known in this table" in fault(table, path, flow=flow)


@pytest.mark.parametrize(
    ("table", "path", "operator", "wanted", "sentence"),
    [
        ("tax_type", "=account", "in", "200; 260", ""),
        ("tax_type", "=item", "contains", "GB", ""),
        ("tax_type", "=account", "above", "200", "only numbers can be below or above"),
        ("status", "=amount", "below", "1000", ""),
        ("status", "=amount", "is", "lots", "“lots” is none"),
        ("status", "=amount", "contains", "9", "only a text can contain"),
        ("status", "=currency", "is", "GBP", ""),
        ("rounding", "=difference", "above", "0.01", ""),
        ("rounding", "=difference", "is", "small", "“small” is none"),
    ],
)
def test_what_it_knows_is_asked_for_what_it_can_be(
    table: str, path: str, operator: str, wanted: str, sentence: str
) -> None:
    told = fault(table, path, operator, wanted)
    assert sentence in told
    assert bool(told) is bool(sentence)


@pytest.mark.parametrize(
    ("operator", "wanted", "fine"),
    [("is", "yes", True), ("is not", "No", True), ("is", "true", False), ("contains", "y", False)],
)
def test_what_is_yes_or_no_is_asked_for_that(operator: str, wanted: str, fine: bool) -> None:
    told = fault("belongs", "=won_deal", operator, wanted, "account_contact")
    assert bool(told) is not fine


def test_every_name_that_a_table_knows_has_its_words() -> None:
    for flow in every_flow().values():
        for table in words.tables_of(flow).values():
            assert set(table.knows) <= words.COMPUTED.keys()


@pytest.mark.parametrize("text", [r"'\x00'", r"'\ud800'", r"Name + '\x07'"])
def test_an_expression_gives_no_sign_that_nothing_can_keep(text: str) -> None:
    assert "signs that nothing can keep" in expressions.fault(text)
    assert expressions.fault(r"'first\nsecond'") == ""


def misfits(pair: Pair, table: str, value: str) -> list[str]:
    row = TableRow(table, value, (Condition("Name", "is", "x"),))
    return [one.words for one in fitting.value_misfits(pair, TABLES[table], row)]


def test_an_organisation_that_has_none_of_something_takes_none_of_anothers(db: None) -> None:
    pair: Pair = PairFactory.create()
    theirs = "6a56d2a8-5b5b-4c9e-9f0e-0d9d6b3d5a10/6a56d2a8-5b5b-4c9e-9f0e-0d9d6b3d5a11"
    assert misfits(pair, "tracking_1", theirs) == []
    pair.xero.organisation = {"lists": {"tracking": []}}
    (told,) = misfits(pair, "tracking_1", theirs)
    assert "is not in use" in told
