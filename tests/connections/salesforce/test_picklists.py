"""Picklists as an org describes them: active values, and those that go with another value."""

from base64 import b64encode
from typing import Any

import pytest

from connections.salesforce.client import SalesforceRemote
from tests.connections.salesforce.small_org import SmallOrg

pytestmark = pytest.mark.django_db


def entry(value: str, label: str, *, active: bool = True, places: int = 0) -> dict[str, Any]:
    """One value; `places` are the bits of the values above that it goes with."""
    valid_for = b64encode(places.to_bytes(2, "big")).decode() if places else None
    return {"value": value, "label": label, "active": active, "validFor": valid_for}


@pytest.fixture
def countries(org: SmallOrg) -> SmallOrg:
    """An org with ten countries, of which the second and the last have states."""
    org.fields["Account"] += " BillingCountryCode:picklist BillingStateCode:picklist"
    above = [entry(f"C{place}", f"Country {place}", active=place != 3) for place in range(10)]
    org.lists["Account.BillingCountryCode"] = {"picklistValues": above}
    second, last = 0x8000 >> 1, 0x8000 >> 9
    below = [
        entry("NSW", "New South Wales", places=second),
        entry("WA", "Western Australia", places=second),
        entry("WA", "Washington", places=last),
        entry("CA", "California", places=last),
        entry("OLD", "Given up", active=False, places=last),
    ]
    org.lists["Account.BillingStateCode"] = {
        "picklistValues": below,
        "controllerName": "BillingCountryCode",
    }
    return org


def test_active_values_come_with_their_labels(
    countries: SmallOrg, remote: SalesforceRemote
) -> None:
    found = remote.choices("Account", "BillingCountryCode")
    assert found["C1"] == "Country 1"
    assert len(found) == 9
    assert "C3" not in found


def test_states_go_with_their_country_though_codes_repeat(
    countries: SmallOrg, remote: SalesforceRemote
) -> None:
    australian = {"NSW": "New South Wales", "WA": "Western Australia"}
    assert remote.choices("Account", "BillingStateCode", "C1") == australian
    american = {"WA": "Washington", "CA": "California"}
    assert remote.choices("Account", "BillingStateCode", "C9") == american
    assert remote.choices("Account", "BillingStateCode", "C2") == {}
    assert remote.choices("Account", "BillingStateCode", "Atlantis") == {}


def test_a_field_without_a_list_has_no_choices(
    countries: SmallOrg, remote: SalesforceRemote
) -> None:
    assert remote.choices("Account", "Name") == {}
    assert remote.choices("Account", "Nowhere__c") == {}
    assert remote.choices("NoSuch__c", "Name") == {}
    assert remote.calls == 2  # each kind was described once
