"""Rows that name what the org has not: left out where optional, a clear sentence otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connections.models import Pair
from mappings.completeness import has, problems, usable
from sync.core.errors import NeedsPerson
from sync.core.flow import Condition, FieldRule, RuleSet, TableRow
from sync.flows.registry import every_flow

DEAL = dict.fromkeys(
    ["Id", "Name", "AccountId", "OwnerId", "CloseDate", "Amount", "Region__c", "CampaignId"],
    "string",
)
LINE = dict.fromkeys(
    ["Id", "Description", "Quantity", "UnitPrice", "Discount", "Product2Id"], "string"
)
NAMES = st.from_regex(r"[A-Z][a-z]{2,10}", fullmatch=True)


def rules(*fields: FieldRule, tables: tuple[TableRow, ...] = ()) -> RuleSet:
    return RuleSet(fields, tables, 3)


def asks(path: str, table: str = "status") -> TableRow:
    return TableRow(table, "DRAFT", (Condition(path, "is", "x"),))


def test_the_shipped_rows_serve_an_org_without_our_custom_fields() -> None:
    flow = every_flow()["won_opportunity_invoice"]
    served, missing = usable(RuleSet(flow.fields, flow.tables), DEAL, LINE)
    assert "Counterpart_Invoice_Id__c" in missing
    assert [r.target for r in flow.fields if not r.optional] == [r.target for r in served.fields]


def test_an_optional_field_that_is_there_stays() -> None:
    optional = FieldRule("number", "Number__c", optional=True)
    served, missing = usable(rules(optional), {**DEAL, "Number__c": "string"})
    assert served.fields == (optional,)
    assert missing == ()


def test_what_is_left_out_keeps_the_version() -> None:
    assert usable(rules(FieldRule("n", "No__c", optional=True)), DEAL)[0].version == 3


def test_an_unknown_field_is_a_sentence_with_the_place_to_correct_it() -> None:
    with pytest.raises(NeedsPerson, match=r"“Clsedate”.*Did you mean CloseDate\?") as caught:
        usable(rules(FieldRule("date", "Clsedate")), DEAL)
    assert caught.value.cause == "unknown_field:Clsedate"
    assert (caught.value.fix.place, caught.value.fix.argument) == ("mapping", "date")


def test_a_field_in_other_letters_is_unknown_since_its_value_would_be_empty() -> None:
    with pytest.raises(NeedsPerson, match="Did you mean CloseDate"):
        usable(rules(FieldRule("date", "closedate")), DEAL)


def test_a_field_inside_a_template_is_looked_at_too() -> None:
    with pytest.raises(NeedsPerson, match="“Nickname”"):
        usable(rules(FieldRule("reference", "", "template", "{Name} · {Nickname}")), DEAL)


def test_a_path_is_known_by_its_first_step() -> None:
    known = ["Account.Name", "Owner.Manager.Email", "Region__r.Code__c", "Name"]
    assert [path for path in known if not has(DEAL, path)] == []
    unknown = ["Contract.Name", "Office__r.Name", "AccountId.Name", "Region__c.Name", "Region__r"]
    assert [path for path in unknown if has(DEAL, path)] == []


def test_rules_of_lines_are_held_against_the_fields_of_lines() -> None:
    of_line = FieldRule("line.quantity", "Quantity", "number")
    assert usable(rules(of_line), DEAL, LINE)[0].fields == (of_line,)
    with pytest.raises(NeedsPerson, match="“Line: quantity”"):
        usable(rules(replace(of_line, source="Amount")), DEAL, LINE)


def test_a_condition_on_an_unknown_field_names_its_table() -> None:
    with pytest.raises(NeedsPerson) as caught:
        usable(rules(tables=(asks("Reegion__c"),)), DEAL, LINE)
    assert (caught.value.fix.place, caught.value.fix.argument) == ("table", "status")


def test_conditions_on_computed_names_and_lines_are_known() -> None:
    row = replace(
        asks("=amount"),
        when=tuple(Condition(p, "is", "x") for p in ("=amount", "line.Product2.Family", "Name")),
    )
    assert usable(rules(tables=(row,)), DEAL, LINE)[0].tables == (row,)


def test_a_condition_on_what_only_lines_have_is_not_asked_of_the_deal() -> None:
    served, _ = usable(rules(tables=(asks("Product2.Family", "account_code"),)), DEAL, LINE)
    assert served.tables[0].when[0].path == "line.Product2.Family"


@pytest.mark.parametrize("path", ["Opportunity.Region__c", "line.Opportunity.Region__c"])
def test_a_line_s_condition_on_the_deal_above_is_held_against_the_deal(path: str) -> None:
    lines = {**LINE, "OpportunityId": "reference"}
    served, _ = usable(rules(tables=(asks(path, "account_code"),)), DEAL, lines)
    assert served.tables[0].when[0].path == path
    with pytest.raises(NeedsPerson, match="Did you mean Region__c"):
        usable(rules(tables=(asks(f"{path}x", "account_code"),)), DEAL, lines)


@given(NAMES)
def test_no_unknown_field_gets_further_than_a_sentence(name: str) -> None:
    if name in DEAL:
        return
    with pytest.raises(NeedsPerson):
        usable(rules(FieldRule("date", name)), DEAL)


@given(st.sets(st.sampled_from(sorted(DEAL))), st.sets(st.sampled_from(sorted(DEAL))))
def test_optional_rules_are_kept_exactly_where_all_their_fields_exist(
    has_fields: set[str], wanted: set[str]
) -> None:
    rule = FieldRule("x", ",".join(sorted(wanted)), "first_non_empty", optional=True)
    served, missing = usable(rules(rule), dict.fromkeys(has_fields, "string"))
    assert bool(served.fields) == (wanted <= has_fields)
    assert set(missing) == wanted - has_fields


def test_a_pair_with_the_shipped_rows_has_no_problems(pair: Pair) -> None:
    assert problems(pair, "won_opportunity_invoice", DEAL, LINE) == []


def test_problems_names_every_unknown_field_at_once(pair: Pair) -> None:
    found = problems(pair, "won_opportunity_invoice", {"Id": "id"}, {})
    assert len(found) > 5
    assert any("“CloseDate”" in words for words in found)
