"""A wrong row never gets further than a sentence beside its field."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings import words
from mappings.arguments import template_fault
from mappings.checking import (
    condition_fault,
    every_fault,
    field_faults,
    table_warnings,
    value_fault,
    value_faults,
)
from mappings.rules import shipped_rules
from sync.core.flow import Condition, FieldRule, RuleSet, TableRow, ValueTable
from sync.core.likeness.rules import EVIDENCE, LISTS, THRESHOLDS
from sync.core.mapping import evaluate_one, holds
from sync.core.transforms import TRANSFORMS
from sync.flows.registry import every_flow

FLOW = every_flow()["won_opportunity_invoice"]
RULES = {rule.target: rule for rule in FLOW.fields}
TABLES = words.tables_of(FLOW)
BOOKS = every_flow()["account_contact"]
BOOK_TABLES = words.tables_of(BOOKS)


def faults(target: str, **edit: Any) -> dict[str, str]:
    return field_faults(RULES[target], replace(RULES[target], **edit))


def test_the_shipped_rows_of_every_flow_have_no_fault() -> None:
    for flow in every_flow().values():
        assert every_fault(flow, shipped_rules(flow)) == []


def test_every_transform_has_its_words() -> None:
    assert set(words.TRANSFORMS) == set(TRANSFORMS)
    assert set(words.ARGUMENTS) <= set(TRANSFORMS)


@pytest.mark.parametrize(
    ("edit", "beside"),
    [
        ({"transform": "reverse"}, "transform"),
        ({"transform": "date_plus_days", "argument": "thirty"}, "argument"),
        ({"transform": "date_plus_days", "argument": ""}, "argument"),
        ({"transform": "date_plus_days", "argument": "1.5"}, "argument"),
        ({"transform": "template", "argument": "{Name"}, "argument"),
        ({"transform": "template", "argument": "Name}"}, "argument"),
        ({"transform": "template", "argument": "{}"}, "argument"),
        ({"transform": "template", "argument": "{{Name}}"}, "argument"),
        ({"transform": "template", "argument": "{Close Date}"}, "argument"),
        ({"transform": "template", "argument": " "}, "argument"),
        ({"transform": "constant", "argument": " "}, "argument"),
        ({"source": "Close Date"}, "source"),
        ({"source": "CloseDate;"}, "source"),
        ({"source": ""}, "source"),
        ({"source": "CloseDate, Signed__c"}, "source"),
    ],
)
def test_a_wrong_row_has_its_sentence_beside_the_field(edit: dict[str, str], beside: str) -> None:
    assert list(faults("date", **edit)) == [beside]


@pytest.mark.parametrize(
    "edit",
    [
        {"source": "Account.Parent.Billing_Day__c"},
        {"source": "Region__r.Day__c"},
        {"source": "Signed__c, CloseDate", "transform": "first_non_empty"},
        {"source": "CloseDate", "transform": "date_plus_days", "argument": "-3"},
        {"source": "", "transform": "template", "argument": "Deal {Account.Name} · {Id}"},
        {"source": "", "transform": "template", "argument": "always this"},
        {"source": "", "transform": "constant", "argument": "2026"},
    ],
)
def test_a_sound_row_has_none(edit: dict[str, str]) -> None:
    assert faults("date", **edit) == {}


def test_a_field_that_is_written_back_is_one_field_of_the_record_itself() -> None:
    assert faults("invoice_number", source="Invoice__c") == {}
    for source in ("", "Account.Invoice__c", "A__c, B__c"):
        assert list(faults("invoice_number", source=source)) == ["source"]


@given(st.text("{}Nam. ·", max_size=12))
@example("{Name} {}")
def test_a_template_without_fault_has_nothing_left_to_fill(template: str) -> None:
    if template_fault(template):
        return
    filled = evaluate_one(FieldRule("x", "", "template", template), lambda path: "v")
    assert "{" not in filled
    assert "}" not in filled


@given(
    transform=st.sampled_from(sorted(TRANSFORMS)),
    argument=st.text(max_size=6),
    source=st.sampled_from(["", "A", "A,B", "A.B"]),
    value=st.one_of(st.none(), st.text(max_size=4), st.dates(date(2000, 1, 1), date(2100, 1, 1))),
)
def test_a_row_without_fault_never_breaks_a_sync(
    transform: str, argument: str, source: str, value: Any
) -> None:
    rule = FieldRule("date", source, transform, argument)
    if transform == "number" or field_faults(RULES["date"], rule):
        return  # a text that is no number is a question about the record, not about the row
    evaluate_one(rule, lambda path: value)


@given(
    operator=st.sampled_from(sorted(words.OPERATORS)),
    limit=st.text(max_size=6),
    value=st.one_of(st.none(), st.booleans(), st.text(max_size=4), st.decimals(allow_nan=False)),
)
@example(operator="below", limit="NaN", value=1)
@example(operator="below", limit="1", value="NaN")
def test_a_condition_without_fault_never_breaks_a_sync(
    operator: str, limit: str, value: Any
) -> None:
    condition = Condition("Amount", operator, limit)
    if condition_fault(condition):
        return
    assert holds(TableRow("t", "v", (condition,)), lambda path: value) in (True, False)


@pytest.mark.parametrize(
    "condition",
    [
        Condition("", "is", "x"),
        Condition("Sales Region", "is", "x"),
        Condition("=total", "is", "x"),
        Condition("Name", "starts with", "x"),
        Condition("=amount", "below", "1,000"),
        Condition("=amount", "above", ""),
        Condition("=amount", "below", "Infinity"),
        Condition("Name", "in", " ; "),
    ],
)
def test_a_wrong_condition_has_a_sentence(condition: Condition) -> None:
    row = TableRow("status", "DRAFT", (Condition("Name", "is", "x"), condition))
    assert list(value_faults(TABLES["status"], row, FLOW.tables)) == ["condition_1"]


@pytest.mark.parametrize(
    ("table", "value", "sound"),
    [
        ("status", "DRAFT", True),
        ("status", "PAID", False),
        ("status", "ask", True),
        ("status", "", False),
        ("amounts_are", "exclusive", False),
        ("account_code", "=item, 200", True),
        ("account_code", "=items", False),
        ("tax_type", "OUTPUT2", True),
        ("payment_terms", "=contact,30", True),
        ("payment_terms", "30 days", False),
        ("currency", "EUR", True),
        ("currency", "euro", False),
        ("theme", "8d1f0a3c-1111-4222-8333-444455556666", True),
        ("theme", "Our theme", False),
        ("tracking_1", "North", False),
    ],
)
def test_a_table_takes_only_values_that_its_flow_understands(
    table: str, value: str, sound: bool
) -> None:
    assert (value_fault(TABLES[table], value) == "") is sound


@pytest.mark.parametrize(
    ("table", "asked", "value", "beside"),
    [
        ("match_points", "phone", "-20", []),
        ("match_points", "phone", "−4", []),
        ("match_points", "phone", "ask", ["value"]),
        ("match_points", "phone", "a lot", ["value"]),
        ("match_points", "fax", "3", ["condition_0"]),
        ("match_thresholds", "link", "-1", ["value"]),
        ("match_words", "free_mail", "post.example, mail.example", []),
        ("create_in", "xero", "ask", []),
        ("create_in", "xero", "maybe", ["value"]),
    ],
)
def test_a_table_that_its_flow_asks_takes_only_what_the_flow_asks(
    table: str, asked: str, value: str, beside: list[str]
) -> None:
    condition = Condition(f"={BOOK_TABLES[table].asks}", "is", asked)
    row = TableRow(table, value, (condition,))
    assert list(value_faults(BOOK_TABLES[table], row, BOOKS.tables)) == beside
    other = TableRow(table, value, (Condition("Name", "is", asked),))
    assert "condition_0" in value_faults(BOOK_TABLES[table], other, BOOKS.tables)
    assert "condition_0" in value_faults(BOOK_TABLES[table], replace(row, when=()), BOOKS.tables)


def test_a_wrong_number_of_points_is_told_what_a_right_one_is() -> None:
    assert "such as 20" in value_fault(BOOK_TABLES["match_points"], "a lot")
    assert "organisation" not in value_fault(BOOK_TABLES["match_points"], "a lot")


def test_evidence_that_stands_twice_is_a_warning() -> None:
    table, rows = BOOK_TABLES["match_points"], list(BOOKS.tables)
    points = [row for row in rows if row.table == "match_points"]
    assert table_warnings(table, points) == []
    assert "only the first row counts" in table_warnings(table, [*points, points[0]])[0]


def test_what_a_table_asks_has_words_for_all_that_matching_knows() -> None:
    assert list(BOOK_TABLES["match_points"].asked) == list(EVIDENCE)
    assert list(BOOK_TABLES["match_thresholds"].asked) == list(THRESHOLDS)
    assert list(BOOK_TABLES["match_words"].asked) == list(LISTS)


def test_an_empty_value_may_stand_only_with_a_condition_and_where_nothing_is_needed() -> None:
    when = (Condition("Name", "is", "x"),)
    assert value_faults(TABLES["theme"], TableRow("theme", "", when), FLOW.tables) == {}
    assert "value" in value_faults(TABLES["theme"], TableRow("theme", ""), FLOW.tables)
    assert "value" in value_faults(TABLES["status"], TableRow("status", "", when), FLOW.tables)


def test_a_table_without_a_row_for_the_rest_is_a_warning() -> None:
    conditional = TableRow("status", "DRAFT", (Condition("=amount", "below", "9"),))
    rest = TableRow("status", "DRAFT", name="The rest")
    table = ValueTable("status", "Status")
    assert "none for all other cases" in table_warnings(table, [conditional])[0]
    assert "never reached" in table_warnings(table, [rest, conditional])[0]
    assert table_warnings(table, [conditional, rest]) == table_warnings(table, []) == []


def test_the_faults_of_a_whole_mapping_name_their_rows() -> None:
    rules = shipped_rules(FLOW)
    broken = replace(
        rules,
        fields=tuple(replace(r, transform="x") if r.target == "date" else r for r in rules.fields),
        tables=(*rules.tables, TableRow("status", "PAID", name="Paid at once")),
    )
    first, second = every_fault(FLOW, broken)
    assert first.startswith("Date: “x” is no known way")
    assert second.startswith("Status, “Paid at once”: “PAID” cannot stand here")


def test_the_tax_table_ends_with_a_row_for_all_other_cases() -> None:
    only = TableRow("tax_type", "OUTPUT2", (Condition("Region__c", "is", "EU"),))
    others = tuple(row for row in FLOW.tables if row.table != "tax_type")
    for rows, is_fine in (
        ((only,), False),
        ((), False),
        ((only, TableRow("tax_type", "ask")), True),
    ):
        told = every_fault(FLOW, RuleSet(FLOW.fields, (*rows, *others)))
        assert (told == []) is is_fine
        assert is_fine or "end with a row for all other cases" in told[0]
