"""Who sells for Fernhill: users with managers, one who has left, a queue, owners and limits."""

from decimal import Decimal

from sandbox.salesforce.acts import create, edit
from sandbox.salesforce.defaults import ensure_org
from sandbox.seeding.sheets import rows
from sandbox.store import Record
from sandbox.world import World

QUEUE = "Credit Control"
_PLACE = ("City", "Country")
_ZONES = {
    "United Kingdom": "Europe/London",
    "Australia": "Australia/Sydney",
    "New Zealand": "Pacific/Auckland",
}


def hire(world: World) -> None:
    """Make the users, name their managers, and give the accounts to those who look after them.

    Who has left still owns an account, as happens. Accounts get credit limits where the org has
    a field for them.
    """
    people = _people(world)
    create(world, "Group", {"Name": QUEUE, "DeveloperName": "Credit_Control", "Type": "Queue"})
    limits = "Counterpart_Credit_Limit__c" in ensure_org(world).catalogue.named("Account").fields
    accounts = {one["Name"]: key for key, one in world.table("salesforce", "Account").items()}
    for row in rows("owners"):
        world.clock.advance(53)
        values: Record = {"OwnerId": people[row["Owner"]]}
        if limits and row["Limit"]:
            values["Counterpart_Credit_Limit__c"] = Decimal(row["Limit"])
        edit(world, "Account", accounts[row["Account"]], values)
    for row in rows("users"):
        if row["Active"] == "no":
            edit(
                world, "User", people[f"{row['FirstName']} {row['LastName']}"], {"IsActive": False}
            )


def _people(world: World) -> dict[str, str]:
    known = {one["Name"]: key for key, one in world.table("salesforce", "User").items()}
    for row in rows("users"):
        name = f"{row['FirstName']} {row['LastName']}"
        manager = known.get(row["Manager"])
        if name not in known:
            known[name] = create(world, "User", _account(row, manager))
        else:
            told = {"Title": row["Title"], "ManagerId": manager}
            edit(world, "User", known[name], told | {n: row[n] for n in _PLACE})
    return known


def _account(row: dict[str, str], manager: str | None) -> dict[str, object]:
    mail = f"{row['FirstName']}.{row['LastName']}@fernhill.example".lower()
    return {
        "FirstName": row["FirstName"],
        "LastName": row["LastName"],
        "Title": row["Title"],
        "Username": mail,
        "Email": mail,
        "Alias": row["FirstName"].lower(),
        "IsActive": True,
        **{name: row[name] for name in _PLACE},
        "ManagerId": manager,
        "TimeZoneSidKey": _ZONES[row["Country"]],
        "LocaleSidKey": "en_GB" if row["Country"] == "United Kingdom" else "en_AU",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    }
