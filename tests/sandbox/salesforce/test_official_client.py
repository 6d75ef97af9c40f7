"""simple-salesforce works on the sandbox as it is; only its https is turned into http."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from sandbox.salesforce import acts

from .conftest import Org


class Plain(HTTPAdapter):
    """Calls https addresses over http: the library knows https alone."""

    def send(self, request: requests.PreparedRequest, *args: Any, **how: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **how)


@pytest.fixture
def client(org: Org) -> Iterator[Any]:
    with requests.Session() as session:
        session.mount("https://", Plain())
        yield Salesforce(
            instance_url=org.url,
            session_id=str(org.http.headers["Authorization"]).removeprefix("Bearer "),
            session=session,
            version="67.0",
            parse_float=Decimal,
        )


def test_records_live_through_it(client: Any) -> None:
    made = client.Account.create({"Name": "O'Brien & Söhne"})
    assert made["success"] is True
    client.Account.update(made["id"], {"Site": "Bristol"})
    assert client.Account.get(made["id"])["Site"] == "Bristol"
    found = client.query(format_soql("SELECT Id FROM Account WHERE Name = {}", "O'Brien & Söhne"))
    assert [row["Id"] for row in found["records"]] == [made["id"]]
    assert client.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(made["id"])


def test_it_reads_page_after_page(client: Any, org: Org) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": f"N{n}"} for n in range(200)]
    for _ in range(11):
        client.restful("composite/sobjects", method="POST", json={"records": records})
    rows = list(client.query_all_iter("SELECT Id FROM Contact"))
    assert len({row["Id"] for row in rows}) == 2200


def test_it_upserts_and_stops_at_several(client: Any, org: Org) -> None:
    acts.add_custom_field(org.world, "Contact", "Key__c", "Text", external_id=True)
    assert client.Contact.upsert("Key__c/a-1", {"LastName": "X"}) == 201
    assert client.Contact.upsert("Key__c/a-1", {"LastName": "Y"}) == 200
    assert client.Contact.get_by_custom_id("Key__c", "a-1")["LastName"] == "Y"
    client.Contact.create({"LastName": "Z", "Key__c": "a-1"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        client.Contact.upsert("Key__c/a-1", {"LastName": "X"})


def test_it_describes_and_tells_limits(client: Any) -> None:
    described = client.describe()
    assert described is not None
    assert "Account" in [one["name"] for one in described["sobjects"]]
    assert client.Opportunity.describe()["name"] == "Opportunity"
    assert client.limits()["DailyApiRequests"]["Max"] == 115_000
    assert client.api_usage["api-usage"].total == 115_000


def test_it_reads_money_exactly(client: Any, org: Org) -> None:
    org.deal(Amount="12345678.93")
    row = client.query("SELECT Amount FROM Opportunity")["records"][0]
    assert row["Amount"] == Decimal("12345678.93")


def test_it_asks_for_changes(client: Any, org: Org) -> None:
    made = client.Account.create({"Name": "A"})
    client.Account.delete(client.Account.create({"Name": "B"})["id"])
    org.world.clock.advance(120)
    now = org.world.clock.now()
    updated = client.Account.updated(now - timedelta(minutes=9), now)
    assert updated["ids"] == [made["id"]]
    deleted = client.Account.deleted(now - timedelta(minutes=9), now)
    assert len(deleted["deletedRecords"]) == 1


def test_refusals_become_its_own_errors(client: Any, org: Org) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Colour'"):
        client.query("SELECT Colour FROM Account")
    org.set("day_limit", 1)
    with pytest.raises(SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        client.query("SELECT Id FROM Account")
    org.world.clock.advance(7201)
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Account")
