"""Rows of the currency table: an organisation's currencies, with a rate of one's own."""

from __future__ import annotations

import pytest

from connections.models import Pair
from mappings import choices, fitting, words
from mappings.checking import value_fault
from sync.core.flow import Condition, TableRow
from sync.flows.registry import every_flow
from tests.factories import PairFactory

TABLES = words.tables_of(every_flow()["won_opportunity_invoice"])
CURRENCY = TABLES["currency"]
OF_DOLLARS = (Condition("=currency", "is", "USD"),)


@pytest.fixture
def pair(db: None) -> Pair:
    made = PairFactory.create()
    made.xero.organisation = {"currencies": ["EUR", "GBP"]}
    made.xero.save()
    return made


def test_each_currency_is_offered_as_it_is_and_by_salesforces_rate(pair: Pair) -> None:
    offered = [value for value, _ in choices.values_of(pair, CURRENCY)]
    assert offered == ["EUR", "GBP", "EUR by salesforce", "GBP by salesforce", "ask"]


@pytest.mark.parametrize("value", ["GBP", "GBP by salesforce", "GBP by 0.79", "EUR by 1", "ask"])
def test_a_conversion_into_a_currency_in_use_is_fine(pair: Pair, value: str) -> None:
    assert value_fault(CURRENCY, value) == ""
    assert fitting.value_misfits(pair, CURRENCY, TableRow("currency", value, OF_DOLLARS)) == []


@pytest.mark.parametrize(("table", "value"), [("currency", "GBP by 0.79"), ("rate", "1.2")])
@pytest.mark.parametrize(
    "when",
    [
        (),
        (Condition("=currency", "is not", "USD"),),
        (Condition("=currency", "in", "USD; JPY"),),
        (Condition("Name", "is", "USD"),),
    ],
)
def test_a_fixed_rate_without_its_currency_is_refused(
    pair: Pair, table: str, value: str, when: tuple[Condition, ...]
) -> None:
    (one,) = fitting.value_misfits(pair, TABLES[table], TableRow(table, value, when))
    assert one.words == f"“{value}” is the rate of one currency: add the condition which it is."
    pinned = TableRow(table, value, (*when, *OF_DOLLARS))
    assert fitting.value_misfits(pair, TABLES[table], pinned) == []


def test_a_conversion_into_another_is_told(pair: Pair) -> None:
    (one,) = fitting.value_misfits(pair, CURRENCY, TableRow("currency", "CHF by 0.9", OF_DOLLARS))
    assert "“CHF by 0.9” is not in use" in one.words


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("currency", "pounds"),
        ("currency", "GBP by"),
        ("currency", "GBP by 0"),
        ("currency", "GBP by 0.000"),
        ("currency", "GBP by -1"),
        ("currency", "GBP by xero"),
        ("rate", "0"),
        ("rate", "by salesforce"),
        ("rounding", "always"),
    ],
)
def test_a_value_that_is_no_rate_is_refused_with_a_sentence(table: str, value: str) -> None:
    assert "cannot stand here" in value_fault(TABLES[table], value)


@pytest.mark.parametrize(
    ("table", "value", "said"),
    [
        ("currency", "GBP by 0,85", "Write the rate with a point: 0.85."),
        ("rate", "1,2", "Write the rate with a point: 1.2."),
        ("rate", "1,234", "Write the rate with a point, or without a comma: 1.234 or 1234."),
    ],
)
def test_a_rate_with_a_comma_is_answered_by_how_it_is_written(
    table: str, value: str, said: str
) -> None:
    assert value_fault(TABLES[table], value) == said


@pytest.mark.parametrize("value", ["xero", "salesforce", "1.1745", "0.0061", "ask"])
def test_a_rate_may_be_left_read_or_fixed(value: str) -> None:
    assert value_fault(TABLES["rate"], value) == ""
