"""A word that a person gave on a group's values ends once it has been carried out."""

from __future__ import annotations

from sync.core.agreed import Common
from sync.core.couples import ANYWAY, Couple, Decision, LinkFacts
from sync.core.merging import TYPED, merge_couple
from sync.core.records import Key, System
from tests.flows.customers import RULES

CHOSEN = "https://kestrel.example"


def couple_of(ours: str, theirs: str) -> Couple:
    """Return a linked couple whose website a person once chose for a group."""
    said = Decision("conflict:website", TYPED, ANYWAY, {"website": CHOSEN})
    link = LinkFacts(
        Key(System.XERO, "Contact", "c1"),
        {"website": Common(CHOSEN, "https://old.example", apart=True)},
    )
    return Couple(
        Key(System.SALESFORCE, "Account", "a1"),
        link=link,
        decisions={said.cause: said},
        shared={System.SALESFORCE: {"website": ours}, System.XERO: {"website": theirs}},
    )


def test_a_chosen_value_is_written_where_it_is_not_yet() -> None:
    merged = merge_couple(couple_of("https://old.example", "https://old.example"), RULES).merged
    assert merged is not None
    assert merged.writes[System.SALESFORCE] == {"website": CHOSEN}


def test_a_word_is_done_with_though_a_side_that_nobody_may_write_differs() -> None:
    couple = merge_couple(couple_of(CHOSEN, "https://old.example"), RULES)
    assert couple.spent == {"conflict:website"}
