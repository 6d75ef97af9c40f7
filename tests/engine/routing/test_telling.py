"""A customer of several organisations is told its figures by the one that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from connections.models import Connection
from mappings.models import RoutingVersion
from sync.models import FlowSwitch, Write
from tests.engine.figures.street import Street, opened
from tests.engine.test_whole import run

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def street(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Street]:
    with opened(settings, monkeypatch) as made:
        yield made


def of_both(street: Street) -> tuple[str, str, str]:
    """A customer with a contact and an invoice in each organisation."""
    account, near, far = street.account("Acme"), street.contact("Acme"), street.contact("Acme", 1)
    street.link(account, near)
    street.link(account, far, 1)
    for place, one in enumerate((near, far)):
        street.invoice(one, "10.00", place, CurrencyCode="GBP")
    return account, near, far


def tellers(street: Street) -> list[int]:
    """Return the places of the pairs that have written figures."""
    pairs = [pair.pk for pair in street.pairs]
    return sorted(pairs.index(pk) for pk in set(Write.objects.values_list("pair", flat=True)))


def test_the_pair_that_rows_say_tells_and_the_first_one_where_that_cannot(street: Street) -> None:
    place = street.pairs[0].salesforce
    row = {
        "key": "n1", "kind": "Account", "name": "", "value": str(street.pairs[1].pk),
        "conditions": [{"path": "Name", "operator": "is", "value": "Acme"}], "active": True,
    }  # fmt: skip
    RoutingVersion.objects.create(connection=place, number=1, content={"rows": [row]})
    account, near, _ = of_both(street)
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("20.00")
    assert tellers(street) == [1]
    FlowSwitch.objects.filter(pair=street.pairs[1]).update(mode="shadow")
    street.invoice(near, "5.00")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("25.00")
    assert tellers(street) == [0, 1]


def test_another_tells_while_the_organisation_where_it_belongs_is_disconnected(
    street: Street,
) -> None:
    account, near, _ = of_both(street)
    run("route", "move", account, street.pairs[1].name)
    street.sync()
    assert tellers(street) == [1]
    Connection.objects.filter(pk=street.pairs[1].xero_id).update(disconnected_at=timezone.now())
    street.invoice(near, "5.00")
    run("sync", "payment_status", "--pair", street.pairs[0].name)
    assert tellers(street) == [0, 1]
    assert street.told(account)["Outstanding"] == Decimal("25.00")


def test_a_persons_word_moves_the_telling_too(street: Street) -> None:
    account, _, far = of_both(street)
    street.sync()
    assert tellers(street) == [0]
    run("route", "move", account, street.pairs[1].name)
    street.invoice(far, "5.00", 1, CurrencyCode="GBP")
    before = Write.objects.count()
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("25.00")
    late = Write.objects.order_by("pk")[before:]
    assert {write.pair for write in late} == {street.pairs[1]}
