"""Factories of the rows that tests start from."""

from __future__ import annotations

from typing import Any

from factory.declarations import SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from connections.models import Connection, Credential, Pair
from sync.core.records import System
from sync.models import FlowSwitch


class CredentialFactory(DjangoModelFactory[Credential]):
    """A client-credentials sign-in."""

    class Meta:
        model = Credential

    system = System.SALESFORCE
    grant = "client-credentials"
    client_id = Sequence(lambda n: f"client-{n}")


class ConnectionFactory(DjangoModelFactory[Connection]):
    """A Salesforce connection; `xero=True` makes it Xero's."""

    class Meta:
        model = Connection

    class Params:
        xero = Trait(system=System.XERO)

    name = Sequence(lambda n: f"connection {n}")
    system = System.SALESFORCE
    credential: Any = SubFactory(CredentialFactory, system=SelfAttribute("..system"))


class PairFactory(DjangoModelFactory[Pair]):
    """Both systems, in step."""

    class Meta:
        model = Pair

    name = Sequence(lambda n: f"pair {n}")
    salesforce: Any = SubFactory(ConnectionFactory)
    xero: Any = SubFactory(ConnectionFactory, xero=True)


class FlowSwitchFactory(DjangoModelFactory[FlowSwitch]):
    """The invoice flow of a pair, on."""

    class Meta:
        model = FlowSwitch

    pair: Any = SubFactory(PairFactory)
    flow = "won_opportunity_invoice"
    mode = FlowSwitch.Mode.ON
