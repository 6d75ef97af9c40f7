"""What tells Fernhill's companies apart: territories, record types of deals, legal entities."""

from sandbox.salesforce.acts import add_custom_field, create
from sandbox.seeding.sheets import rows
from sandbox.world import World

BRITISH, AUSTRALIAN = "Fernhill Surveys Ltd", "Fernhill Surveys Pty Ltd"
ENTITY = "Legal_Entity__c"
RECORD_TYPES = ("Project", "Pacific project")  # the first is the usual one
_FEATURES = ("territories", "opportunity_record_types")


def divide(world: World) -> None:
    """Give the org its territories, the record types of deals, and the list of legal entities."""
    for feature in _FEATURES:
        world.set_setting("salesforce", feature, True)
    for kind in ("Account", "Opportunity"):
        choices = [BRITISH, AUSTRALIAN]
        add_custom_field(world, kind, ENTITY, "Picklist", choices=choices, restricted=True)
    for name in RECORD_TYPES:
        values = {"Name": name, "DeveloperName": _api_name(name), "SobjectType": "Opportunity"}
        create(world, "RecordType", values)
    _draw(world)


def territory(world: World, name: str) -> str | None:
    """The id of the territory of this name; None for no name."""
    return _named(world, "Territory2", name)


def record_type(world: World, name: str) -> str | None:
    """The id of the record type of this name; None for no name."""
    return _named(world, "RecordType", name)


def _named(world: World, kind: str, name: str) -> str | None:
    found = world.table("salesforce", kind).items()
    return next((key for key, one in found if name and one["Name"] == name), None)


def _draw(world: World) -> None:
    model = {"Name": "Sales regions", "DeveloperName": "Sales_regions"}
    sort = {"MasterLabel": "Region", "DeveloperName": "Region", "Priority": 1}
    common = {
        "Territory2ModelId": create(world, "Territory2Model", model),
        "Territory2TypeId": create(world, "Territory2Type", sort),
    }
    for row in rows("territories"):
        name = row["Name"]
        values = {"Name": name, "DeveloperName": _api_name(name)}
        above = {"ParentTerritory2Id": territory(world, row["Above"])}
        create(world, "Territory2", {**common, **values, **above})


def _api_name(name: str) -> str:
    return name.replace(" ", "_").replace("-", "_")
