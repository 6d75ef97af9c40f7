"""What the page tells of where deals and accounts belong, and what of it can be chosen."""

from dataclasses import dataclass

from sandbox.salesforce.choices import choices_of
from sandbox.salesforce.defaults import ensure_org
from sandbox.store import Record
from sandbox.world import World

Choices = list[tuple[str, str]]
ENTITY = "Legal_Entity__c"


@dataclass(frozen=True)
class Regions:
    """Choices as ids and names; a list that the org does not have is empty."""

    territories: Choices
    record_types: Choices
    entities: Choices
    owners: Choices
    organisations: dict[str, str]
    contacts: dict[str, list[Record]]  # by the account whose id is their ContactNumber

    def territory(self, deal: Record) -> str:
        """The name of a deal's territory, or nothing."""
        return dict(self.territories).get(deal.get("Territory2Id") or "", "")

    def owner(self, record: Record) -> str:
        """The name of a record's owner with the country, or nothing."""
        return dict(self.owners).get(record.get("OwnerId") or "", "")

    def organisation(self, record: Record) -> str:
        """The name of the organisation in which a Xero record is; nothing where there is one."""
        several = len(self.organisations) > 1
        return self.organisations.get(record["TenantID"], "") if several else ""


def regions(world: World) -> Regions:
    """All that can be chosen; the caller holds the world's lock."""
    organisations = world.table("xero", "Organisation").items()
    return Regions(
        _named(world, "Territory2", "territories"),
        _named(world, "RecordType", "opportunity_record_types", "Opportunity"),
        _entities(world),
        [(key, _with_country(one)) for key, one in world.table("salesforce", "User").items()],
        {key: str(one["Name"]) for key, one in organisations},
        _contacts(world),
    )


def _named(world: World, kind: str, feature: str, of: str = "") -> Choices:
    if not world.setting("salesforce", feature):
        return []
    rows = world.table("salesforce", kind).items()
    return [(key, str(one["Name"])) for key, one in rows if not of or one["SobjectType"] == of]


def _entities(world: World) -> Choices:
    org = ensure_org(world)
    field = org.catalogue.named("Opportunity").fields.get(ENTITY)
    return [(one.value, one.label) for one in choices_of(org, field)] if field else []


def _with_country(user: Record) -> str:
    return ", ".join(filter(None, (str(user["Name"]), user.get("Country"))))


def _contacts(world: World) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for one in world.table("xero", "Contact").values():
        if one.get("ContactNumber") and one["ContactStatus"] == "ACTIVE":
            found.setdefault(one["ContactNumber"], []).append(one)
    return found
