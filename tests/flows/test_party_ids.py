"""An external id of a company's own, named by a row, proves that two records are one."""

from __future__ import annotations

from sync.core.flow import RuleSet, TableRow
from sync.core.likeness.parties import Party, party
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.scoring import score
from sync.core.likeness.usage import usage_of
from sync.core.records import Record
from sync.flows.account_contact import FLOW
from sync.flows.shapes import book, parties
from tests.flows import customers

RULES = RuleSet(FLOW.fields, (*FLOW.tables, TableRow("match_ids", "ERP__c = AccountNumber")))
ACCOUNT = customers.account(Name="Aire Valley Homes", ERP__c="K-1007")
CONTACT = customers.xero_contact(Name="AVH Group Treasury", AccountNumber="k-1007")


def seen(record: Record, rules: RuleSet) -> Party:
    return party({**parties.raw_of(record, rules), "id": record.key.id})


def test_both_sides_are_found_under_the_same_key() -> None:
    keys = [
        {key for key in book.entry(record, RULES).keys if key[0].startswith("~id:")}
        for record in (ACCOUNT, CONTACT)
    ]
    assert keys[0] == keys[1] != set()


def test_the_same_id_counts_and_without_its_row_it_does_not() -> None:
    for rules, counted in ((RULES, True), (RuleSet(FLOW.fields, FLOW.tables), False)):
        one, other = seen(ACCOUNT, rules), seen(CONTACT, rules)
        evidence = score(one, other, SHIPPED, usage_of([one, other]))
        assert ("same ERP__c +70" in evidence.in_words()) is counted


def test_another_id_is_never_linked_unasked() -> None:
    other = customers.xero_contact(Name="Aire Valley Homes", AccountNumber="K-2000")
    one, two = seen(ACCOUNT, RULES), seen(other, RULES)
    assert score(one, two, SHIPPED, usage_of([one, two])).veto
