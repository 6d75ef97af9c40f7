"""A Salesforce to call, empty but for what every org has."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests

from sandbox.salesforce.acts import create
from sandbox.server import Box, running

CLIENT = {"client_id": "sandbox-salesforce", "client_secret": "sandbox-salesforce-secret"}


class Org:
    """The org as an app with a token sees it."""

    def __init__(self, box: Box) -> None:
        self.box, self.world, self.url = box, box.world, box.salesforce_url
        self.http = requests.Session()
        self.sign_in()

    def sign_in(self) -> dict[str, Any]:
        form = {"grant_type": "client_credentials", **CLIENT}
        answer = requests.post(f"{self.url}/services/oauth2/token", data=form, timeout=10)
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        token: dict[str, Any] = answer.json()
        return token

    def call(self, method: str, path: str, **how: Any) -> requests.Response:
        version = how.pop("version", "67.0")
        url = f"{self.url}/services/data/v{version}{path}"
        return self.http.request(method, url, timeout=30, **how)

    def ok(self, method: str, path: str, **how: Any) -> Any:
        answer = self.call(method, path, **how)
        assert answer.status_code < 300, answer.text
        return answer.json(parse_float=Decimal) if answer.text else None

    def refused(self, method: str, path: str, **how: Any) -> tuple[int, str, str]:
        """Status, code and words of a refusal."""
        answer = self.call(method, path, **how)
        assert answer.status_code >= 400, answer.text
        (error, *_) = answer.json()
        return answer.status_code, error["errorCode"], error["message"]

    def rows(self, soql: str, path: str = "/query", **how: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok("GET", path, params={"q": soql}, **how)["records"]
        return found

    def column(self, soql: str, path: str = "/query") -> list[Any]:
        """The values of the one field that is selected."""
        return [next(v for name, v in row.items() if name != "attributes")
                for row in self.rows(soql, path)]  # fmt: skip

    def make(self, kind: str, **values: Any) -> str:
        """Create a record over the API; its id."""
        return str(self.ok("POST", f"/sobjects/{kind}", json=values)["id"])

    def read(self, kind: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ok("GET", f"/sobjects/{kind}/{key}")
        return found

    def change(self, kind: str, key: str, **values: Any) -> None:
        self.ok("PATCH", f"/sobjects/{kind}/{key}", json=values)

    def deal(self, **values: Any) -> str:
        usual = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-01"}
        return self.make("Opportunity", **{**usual, **values})

    def priced(self, price: str = "100.00", **values: Any) -> str:
        """Make a product with a standard price; the price book entry's id."""
        product = self.make("Product2", Name="Survey", ProductCode="SV", IsActive=True)
        book = self.column("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]
        entry = {"Product2Id": product, "Pricebook2Id": book, "UnitPrice": Decimal(price)}
        return create(self.world, "PricebookEntry", {**entry, "IsActive": True, **values})

    def set(self, name: str, value: Any) -> None:
        self.world.set_setting("salesforce", name, value)


@pytest.fixture
def org() -> Iterator[Org]:
    with running(systems=["salesforce"]) as box:
        yield Org(box)


@pytest.fixture(scope="module")
def fernhill() -> Iterator[Org]:
    """The small company, shared by a module's tests, which must not change it."""
    with running(seed=1) as box:
        yield Org(box)
