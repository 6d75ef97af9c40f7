"""Rules are tried on what both sandboxed systems hold, through the real clients."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pytest_django import Settings

from connections.live import open_remote
from mappings.risk_rules import rules_for
from sync.core.risk.replay import Outcome
from sync.engine import trying
from sync.engine.trying import Trial
from sync.models import Write
from tests.engine.figures.street import Street, opened


@pytest.fixture
def street(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Street]:
    """Two organisations and an org, whose invoices are read for the payment status alone."""
    with opened(settings, monkeypatch) as made:
        yield made


def trial(street: Street, place: int = 0) -> Trial:
    pair = street.pairs[place]
    return trying.try_rules(pair, rules_for(pair), open_remote)


@pytest.mark.slow
def test_before_the_flow_is_on_its_tasks_are_known_and_are_what_comes(street: Street) -> None:
    account = street.account("Acme Ltd", Counterpart_Credit_Limit__c=1000, CurrencyIsoCode="GBP")
    contact = street.contact("Acme Ltd")
    street.link(account, contact)
    late = street.invoice(contact, "900.00")
    street.sync()
    street.pass_days(50)
    street.pay(late)
    street.invoice(contact, "2000.00")
    street.sync()
    street.pass_days(40)
    street.sync()
    written = Write.objects.count()
    found = trial(street)
    assert found.names[account] == "Acme Ltd"
    assert (found.accounts, found.invoices) == (1, 2)
    by_rule = {one.rule.key: one for one in found.tried}
    assert by_rule["overdue"].tally.tasks == 1
    (episode,) = by_rule["overdue"].episodes
    assert episode.outcome is Outcome.LATE
    assert "paid 20 days late" in episode.words
    assert by_rule["limit"].tally.tasks >= 1
    assert by_rule["limit"].episodes[0].worst.amount == Decimal("2000.00")
    assert found.notes == (
        "Credits that are not set off yet are read once the flow is on or in shadow; until then "
        "only what invoices name is known of them.",
    )
    assert Write.objects.count() == written
