"""The sandbox's Xero as a ledger of its own: its lists as we read them, its sums of our bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.test import Client

from connections.xero import organisation, values
from sandbox.world import World
from sandbox.xero import entering
from sandbox.xero.app import make_app
from sandbox.xero.defaults import set_up_organisation
from sync.core.organisation import Reference
from sync.core.records import Key, Record, System
from tests.builders import NOON

CURRENCIES = ("GBP", "EUR", "USD", "AUD", "NZD", "JPY", "KWD", "CHF")
COUNTRIES = {"UK": "GB", "AU": "AU", "NZ": "NZ", "US": "US", "GLOBAL": "DE"}
EXTRA: dict[str, tuple[dict[str, Any], ...]] = {
    "UK": (),
    "AU": (),
    "NZ": (),
    "US": (
        {"Name": "New York City 8.875%", "EffectiveRate": "8.875"},
        {
            "Name": "Two counties 10.2375%",
            "EffectiveRate": "10.2375",
            "TaxType": "5d9c3e0a-41f2-4c07-9a1b-2f6d1c6b8e10",
        },
    ),
    "GLOBAL": (
        {
            "Name": "Compound 15.47375%",
            "TaxComponents": [
                {"Name": "National", "Rate": "5"},
                {"Name": "Province", "Rate": "9.975", "IsCompound": True},
            ],
        },
    ),
}
"""Rates beside those that an edition comes with; American ones may have an id for a code."""
_PATHS = {
    "get_organisations": "Organisation",
    "get_organisation_actions": "Organisation/Actions",
    "get_accounts": "Accounts",
    "get_tax_rates": "TaxRates",
    "get_currencies": "Currencies",
    "get_tracking_categories": "TrackingCategories",
    "get_branding_themes": "BrandingThemes",
}
_USUAL = {"summarizeErrors": "false", "unitdp": "4"}


@dataclass
class Ledger:
    """One organisation of the sandbox, asked without a network but by its whole real code."""

    client: Client
    headers: dict[str, str]
    world: World
    customer: str = ""

    def get(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Return a list, as our own doorway does."""
        query = {name: str(value) for name, value in parameters.items()}
        path = f"/api.xro/2.0/{_PATHS[name]}"
        found: dict[str, Any] = values.parse(
            self.client.get(path, headers=self.headers, query_string=query).text
        )
        return found

    def reference(self) -> Reference:
        """Return the organisation as our connection reads it."""
        return organisation.read(self)  # type: ignore[arg-type]

    def write(self, kind: str, bodies: Sequence[Any], method: str = "PUT") -> list[Any]:
        """Return what Xero answers to each body, each accepted or refused by itself."""
        answer = self.client.open(
            f"/api.xro/2.0/{kind}",
            method=method,
            headers={**self.headers, "Content-Type": "application/json"},
            query_string=_USUAL,
            data=values.body({kind: bodies}),
        )
        assert answer.status_code == 200, answer.text[:2000]
        made: list[Any] = values.parse(answer.text)[kind]
        return made

    def enter(self, kind: str, **values: Any) -> str:
        """Let a person enter a record by hand; its id."""
        return entering.create(self.world, kind, values, self.headers["xero-tenant-id"])

    def bill(self, bodies: Sequence[dict[str, Any]]) -> list[Any]:
        """Return the invoices that Xero makes of these bodies, for the one customer."""
        contact = {"ContactID": self.customer}
        return self.write("Invoices", [{**body, "Contact": contact} for body in bodies])


def as_record(made: dict[str, Any]) -> Record:
    """Return an invoice as our connection would hand it on."""
    return Record(Key(System.XERO, "Invoice", made["InvoiceID"]), values.read(made), NOON)


def ledger(edition: str) -> Ledger:
    """Return an organisation of an edition, alone in a sandbox without limits."""
    world = World()
    for setting in ("minute_limit", "day_limit", "app_minute_limit"):
        world.set_setting("xero", setting, 10_000_000)
    tenant = set_up_organisation(
        world, f"{edition} Surveys", COUNTRIES[edition], currencies=CURRENCIES
    )
    for rate in EXTRA[edition]:
        entering.create(world, "TaxRate", rate, tenant)
    client = Client(make_app(world))
    form = {"grant_type": "client_credentials"}
    token = client.post("/connect/token", data=form, auth=("sandbox-xero", "sandbox-xero-secret"))
    headers = {
        "Accept": "application/json",
        "xero-tenant-id": tenant,
        "Authorization": f"Bearer {values.parse(token.text)['access_token']}",
    }
    opened = Ledger(client, headers, world)
    opened.customer = opened.write("Contacts", [{"Name": "Customer"}], "POST")[0]["ContactID"]
    return opened
