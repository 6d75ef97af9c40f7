"""The org's currencies: the code of each once, and the corporate one always in use."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change


def before(org: Org, change: Change) -> None:
    """Refuse a currency that is there already, or that the org cannot do without."""
    code = change.new["IsoCode"]
    others = org.all_with("CurrencyType", "IsoCode", code)
    if any(other["Id"] != change.key for other in others):
        raise RefusedError("DUPLICATE_VALUE", f"duplicate value found: IsoCode {code}", [])
    if change.new["IsCorporate"] and not change.new["IsActive"]:
        message = "The corporate currency cannot be inactive"
        raise RefusedError("FIELD_INTEGRITY_EXCEPTION", message, ["IsActive"])
