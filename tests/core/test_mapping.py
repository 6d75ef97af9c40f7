"""Mapping: value tables, their conditions, and the fields that rows need."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import Condition, FieldRule, RuleSet, TableRow
from sync.core.mapping import fields_needed, holds, look_up, paths_of

VALUES = {
    "Type": "New Business",
    "Amount": Decimal("100.00"),
    "IsPrivate": False,
    "Country": " gb ",
    "Nothing": None,
}


def true(path: str, operator: str, value: str) -> bool:
    """Return whether a condition holds for the values above."""
    return holds(TableRow("t", "x", (Condition(path, operator, value),)), paths_of(VALUES))


@pytest.mark.parametrize(
    ("path", "operator", "value"),
    [
        ("Type", "is", "new business"),
        ("Type", "is not", "Renewal"),
        ("Type", "in", "Renewal; New Business"),
        ("Type", "contains", "BUSINESS"),
        ("Country", "is", "GB"),
        ("IsPrivate", "is", "false"),
        ("Nothing", "is", ""),
        ("Missing", "is not", "anything"),
        ("Amount", "is", "100"),
        ("Amount", "in", "50; 100.0"),
        ("Amount", "below", "100.01"),
        ("Amount", "above", "99.99"),
    ],
)
def test_a_condition_that_holds(path: str, operator: str, value: str) -> None:
    assert true(path, operator, value)


@pytest.mark.parametrize(
    ("path", "operator", "value"),
    [
        ("Type", "is", "New"),
        ("Amount", "is not", "100.0"),
        ("Amount", "below", "100"),
        ("Amount", "above", "100"),
        ("Amount", "below", "plenty"),
        ("Amount", "below", "NaN"),
        ("Nothing", "below", "100"),
        ("Type", "above", "1"),
        ("Type", "like", "New Business"),
    ],
)
def test_a_condition_that_does_not_hold(path: str, operator: str, value: str) -> None:
    assert not true(path, operator, value)


def test_the_first_row_whose_conditions_all_hold_gives_the_value() -> None:
    table = (
        TableRow(
            "t",
            "no",
            (Condition("Type", "is", "New Business"), Condition("Amount", "above", "500")),
        ),
        TableRow("other", "no"),
        TableRow("t", "yes", (Condition("Type", "is", "New Business"),)),
        TableRow("t", "late"),
    )
    assert look_up(RuleSet((), table), "t", paths_of(VALUES)) == "yes"
    assert look_up(RuleSet((), table), "none", paths_of(VALUES)) is None


def needed(*rows: Any) -> tuple[str, ...]:
    rules = tuple(row for row in rows if isinstance(row, FieldRule))
    tables = tuple(row for row in rows if isinstance(row, TableRow))
    return fields_needed(RuleSet(rules, tables))


def test_every_field_that_a_row_reads_of_the_record_is_asked_for_once() -> None:
    assert needed(
        FieldRule("a", "CloseDate"),
        FieldRule("b", "", "template", "{Account.Name} {CloseDate}"),
        TableRow("t", "x", (Condition("Region__c", "is", "North"),)),
    ) == ("CloseDate", "Account.Name", "Region__c")


def test_an_optional_field_in_use_is_read_or_its_write_would_never_end() -> None:
    rule = FieldRule("a", "Counterpart_Invoice_Id__c", optional=True)
    assert needed(rule) == ("Counterpart_Invoice_Id__c",)


def test_lines_and_computed_names_are_not_asked_of_the_record() -> None:
    assert not needed(
        FieldRule("line.quantity", "Quantity"),
        TableRow("t", "x", (Condition("=amount", "below", "1"), Condition("line.Type", "is", "A"))),
    )


def test_what_a_line_reads_of_another_record_is_asked_for_with_the_lines() -> None:
    assert needed(
        FieldRule("line.item_code", "Product2.Stock__r.Code__c"),
        TableRow("t", "x", (Condition("line.Product2.Tax_Class__c", "is", "Books"),)),
    ) == ("OpportunityLineItems.Product2.Stock__r.Code__c",
          "OpportunityLineItems.Product2.Tax_Class__c")  # fmt: skip


def test_a_lines_condition_on_its_deal_is_asked_of_the_deal() -> None:
    row = TableRow("t", "x", (Condition("line.Opportunity.Region__c", "is", "North"),))
    assert needed(row) == ("Region__c",)
