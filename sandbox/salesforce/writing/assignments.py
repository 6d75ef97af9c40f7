"""Permission sets given to users: by whom that may be done, and once only."""

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change


def before(org: Org, change: Change) -> None:
    """Raise where the author may assign nothing (setting `may_assign`), or it is done already."""
    if not change.author.by_hand and not org.world.setting(SYSTEM, "may_assign", True):
        message = "insufficient access rights on cross-reference id"
        raise RefusedError("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [])
    new = change.new
    for other in org.all_with("PermissionSetAssignment", "AssigneeId", new.get("AssigneeId")):
        if other["PermissionSetId"] == new.get("PermissionSetId"):
            message = (
                "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
            )
            raise RefusedError("DUPLICATE_VALUE", message, [])
