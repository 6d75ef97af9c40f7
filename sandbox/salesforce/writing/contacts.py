"""What is special about people: their whole name."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing import addresses
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record


def full_name(record: Record) -> str | None:
    """First and last name together; None where there is neither."""
    return " ".join(filter(None, (record.get("FirstName"), record.get("LastName")))) or None


def before_user(org: Org, change: Change) -> None:
    """Settle the name and the address of a user."""
    change.new["Name"] = full_name(change.new)
    addresses.settle(org, change)


def before(org: Org, change: Change) -> None:
    """Settle name and addresses. A person account's contact changes with its account alone."""
    if change.new.get("IsPersonAccount"):
        message = "A person account's contact is changed through its account."
        raise RefusedError("INSUFFICIENT_ACCESS_OR_READONLY", message, [])
    change.new["Name"] = full_name(change.new)
    addresses.settle(org, change)
