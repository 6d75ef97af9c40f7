"""What the API offers and what the org is: versions, kinds, fields, limits."""

from typing import Any

from sandbox.salesforce.api import limits
from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.choices import own_currency
from sandbox.salesforce.describing import describe as describe_kind
from sandbox.salesforce.describing import summary
from sandbox.salesforce.errors import RefusedError, not_found

OLDEST, NEWEST = 41, 68
RETIRED = 30  # the last version that Salesforce has switched off
_FIRST_SEASON = 41  # Winter '18
RESOURCES = ("query", "queryAll", "sobjects", "composite", "limits", "connect")


def versions() -> list[dict[str, str]]:
    """Every version, as anybody may ask for."""
    return [
        {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST, NEWEST + 1)
    ]


def check_version(major: str, minor: str) -> None:
    """Raise where there is no such version, or no longer."""
    if int(major) <= RETIRED:
        message = f"API version {major}.0 has been retired."
        raise RefusedError("UNSUPPORTED_API_VERSION", message)
    if minor != "0" or not OLDEST <= int(major) <= NEWEST:
        raise not_found()


def resources(call: Call) -> Reply:
    """What can be called below a version."""
    return Reply(200, {name: f"{call.root}/{name}" for name in RESOURCES})


def describe_global(call: Call) -> Reply:
    """Every kind of the org in short."""
    kinds = (kind for kind in call.org.catalogue.kinds.values() if kind.name != "Name")
    ordered = sorted(kinds, key=lambda kind: kind.name)
    rows = [summary(kind, call.root) for kind in ordered]
    return Reply(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": rows})


def describe(call: Call) -> Reply:
    """One kind with all its fields."""
    return Reply(200, describe_kind(call.org, call.kind(), call.root))


def about(call: Call) -> Reply:
    """One kind in short."""
    return Reply(200, {"objectDescribe": summary(call.kind(), call.root), "recentItems": []})


def show_limits(call: Call) -> Reply:
    """The org's limits, and what is left of them."""
    return Reply(200, limits.describe(call.org))


def organization(call: Call) -> Reply:
    """The org and its features, as the Connect API tells them."""
    own = next(iter(call.org.table("Organization").values()))
    features: dict[str, Any] = {
        "chatter": True,
        "defaultCurrencyIsoCode": own_currency(call.org),
        "multiCurrency": "currencytype" in call.org.catalogue.kinds,
    }
    body = {"name": own["Name"], "orgId": own["Id"], "features": features, "accessTimeout": 120}
    return Reply(200, body)


def _label(number: int) -> str:
    """The season of a version: three a year, each winter named after the year to come."""
    years, season = divmod(number - _FIRST_SEASON, 3)
    return f"{('Winter', 'Spring', 'Summer')[season]} '{18 + years}"
