"""New records with what stands in them at first, and the marks of who changed them."""

from typing import Any

from sandbox.salesforce.choices import choices_of, own_currency
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Field, Kind, declared
from sandbox.salesforce.writing.change import Author
from sandbox.store import Record


def new_record(org: Org, author: Author, kind: Kind, given: Record) -> Record:
    """A record with its id, every field of its kind and the values given."""
    usual: Record = {one.name: _default(org, one) for one in kind.fields.values()}
    if "OwnerId" in kind.fields:
        usual["OwnerId"] = author.user
    if "CurrencyIsoCode" in declared(kind.name).fields:
        usual["CurrencyIsoCode"] = own_currency(org)  # kept even where the org does not show it
    return {**usual, **given, "Id": org.new_id(kind.prefix)}


def sign(org: Org, kind: Kind, record: Record, author: Author, *, creates: bool = False) -> None:
    """Note in the record who changed it and when."""
    now = org.stamp()
    marks = {"SystemModstamp": now, "LastModifiedDate": now, "LastModifiedById": author.user}
    if creates:
        marks |= {"CreatedDate": now, "CreatedById": author.user}
    record.update((name, value) for name, value in marks.items() if name in kind.fields)


def _default(org: Org, field: Field) -> Any:
    if field.type == "boolean":
        return field.default == "true"
    if field.type == "picklist" and field.default:
        return next((c.value for c in choices_of(org, field) if c.default), None)
    return field.default or None
