"""What is special about people: their whole name."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing import addresses
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record


def full_name(record: Record) -> str | None:
    """First and last name together; None where there is neither."""
    return " ".join(filter(None, (record.get("FirstName"), record.get("LastName")))) or None


def name_person(org: Org, change: Change) -> None:
    """Put the whole name together."""
    change.new["Name"] = full_name(change.new)


def before(org: Org, change: Change) -> None:
    """Settle name and addresses. A person account's contact changes with its account alone."""
    if change.new.get("IsPersonAccount"):
        message = "A person account's contact is changed through its account."
        raise RefusedError("INSUFFICIENT_ACCESS_OR_READONLY", message, [])
    name_person(org, change)
    addresses.settle(org, change)
