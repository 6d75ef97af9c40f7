"""An org that stands in two pairs, and describes the fields by which its records are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from django.contrib import admin
from django.core.cache import cache

from connections.models import Connection, Pair
from connections.remote import Lane
from mappings.models import RoutingVersion
from sync.admin.routing import RoutingScreen
from sync.core.errors import TryAgain
from sync.core.fields import FieldFacts
from tests.factories import ConnectionFactory, PairFactory
from tests.fakes.remote import FakeSalesforce

CODES = (("GBP", "British Pound"), ("AUD", "Australian Dollar"), ("EUR", "Euro"))
COUNTRIES = (("United Kingdom", "United Kingdom"), ("Australia", "Australia"))


def fact(name: str, label: str = "", type_: str = "string", **more: object) -> FieldFacts:
    return FieldFacts(name, label or name, type_, **more)  # type: ignore[arg-type]


KINDS: Mapping[str, Sequence[FieldFacts]] = {
    "Opportunity": (
        fact("Name"),
        fact("Amount", "Amount", "currency"),
        fact("CloseDate", "Close Date", "date"),
        fact("CreatedDate", "Created Date", "datetime"),
        fact("IsPrivate", "Private", "boolean"),
        fact("CurrencyIsoCode", "Deal Currency", "picklist", choices=CODES),
        fact("Legal_Entity__c", "Legal Entity", "string", length=40),
        fact("BillingSpot__c", "Spot", "location"),
        fact("AccountId", "Account ID", "reference", relationship="Account", leads_to="Account"),
        fact("Parent__c", "Parent", "reference", relationship="Parent__r", leads_to="Far__c"),
    ),
    "Account": (
        fact("Name", "Account Name"),
        fact("CurrencyIsoCode", "Account Currency", "picklist", choices=CODES),
        fact("BillingCountry", "Billing Country", "picklist", choices=COUNTRIES),
    ),
}


class Describing(FakeSalesforce):
    """A Salesforce that describes its fields, and may be silent."""

    silent = False

    def open(self, connection: Connection, lane: Lane) -> Describing:
        if self.silent:
            raise TryAgain("Salesforce does not answer.")
        self.connection_id = connection.pk
        return self

    def described(self, kinds: Sequence[str]) -> Mapping[str, Mapping[str, FieldFacts]]:
        """Return the fields of the kinds that there are."""
        self.calls += 1
        known = [kind for kind in kinds if kind in KINDS]
        return {kind: {each.name: each for each in KINDS[kind]} for kind in known}


@pytest.fixture
def org() -> Iterator[Describing]:
    """Stand in at the doorway of the screen of organisations."""
    screen = admin.site.get_model_admin(RoutingVersion)
    assert isinstance(screen, RoutingScreen)
    cache.clear()
    remote, before = Describing(), screen.open_remote
    screen.open_remote = remote.open
    yield remote
    screen.open_remote = before
    cache.clear()


def an_organisation(name: str, currency: str, country: str) -> Connection:
    return ConnectionFactory.create(
        xero=True, name=name, organisation_name=name, currency=currency, country=country
    )


@pytest.fixture
def uk(db: None) -> Pair:
    """The pair of the British organisation."""
    return PairFactory.create(name="UK", xero=an_organisation("Fernhill UK", "GBP", "GB"))


@pytest.fixture
def australia(uk: Pair) -> Pair:
    """The pair of the Australian organisation, with the same Salesforce."""
    xero = an_organisation("Fernhill Australia", "AUD", "AU")
    return PairFactory.create(name="Australia", salesforce=uk.salesforce, xero=xero)
