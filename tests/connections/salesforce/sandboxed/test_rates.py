"""What currencies are worth in Salesforce: the fixed rates, and those that hold from a day on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connections.salesforce.client import SalesforceRemote
from sandbox.salesforce import acts
from sandbox.server import Box
from sync.core import rates
from sync.engine import surroundings

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
LATELY, LONG_AGO = TODAY - timedelta(days=30), TODAY - timedelta(days=90)


def enter(box: Box, kind: str, **values: Any) -> None:
    acts.create(box.world, kind, values)


def test_an_org_without_dated_rates_has_its_fixed_ones(remote: SalesforceRemote) -> None:
    found = remote.reference()
    assert (found.base_currency, found.rates["EUR"]) == ("GBP", Decimal(1))
    assert found.dated_rates == {}


def test_dated_rates_are_kept_from_their_day_on_and_survive_being_stored(
    box: Box, remote: SalesforceRemote
) -> None:
    box.world.set_setting("salesforce", "dated_exchange_rates", True)
    for day, rate in ((LATELY, "1.183345"), (LONG_AGO, "1.16")):
        enter(box, "DatedConversionRate", IsoCode="EUR", StartDate=day, ConversionRate=rate)
    found = surroundings.load_reference(surroundings.dump_reference(remote.reference()))
    assert found.dated_rates == {
        "EUR": ((LONG_AGO, Decimal("1.16")), (LATELY, Decimal("1.183345")))
    }
    assert _rate(found, TODAY) == ("1.183345", LATELY)
    assert _rate(found, LATELY - timedelta(days=1)) == ("1.16", LONG_AGO)
    assert rates.by_salesforce(found, "EUR", "GBP", LONG_AGO - timedelta(days=1)) is None


def _rate(found: Any, day: date) -> tuple[str, date | None]:
    rate = rates.by_salesforce(found, "EUR", "GBP", day)
    assert rate is not None
    return f"{rate.value.normalize():f}", rate.day
