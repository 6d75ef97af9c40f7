"""What the demo sets up once: connections, pairs, flows; or what a person types to do so alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connections.models import Connection
from mappings.models import newest_routing
from mappings.routing import in_force
from sync.management import demo_sandbox
from sync.management.demo import CALLS_PER_MINUTE, LOOPBACK, DemoFailed, Ports

FLOWS = (
    "account_contact",
    "won_opportunity_invoice",
    "payment_status",
    "quote_opportunity",
    "credit_risk",
)
SALESFORCE = "Salesforce sandbox"


@dataclass(frozen=True)
class App:
    """One of the sandbox's apps; its secret is no secret of anybody, every sandbox accepts it."""

    client_id: str

    @property
    def secret(self) -> str:
        """What the app signs in with."""
        return f"{self.client_id}-secret"

    @property
    def variable(self) -> str:
        """The variable in which `connect` looks for the secret."""
        return f"{self.client_id}-secret".upper().replace("-", "_")


SALESFORCE_APP = App("sandbox-salesforce")
BRITISH, AUSTRALIAN = "Fernhill Surveys Ltd", "Fernhill Surveys Pty Ltd"
HOME, AWAY = "Britain", "Pacific"  # the pairs
BOOKS = {
    HOME: (BRITISH, App("sandbox-xero")),
    AWAY: (AUSTRALIAN, App("sandbox-xero-australia")),
}
"""Each pair's Xero organisation, and the Custom Connection of that."""
CATALOGUE = ("product_catalogue", HOME)
"""A flow for one organisation: its prices differ here and there from Salesforce's."""
ROWS = Path(__file__).with_name("demo_rows.csv")
"""The routing rows as a sheet. A deal in euros without a territory is asked."""
WHY = "the demo's rows"
WON = (
    "Terraces and cellar door survey",
    "Tilbury berth 12, dilapidations",
    "Carrière de l'Étang, levé par drone",
)
"""Deals that are won at the start: one for each organisation, and one that no row tells of."""


def secrets() -> dict[str, str]:
    """Return the secrets of the sandbox's apps by the variables that `connect` reads."""
    apps = [SALESFORCE_APP, *(app for _, app in BOOKS.values())]
    return {app.variable: app.secret for app in apps}


def connecting_steps(ports: Ports) -> list[list[str]]:
    """Return the commands that connect, pair, route and switch the flows on, in their order.

    Counterpart's fields are there already; installing them once more notes that they are.
    """
    host = salesforce_host(ports)
    steps = [
        ["connect", "salesforce", "--name", SALESFORCE, "--host", host, *_app(SALESFORCE_APP)],
        ["install_salesforce_package"],
    ]
    for pair, (books, app) in BOOKS.items():
        steps.append(["connect", "xero", "--name", books, *_app(app)])
        steps.append(["pair", SALESFORCE, books, "--name", pair])
    flow, pair = CATALOGUE
    return [
        *steps,
        ["route", "add", "--file", str(ROWS), "--connection", SALESFORCE, "--why", WHY],
        *(["flow", flow, "on"] for flow in FLOWS),
        ["flow", flow, "on", "--pair", pair],
    ]


def is_done(step: list[str]) -> bool:
    """Return whether a step would make a second one of what there is: the routing rows."""
    if step[0] != "route":
        return False
    org = Connection.objects.filter(name=SALESFORCE).first()
    return org is not None and bool(in_force(newest_routing(org.pk)))


def _app(app: App) -> list[str]:
    grant = ["--grant", "client-credentials"]
    return [*grant, "--client-id", app.client_id, "--secret-env", app.variable]


def salesforce_host(ports: Ports) -> str:
    """Return the address of the sandbox's Salesforce."""
    return f"http://{LOOPBACK}:{ports.sandbox + 1}"


def begins_empty(folder: Path, *, wanted: bool) -> bool:
    """Return whether this demo connects nothing by itself, as it was chosen the first time.

    Raises DemoFailed where an empty one is wanted and this one has begun otherwise.
    """
    empty, begun = folder / "empty", folder / "logins.json"
    if wanted and begun.exists() and not empty.exists():
        raise DemoFailed(
            "This demo connects by itself. `make demo-reset` forgets it; then --empty begins one "
            "that does not."
        )
    if wanted:
        folder.mkdir(parents=True, exist_ok=True)
        empty.touch()
    return empty.exists()


def make_haste(sandbox: str) -> None:
    """Let Xero take as many calls as a demo makes, which sweeps every few seconds.

    Raises OSError where the sandbox cannot be reached.
    """
    setting = {"system": "xero", "name": "minute_limit", "value": CALLS_PER_MINUTE}
    demo_sandbox.post(f"{sandbox}/control/settings", setting)


def win_deals(sandbox: str) -> None:
    """Let the first deals be won, so that there is something to see at once.

    `sandbox` is its page's address. Raises OSError where it cannot be reached.
    """
    deals = demo_sandbox.records(sandbox, "salesforce", "Opportunity")
    for deal in deals:
        if deal["Name"] in WON and not deal["IsClosed"]:
            demo_sandbox.act(sandbox, "salesforce", "close_won", opportunity_id=deal["Id"])


def what_to_type(ports: Ports) -> Iterator[str]:
    """Yield the lines that tell somebody who connects the sandbox by hand what to enter."""
    yield "Salesforce, whichever way it signs in"
    yield f"  My Domain      {salesforce_host(ports)}"
    yield from _lines(SALESFORCE_APP)
    yield "Xero, a person signs in: one organisation or both"
    yield from _lines(BOOKS[HOME][1])
    for books, app in BOOKS.values():
        yield f"Xero, the app's own secret: {books} alone"
        yield from _lines(app)


def _lines(app: App) -> Iterator[str]:
    yield f"  Client id      {app.client_id}"
    yield f"  Client secret  {app.secret}"
