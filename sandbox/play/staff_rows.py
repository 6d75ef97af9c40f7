"""What the page shows of Salesforce's tasks and of the people who look after customers."""

from dataclasses import dataclass
from heapq import nlargest

from sandbox.play.salesforce_rows import SHOWN
from sandbox.store import Record
from sandbox.world import World


@dataclass(frozen=True)
class Staff:
    """Tasks with the names of their account and owner; users with their manager's name."""

    tasks: list[tuple[Record, str, str]]
    users: list[tuple[Record, str]]
    task_count: int
    statuses: tuple[str, ...] = (
        "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred",
    )  # fmt: skip
    priorities: tuple[str, ...] = ("High", "Normal", "Low")


def staff(world: World, search: str) -> Staff:
    """The tasks and users; the caller holds the world's lock."""
    users = list(world.table("salesforce", "User").values())
    names = {one["Id"]: str(one["Name"]) for one in users}
    names |= {one["Id"]: str(one["Name"]) for one in world.table("salesforce", "Group").values()}
    accounts = world.table("salesforce", "Account")
    tasks = [one for one in world.table("salesforce", "Task").values() if not one["IsDeleted"]]
    rows = [
        (
            one,
            str((accounts.get(one.get("AccountId") or "") or {}).get("Name") or ""),
            names.get(one["OwnerId"], ""),
        )
        for one in tasks
    ]
    wanted = search.casefold()
    found = [
        row
        for row in rows
        if wanted in f"{row[0]['Subject']} {row[1]} {row[2]} {row[0]['Id']}".casefold()
    ]
    return Staff(
        nlargest(SHOWN, found, key=lambda row: str(row[0]["SystemModstamp"])),
        [(one, names.get(one.get("ManagerId") or "", "")) for one in users],
        len(tasks),
    )
