"""The org: its records, where to find them, and changes that are taken back whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sandbox.salesforce import stamps
from sandbox.salesforce.catalogue import SYSTEM, Catalogue
from sandbox.salesforce.ids import USUAL_INSTANCE, make_id
from sandbox.salesforce.indexes import ByKeys, ByStamp, ByValue, KeysOf
from sandbox.salesforce.row_locks import RowLocks
from sandbox.salesforce.schema import Kind
from sandbox.store import Record
from sandbox.world import Table, World

BIN = f"{SYSTEM}/bin"  # what is remembered of deletions, no kind of record itself


class Org:
    """Salesforce's side of a world. Its callers hold the world's lock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.catalogue = Catalogue(world)
        self.backdated = ""  # the stamp of a transaction that began earlier and ends now
        self._values: dict[tuple[str, str], ByValue] = {}
        self._stamps: dict[str, ByStamp] = {}
        self._keys: dict[str, ByKeys] = {}
        self.locks = RowLocks()
        self.saved_together: set[str] = set()  # what the present save of several has created
        self._undo: list[list[tuple[Table, str, Record | None]]] = []

    def table(self, kind: str) -> Table:
        """The records of a kind by id, deleted ones too."""
        return self.world.table(SYSTEM, kind)

    def new_id(self, prefix: str) -> str:
        """The id of the next record whose kind has this prefix."""
        number = self.world.next_number(SYSTEM, f"id {prefix}")
        return make_id(prefix, number, self.world.instance or USUAL_INSTANCE)

    @property
    def deletions(self) -> Table:
        """Kind and time of every deletion of the last weeks, by the record's id."""
        return self.world.table(BIN, "Deletion")

    def now(self) -> datetime:
        """The org's present time."""
        return self.world.clock.now()

    def stamp(self) -> str:
        """The time that a change made now carries."""
        return self.backdated or stamps.write(self.now())

    def get(self, kind: str, key: str | None) -> Record | None:
        """The record, deleted or not; None where there never was one."""
        return self.table(kind).get(key or "")

    def alive(self, kind: str, key: str | None) -> Record | None:
        """The record, or None where it is deleted or never was."""
        record = self.get(kind, key)
        return None if record is None or record.get("IsDeleted") else record

    def kind_of(self, key: str) -> Kind | None:
        """The kind of the record with this id."""
        return self.catalogue.by_id(key)

    def ids_with(self, kind: str, field: str, value: object) -> list[str]:
        """The ids of a kind's records with this value in a field, deleted ones too."""
        name = (kind, field)
        if name not in self._values:
            self._values[name] = ByValue(self.table(kind), field)
        return self._values[name].ids(value)

    def all_with(self, kind: str, field: str, value: object) -> list[Record]:
        """The records of a kind with this value in a field that are not deleted."""
        found = (self.alive(kind, key) for key in self.ids_with(kind, field, value))
        return [record for record in found if record]

    def near(self, kind: str, keys_of: KeysOf, record: Record) -> list[Record]:
        """The records of a kind, not deleted, that share one of a record's keys."""
        if kind not in self._keys:
            self._keys[kind] = ByKeys(self.table(kind), keys_of)
        found = (self.alive(kind, key) for key in self._keys[kind].ids(record))
        return [one for one in found if one]

    def by_stamp(self, kind: str) -> ByStamp:
        """A kind's ids in the order of their last change."""
        if kind not in self._stamps:
            self._stamps[kind] = ByStamp(self.table(kind))
        return self._stamps[kind]

    def put(self, kind: str, record: Record) -> None:
        """Keep a record as it now is."""
        self.keep(self.table(kind), record["Id"], record)

    def keep(self, table: Table, key: str, record: Record) -> None:
        """Keep a record in a table, to be taken back where the transaction fails."""
        if self._undo:
            self._undo[-1].append((table, key, table.get(key)))
        table[key] = record

    def drop(self, table: Table, key: str) -> None:
        """Take a record out of a table for good, unless the transaction fails."""
        if self._undo:
            self._undo[-1].append((table, key, table.get(key)))
        del table[key]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes of the block, or none where it raises."""
        self._undo.append([])
        try:
            yield
        except BaseException:
            self._take_back(self._undo.pop())
            raise
        done = self._undo.pop()
        if self._undo:
            self._undo[-1] += done

    def _take_back(self, done: list[tuple[Table, str, Record | None]]) -> None:
        for table, key, before in reversed(done):
            if before is not None:
                table[key] = before
            elif key in table:
                del table[key]


def org_of(world: World) -> Org:
    """The one org of a world, which lives as long as the world does."""
    with world.lock:
        known: dict[str, Org] = vars(world).setdefault("_salesforce", {})
        if "org" not in known:
            known["org"] = Org(world)
        return known["org"]
