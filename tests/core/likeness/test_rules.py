"""Rules that an admin edits, from the rows of the value tables."""

import pytest

from sync.core.flow import Condition, RuleSet, TableRow
from sync.core.likeness.parties import party
from sync.core.likeness.rules import SHIPPED, match_rules
from sync.core.likeness.scoring import score
from sync.core.likeness.usage import Usage


def row(table: str, path: str, name: str, value: str) -> TableRow:
    return TableRow(table, value, (Condition(path, "is", name),))


def test_without_rows_the_shipped_rules_hold():
    assert match_rules(RuleSet((), ())) == SHIPPED


def test_points_and_thresholds_are_taken_from_their_rows():
    rows = (
        row("match_points", "evidence", "phone", "33"),
        row("match_points", "=evidence", "other_country", "−40"),
        row("match_thresholds", "threshold", "ask", "50"),
    )
    rules = match_rules(RuleSet((), rows))
    assert (rules.points.phone, rules.points.other_country, rules.ask) == (33, -40, 50)
    assert rules.link == SHIPPED.link


@pytest.mark.parametrize("value", ["many", "", "1.5"])
def test_a_row_that_makes_no_sense_changes_nothing(value: str):
    rows = (row("match_points", "evidence", "phone", value),)
    assert match_rules(RuleSet((), rows)) == SHIPPED
    assert match_rules(RuleSet((), (row("match_points", "evidence", "taste", "3"),))) == SHIPPED


def test_words_are_added_to_what_is_built_in():
    rows = (
        row("match_words", "list", "legal_forms", "Genossenschaft, e. Kfr."),
        row("match_words", "list", "shared_mailboxes", "Desk"),
    )
    rules = match_rules(RuleSet((), rows))
    assert rules.words.legal_forms == {"genossenschaft", "e kfr"}
    assert rules.words.shared_mailboxes == {"desk"}


def test_points_that_an_admin_changes_count():
    one, other = (party({"id": name, "phone": "020 7946 0958"}) for name in "lr")
    rules = match_rules(RuleSet((), (row("match_points", "evidence", "phone", "7"),)))
    assert score(one, other, rules, Usage()).points == 7
