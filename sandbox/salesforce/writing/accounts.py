"""What is special about accounts: their addresses, and persons who are accounts themselves."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing import addresses, record_types
from sandbox.salesforce.writing.change import Change
from sandbox.salesforce.writing.checks import missing_fields
from sandbox.salesforce.writing.contacts import full_name
from sandbox.store import Record

_PERSON_NAMES = ("LastName", "FirstName", "Salutation")
_SHARED = (*_PERSON_NAMES, "Phone", "Fax", "OwnerId", "CurrencyIsoCode", "Description")


def before(org: Org, change: Change) -> None:
    """Settle the addresses, and whether the account is a person."""
    addresses.settle(org, change)
    if "IsPersonAccount" not in change.kind.fields:
        record_types.settle(org, change)
        return
    new = change.new
    if change.creates:
        new["IsPersonAccount"] = _is_person(org, change)
        new["RecordTypeId"] = new.get("RecordTypeId") or _record_type(org, new["IsPersonAccount"])
    record_types.settle(org, change)
    _refuse_the_other_sort(change)
    if new.get("IsPersonAccount"):
        if new.get("LastName") is None:
            raise missing_fields(["LastName"])
        new["Name"] = full_name(new)


def after(org: Org, change: Change) -> None:
    """Keep the contact that every person has beside the account."""
    account = change.new
    if not account.get("IsPersonAccount"):
        return
    if change.creates:
        account = {**account, "PersonContactId": org.new_id("003")}
        org.put("Account", account)
    kind = org.catalogue.named("Contact")
    old = org.get("Contact", account["PersonContactId"]) or dict.fromkeys(kind.fields)
    org.put("Contact", {**old, **_as_contact(account)})


def _as_contact(account: Record) -> Record:
    person = {
        name.removeprefix("Person"): value
        for name, value in account.items()
        if name.startswith("Person") and name != "PersonContactId"
    }
    stamps = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById")
    person |= {f"{n.removesuffix('__pc')}__c": v for n, v in account.items() if n.endswith("__pc")}
    kept = {name: account.get(name) for name in (*_SHARED, *stamps, "SystemModstamp")}
    return {
        **person,
        **kept,
        "Id": account["PersonContactId"],
        "AccountId": account["Id"],
        "Name": account["Name"],
        "IsPersonAccount": True,
        "IsDeleted": False,
    }


def _is_person(org: Org, change: Change) -> bool:
    record_type = org.get("RecordType", change.new.get("RecordTypeId"))
    if record_type:
        return bool(record_type.get("IsPersonType"))
    return "LastName" in change.given and "Name" not in change.given


def _record_type(org: Org, person: bool) -> str | None:
    types = org.all_with("RecordType", "SobjectType", "Account")
    wanted = (one["Id"] for one in types if bool(one.get("IsPersonType")) == person)
    return next(wanted, None)


def _is_of_persons(name: str) -> bool:
    return name in _PERSON_NAMES or name.startswith("Person") or name.endswith("__pc")


def _refuse_the_other_sort(change: Change) -> None:
    """Persons have no company name, and companies nothing of a person's."""
    person = change.new.get("IsPersonAccount")
    wrong = [
        name
        for name in sorted(change.given)
        if change.new[name] is not None and (name == "Name" if person else _is_of_persons(name))
    ]
    if wrong:
        message = f"Account: bad field names on insert/update call: {', '.join(wrong)}"
        raise RefusedError("INVALID_FIELD_FOR_INSERT_UPDATE", message, wrong)
