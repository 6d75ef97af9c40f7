"""/Items: the list, single ones, writes, deletion."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import rendering
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.echoes import echo
from sandbox.xero.errors import RefusedError, invalid, not_found
from sandbox.xero.items import delete_item, write_item
from sandbox.xero.searching import by_default, search
from sandbox.xero.writing import write_all

COLLECTION = "Items"


def list_items(call: Call) -> Reply:
    """GET /Items: all of them; there are no pages."""
    found = by_default(call, search(call, "Item", None, []), "Code")
    return Reply(COLLECTION, [rendering.item(one, call.places) for one in found])


def find(call: Call, key: str) -> Record:
    """The item of this id or code. Raises the 404."""
    found = call.books.record("Item", key.lower()) or call.books.first("Item", "Code", key)
    if not found:
        raise not_found()
    return found


def get_item(call: Call, key: str) -> Reply:
    """GET /Items/{id or code}."""
    return Reply(COLLECTION, [rendering.item(find(call, key), call.places)])


def create_items(call: Call) -> Reply:
    """PUT /Items: creates only."""
    return _write(call, create_only=True)


def upsert_items(call: Call) -> Reply:
    """POST /Items: changes the one of that id or code, else creates."""
    return _write(call)


def change_item(call: Call, key: str) -> Reply:
    """POST /Items/{id}: changes that one."""
    return _write(call, path_id=find(call, key)["ItemID"])


def _write(call: Call, *, create_only: bool = False, path_id: str | None = None) -> Reply:
    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        named = {**given, "ItemID": path_id} if path_id else given
        item = write_item(call.books, named, create_only=create_only, places=call.places)
        return rendering.item(item, call.places), []

    return write_all(call, "Item", COLLECTION, write)


def remove_item(call: Call, key: str) -> Reply:
    """DELETE /Items/{id}: nothing is left of it."""
    item = find(call, key)
    try:
        delete_item(call.books, item)
    except RefusedError as error:
        raise invalid([echo("Item", item, error)]) from error
    return Reply(None)
