"""Which organisation a record belongs to, by rows: properties first, then examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.core.flow import Condition, TableRow
from sync.core.mapping import holds, paths_of
from sync.core.routing import (
    ACCOUNT,
    BY_ACCOUNT,
    DEAL,
    Route,
    Way,
    group_of,
    new_row,
    route,
    rows_of_kind,
)
from sync.core.routing import paths_of as asked_by
from sync.core.routing_questions import values_in_words, which_organisation, words_of_path

PATHS = ("CurrencyIsoCode", "Territory2.Name", "Legal_Entity__c", "Account.BillingCountry")
VALUES = ("EUR", "GBP", "Ireland", "")
conditions = st.builds(
    Condition,
    st.sampled_from(PATHS),
    st.sampled_from(["is", "is not", "in", "contains"]),
    st.sampled_from(VALUES),
)
rows = st.lists(
    st.builds(
        TableRow,
        st.sampled_from([DEAL, ACCOUNT]),
        st.sampled_from(["1", "2", "ask", "none"]),
        st.lists(conditions, max_size=3).map(tuple),
        st.text("abc", min_size=1, max_size=3),
    ),
    max_size=6,
)
records = st.fixed_dictionaries({path: st.sampled_from([*VALUES, None]) for path in PATHS})


def at(values: Mapping[str, Any]) -> Any:
    """Return what gives the values of a flat record by path."""
    return values.get


@given(rows, records)
def test_the_first_row_of_the_kind_that_holds_decides_and_no_other(
    every: list[TableRow], record: dict[str, Any]
) -> None:
    first = next((r for r in rows_of_kind(every, DEAL) if holds(r, at(record))), None)
    found = route(every, DEAL, at(record))
    if first is None:
        assert found == Route(Way.UNMATCHED)
    elif first.value.isdigit():
        assert (found.way, found.pair, found.row) == (Way.PAIR, int(first.value), first.name)
    else:
        assert (found.way.value, found.row) == (first.value, first.name)


@given(rows, records, st.sets(st.sampled_from(PATHS)), st.sampled_from(VALUES))
def test_no_route_is_ever_decided_by_a_field_that_could_not_be_read(
    every: list[TableRow], record: dict[str, Any], hidden: set[str], other: str
) -> None:
    def shows(path: str) -> bool:
        return path not in hidden

    found = route(every, DEAL, at(record), shows)
    changed = {path: other if path in hidden else value for path, value in record.items()}
    assert route(every, DEAL, at(changed), shows) == found
    if found.way is Way.UNREAD:
        assert found.path in hidden
    else:  # whatever the hidden fields hold, the answer is the same
        assert route(every, DEAL, at(changed)) == route(every, DEAL, at(record)) == found


@given(rows, records)
def test_records_of_one_group_are_told_apart_by_no_row(
    every: list[TableRow], record: dict[str, Any]
) -> None:
    twin = {**record, "Name": "Another", "Amount": 7}
    assert group_of(every, DEAL, at(record)) == group_of(every, DEAL, at(twin))
    assert route(every, DEAL, at(record)) == route(every, DEAL, at(twin))


@given(rows, records, records)
def test_whatever_two_records_hold_one_group_means_one_route(
    every: list[TableRow], record: dict[str, Any], other: dict[str, Any]
) -> None:
    if group_of(every, DEAL, at(record)) == group_of(every, DEAL, at(other)):
        assert route(every, DEAL, at(record)) == route(every, DEAL, at(other))


def test_deals_of_many_sizes_are_one_group_where_rows_ask_for_a_size_only() -> None:
    every = (
        TableRow(DEAL, "1", (Condition("Amount", "above", "10000"),), "Large"),
        TableRow(DEAL, "2", (Condition("Name", "contains", "Ireland"),), "Ireland"),
    )
    groups = {group_of(every, DEAL, at({"Amount": n, "Name": f"Deal {n}"})) for n in range(5)}
    (group,) = groups
    assert values_in_words(group) == "amount above 10000: no, name contains Ireland: no"
    assert new_row(group) == ()


@given(rows, records)
def test_the_new_row_that_is_offered_takes_the_records_of_its_group(
    every: list[TableRow], record: dict[str, Any]
) -> None:
    row = TableRow(DEAL, "2", new_row(group_of(every, DEAL, at(record))))
    assert holds(row, at(record))


@given(rows)
def test_every_path_that_a_row_may_ask_is_read(every: list[TableRow]) -> None:
    asked = {c.path for row in rows_of_kind(every, DEAL) for c in row.when}
    assert asked <= set(asked_by(every, DEAL))


def test_a_deal_goes_where_its_accounts_rows_send_it_and_a_persons_word_comes_first() -> None:
    every = (
        TableRow(DEAL, BY_ACCOUNT, (), "As its account"),
        TableRow(ACCOUNT, "2", (Condition("BillingCountry", "is", "Ireland"),), "Ireland"),
    )
    deal = paths_of({"Account": {"BillingCountry": "Ireland"}})
    assert route(every, DEAL, deal) == Route(Way.PAIR, 2, "Ireland")
    assert asked_by(every, DEAL) == ("AccountId", "Account.BillingCountry")
    said = Route(Way.PAIR, 1, by="anna")
    assert route(every, DEAL, deal, account=said) == said
    assert route(every, DEAL, paths_of({"Account": None})) == Route(
        Way.UNMATCHED, row="As its account"
    )
    hidden = route(every, DEAL, deal, lambda path: "Country" not in path)
    assert (hidden.way, hidden.path) == (Way.UNREAD, "Account.BillingCountry")


def test_a_row_that_a_readable_condition_rules_out_asks_nothing_hidden_of_the_record() -> None:
    strict = TableRow(
        DEAL, "2", (Condition("CurrencyIsoCode", "is", "EUR"), Condition("Region__c", "is", "IE"))
    )
    rest = TableRow(DEAL, "1")
    pounds = at({"CurrencyIsoCode": "GBP"})
    assert route((strict, rest), DEAL, pounds, lambda p: p != "Region__c").pair == 1
    euros = at({"CurrencyIsoCode": "EUR"})
    assert route((strict, rest), DEAL, euros, lambda p: p != "Region__c").way is Way.UNREAD


def test_fields_are_told_as_people_say_them() -> None:
    assert words_of_path("CurrencyIsoCode") == "currency"
    assert words_of_path("Territory2.Name") == "territory"
    assert words_of_path("Legal_Entity__c") == "legal entity"
    assert words_of_path("RecordType.DeveloperName") == "record type"
    assert words_of_path("Owner.Country") == "owner’s country"
    assert words_of_path("Account.BillingCountry") == "account’s billing country"
    group = (("CurrencyIsoCode", "EUR"), ("Territory2.Name", ""))
    assert values_in_words(group) == "currency EUR, no territory"


def test_equal_groups_have_one_cause_and_different_ones_two() -> None:
    def cause(*group: tuple[str, str]) -> str:
        return which_organisation(DEAL, Route(Way.UNMATCHED), group, {1: "A", 2: "B"}, 7).cause

    assert cause(("CurrencyIsoCode", "EUR")) == cause(("CurrencyIsoCode", "EUR"))
    assert cause(("CurrencyIsoCode", "EUR")) != cause(("CurrencyIsoCode", "GBP"))
