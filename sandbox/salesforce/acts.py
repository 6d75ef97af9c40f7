"""What a person does by hand in Salesforce's own screens, with the same checks as the API."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce import stamps
from sandbox.salesforce.catalogue import SYSTEM, custom_field
from sandbox.salesforce.defaults import by_hand, ensure_org
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.ids import whole_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.writing import deleting, merging, saving
from sandbox.store import Record
from sandbox.twins import twin_of
from sandbox.world import World

Values = Mapping[str, Any]


def create(world: World, kind: str, values: Values, by: str = "") -> str:
    """Enter a record; its id. `by` is the name of one of the org's users.

    Raises RefusedError, a ValueError with Salesforce's words.
    """
    org, found = _open(world, kind)
    with world.batch():
        return saving.insert(org, by_hand(org, by), found, values)


def edit(world: World, kind: str, id: str, values: Values, by: str = "") -> None:
    """Change a record's fields; None clears one. Raises RefusedError."""
    org, found = _open(world, kind)
    with world.batch():
        saving.update(org, by_hand(org, by), found, whole_id(id) or id, values)


def delete(world: World, kind: str, id: str) -> None:
    """Put a record into the recycle bin with all that belongs to it. Raises RefusedError."""
    org, found = _open(world, kind)
    with world.batch():
        deleting.delete(org, by_hand(org), found, whole_id(id) or id)


def restore(world: World, kind: str, id: str) -> None:
    """Bring a record back from the recycle bin. Raises RefusedError."""
    org, found = _open(world, kind)
    with world.batch():
        deleting.restore(org, by_hand(org), found, whole_id(id) or id)


def close_won(world: World, opportunity_id: str) -> None:
    """Win a deal, by the first stage that means so. Raises RefusedError."""
    _close(world, opportunity_id, won=True)


def close_lost(world: World, id: str) -> None:
    """Lose a deal, by the first stage that means so. Raises RefusedError."""
    _close(world, id, won=False)


def reopen(world: World, opportunity_id: str, stage: str = "Negotiation/Review") -> None:
    """Put a deal back to an open stage. Raises RefusedError."""
    edit(world, "Opportunity", opportunity_id, {"StageName": stage})


def merge_accounts(world: World, winner: str, loser: str, values: Values | None = None) -> None:
    """Merge one account into another, which gets its contacts and deals.

    `values` are those that the winner takes over. Raises RefusedError.
    """
    _merge(world, "Account", winner, loser, values)


def merge_contacts(world: World, winner: str, loser: str, values: Values | None = None) -> None:
    """Merge one contact into another. Raises RefusedError."""
    _merge(world, "Contact", winner, loser, values)


def copy_account(world: World, id: str) -> str:
    """Enter an account once more under another spelling; the copy's id. Raises RefusedError."""
    told = (
        "BillingStreet",
        "BillingCity",
        "BillingPostalCode",
        "BillingCountry",
        "Phone",
        "Website",
    )
    old = _kept(world, "Account", id)
    values = {name: old[name] for name in told if old[name] is not None}
    if old.get("IsPersonAccount"):
        return create(world, "Account", {**values, **_person(old)})
    return create(world, "Account", {**values, "Name": twin_of(old["Name"])})


def copy_contact(world: World, id: str) -> str:
    """Enter a contact once more, by the initial; the copy's id. Raises RefusedError."""
    old = _kept(world, "Contact", id)
    kept = {n: old[n] for n in ("AccountId", "Email", "Phone") if old[n] is not None}
    return create(world, "Contact", {**kept, **_person(old)})


def _kept(world: World, kind: str, id: str) -> Record:
    record = ensure_org(world).alive(kind, whole_id(id))
    if record is None:
        raise RefusedError("NOT_FOUND", f"Salesforce holds no {kind} {id}.")
    return record


def _person(old: Record) -> Record:
    first = {"FirstName": old["FirstName"][0]} if old["FirstName"] else {}
    return {"LastName": old["LastName"], **first}


def add_custom_field(world: World, kind: str, name: str, type: str = "Text", **more: Any) -> None:
    """Add a field to a kind; `more`, such as length, external_id and unique, as in custom_field.

    Raises RefusedError.
    """
    _org, found = _open(world, kind)
    if not name.endswith("__c") or found.find(name):
        raise RefusedError("DUPLICATE_DEVELOPER_NAME", f"{name} cannot be added to {kind}.")
    field: Record = {"name": name, "type": type, **more}
    custom_field(**field)  # fails here, not at the next call, where `more` makes no sense
    _set_fields(world, found.name, [*_custom_fields(world, found.name), field])


def remove_custom_field(world: World, kind: str, name: str) -> None:
    """Take a field off again; what stands in it is kept, unseen."""
    _org, found = _open(world, kind)
    kept = [one for one in _custom_fields(world, found.name) if one["name"] != name]
    _set_fields(world, found.name, kept)


def rename_stage(world: World, old: str, new: str) -> None:
    """Give a stage of opportunities another label, in the records too. Raises RefusedError."""
    org = ensure_org(world)
    with world.batch():
        found = org.all_with("OpportunityStage", "MasterLabel", old)
        if not found:
            raise RefusedError("NOT_FOUND", f"There is no stage called {old}.")
        org.put("OpportunityStage", {**found[0], "MasterLabel": new, "ApiName": new})
        for deal in org.all_with("Opportunity", "StageName", old):
            org.put("Opportunity", {**deal, "StageName": new, "SystemModstamp": org.stamp()})


def lock_row(world: World, id: str, times: int = 1) -> None:
    """Let the next writes to a record, or to those below it, find it locked by somebody else."""
    locks = world.setting(SYSTEM, "locked_rows") or {}
    world.set_setting(SYSTEM, "locked_rows", {**locks, whole_id(id) or id: times})


def begin_transaction(world: World) -> None:
    """Let a long transaction begin: what it will change is not to be seen yet.

    From now on latestDateCovered is held back to this time, until `end_transaction`.
    """
    org = ensure_org(world)
    world.set_setting(SYSTEM, "open_transaction", stamps.write(org.now()))


def end_transaction(world: World, kind: str, id: str, values: Values) -> None:
    """Commit the transaction: the record's new values appear, stamped with its beginning."""
    org, found = _open(world, kind)
    began = world.setting(SYSTEM, "open_transaction")
    if not began:
        raise RefusedError("INVALID_OPERATION", "No transaction is under way.")
    org.backdated = began
    try:
        edit(world, found.name, id, values)
    finally:
        org.backdated = ""
        world.set_setting(SYSTEM, "open_transaction", None)


def _open(world: World, kind: str) -> tuple[Org, Kind]:
    org = ensure_org(world)
    found = org.catalogue.find(kind)
    if not found:
        raise RefusedError("INVALID_TYPE", f"Salesforce has no {kind}.")
    return org, found


def _close(world: World, id: str, *, won: bool) -> None:
    org = ensure_org(world)
    stages = org.table("OpportunityStage").values()
    ends = (one for one in stages if one["IsActive"] and one["IsClosed"] and one["IsWon"] == won)
    stage = next(ends, None)
    if stage is None:
        raise RefusedError("INVALID_OPERATION", "No stage of the org means that.")
    edit(world, "Opportunity", id, {"StageName": stage["MasterLabel"]})


def _merge(world: World, kind: str, winner: str, loser: str, values: Values | None) -> None:
    org, found = _open(world, kind)
    with world.batch(), org.transaction():
        kept, gone = whole_id(winner) or winner, whole_id(loser) or loser
        merging.merge(org, by_hand(org), found, kept, gone)
        if values:
            saving.update(org, by_hand(org), found, kept, values)


def _custom_fields(world: World, kind: str) -> list[Record]:
    return list((world.setting(SYSTEM, "custom_fields") or {}).get(kind, []))


def _set_fields(world: World, kind: str, fields: list[Record]) -> None:
    known = world.setting(SYSTEM, "custom_fields") or {}
    world.set_setting(SYSTEM, "custom_fields", {**known, kind: fields})
