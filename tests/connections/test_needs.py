"""What each flow needs to be allowed: rights in Salesforce, scopes in Xero."""

from __future__ import annotations

import pytest

from connections.salesforce import rights
from connections.xero import scopes, sign_in
from sync.core.rights import Rights
from sync.flows.registry import every_flow

ALL = Rights(create=True, edit=True, delete=True, external_ids=frozenset())


def test_every_flow_says_what_it_needs() -> None:
    assert set(rights.NEEDS) == set(scopes.NEEDS) == set(every_flow())


def test_a_kind_that_is_hidden_from_us_cannot_be_read() -> None:
    known = dict.fromkeys(rights.ALL_KINDS, ALL)
    assert all(rights.refused(flow, known) == {} for flow in rights.NEEDS)
    del known["User"]
    refused = {flow: rights.refused(flow, known) for flow in rights.NEEDS}
    assert {flow: lacks for flow, lacks in refused.items() if lacks} == {
        "credit_risk": {"User": ("read",)}
    }


def test_what_is_made_needs_the_field_that_finds_it_again() -> None:
    known = dict.fromkeys(rights.ALL_KINDS, ALL)
    assert rights.without_key("credit_risk", known) == ("Task.Counterpart_Rule_Key__c",)
    assert rights.without_key("payment_status", known) == ()
    key = Rights(create=True, external_ids=frozenset({"Counterpart_Rule_Key__c"}))
    assert rights.without_key("credit_risk", {**known, "Task": key}) == ()


def test_what_we_ask_xero_for_is_enough_for_every_flow() -> None:
    for flow in scopes.NEEDS:
        assert scopes.lacking(flow, sign_in.DATA_SCOPES) == ()


@pytest.mark.parametrize(
    ("granted", "lacks"),
    [
        ("", ()),
        ("accounting.contacts", ("accounting.invoices", "accounting.settings.read")),
        ("accounting.invoices.read accounting.contacts accounting.settings",
         ("accounting.invoices",)),
        ("accounting.transactions accounting.contacts accounting.settings.read", ()),
        ("accounting.transactions.read accounting.contacts accounting.settings.read",
         ("accounting.invoices",)),
    ],
)  # fmt: skip
def test_scopes_that_are_not_granted_are_named(granted: str, lacks: tuple[str, ...]) -> None:
    assert scopes.lacking("won_opportunity_invoice", granted) == lacks
