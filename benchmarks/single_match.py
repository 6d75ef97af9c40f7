"""How soon one new account finds its contact among a million, in the engine's own way."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable, Iterator
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any

from benchmarks.books.book import Books, Row
from benchmarks.books.companies import company_books

BATCH = 20_000
SEED = 90_000
LIMIT_MS = 50
_FIELDS = {
    **{"name": "Name", "email": "Counterpart_Billing_Email__c", "phone": "Phone"},
    **{"street": "BillingStreet", "city": "BillingCity", "postcode": "BillingPostalCode"},
    **{"country": "BillingCountry", "website": "Website"},
    **{
        "tax_number": "Counterpart_Tax_Number__c",
        "company_number": "Counterpart_Company_Number__c",
    },
}
_RECORDS = (
    "COPY sync_knownrecord (id, connection_id, system, kind, remote_id, name, called, gone, status,"
    " facts, values) FROM STDIN"
)
_KEYS = "COPY sync_knownkey (record_id, connection_id, kind, name, value) FROM STDIN"


def main() -> None:
    """Fill a database of its own under var/bench-match; look up accounts, cold, one by one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.single_match", description=__doc__)
    parser.add_argument("--against", type=int, default=1_000_000, help="contacts in the index")
    parser.add_argument("--times", type=int, default=1000, help="accounts looked up")
    parser.add_argument("--keep", action="store_true", help="look up in what the last one filled")
    wanted = parser.parse_args()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "no",
        "VAR_DIRECTORY": "var/bench-match",
        "LOG_LEVEL": "WARNING",
    }
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    if not wanted.keep:
        call_command("flush", interactive=False, verbosity=0)
        _fill(wanted.against)
    for line in _measured(wanted.times):
        print(line, flush=True)


def _books(number: int) -> Books:
    return company_books(BATCH, SEED + number)


def _fill(size: int) -> None:
    """Make a pair, and enter so many contacts into the index of its Xero connection."""
    from django.db import connection  # noqa: PLC0415

    started = time.monotonic()
    pair = _pair()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        index = _definition(cursor, "known_by")
        cursor.execute("DROP INDEX known_by")
        for number in range(-(-size // BATCH)):
            rows = _books(number).right[: min(BATCH, size - number * BATCH)]
            _copy(cursor, rows, number * BATCH + 1, pair.xero_id)
        cursor.execute(index)
        cursor.execute("VACUUM ANALYZE sync_knownkey")
        cursor.execute("VACUUM ANALYZE sync_knownrecord")
    print(f"filled in {time.monotonic() - started:.0f} s: {size:,} contacts", flush=True)


def _definition(cursor: Any, name: str) -> str:
    """Return the statement that makes an index as the migrations have made it."""
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
    (statement,) = cursor.fetchone()
    return str(statement)


def _pair() -> Any:
    from connections.models import Connection, Credential, Pair  # noqa: PLC0415

    made = []
    for system in ("salesforce", "xero"):
        credential = Credential.objects.create(system=system, grant="client-credentials")
        made.append(Connection.objects.create(name=system, system=system, credential=credential))
    return Pair.objects.create(name="both", salesforce=made[0], xero=made[1])


def _copy(cursor: Any, rows: Iterable[Row], first: int, book: int) -> None:
    """Enter contacts, the first under this primary key, as the index does."""
    import simplejson  # noqa: PLC0415

    from sync.core import snapshots  # noqa: PLC0415
    from sync.core.likeness.keys import keys_of  # noqa: PLC0415
    from sync.core.likeness.parties import party  # noqa: PLC0415
    from sync.core.likeness.usage import call_of  # noqa: PLC0415
    from sync.core.matching import MARK  # noqa: PLC0415

    keys: list[tuple[int, int, str, str, str]] = []
    with cursor.copy(_RECORDS) as copy:
        for pk, row in enumerate(rows, start=first):
            raw = {**row, "id": _contact(pk)}
            seen = party(raw)
            keys += [(pk, book, "Contact", MARK + name, value) for name, value in keys_of(seen)]
            facts = simplejson.dumps(snapshots.dump({"party": raw, "shown": {}}))
            values = simplejson.dumps(snapshots.dump(raw))
            name = raw.get("name", "")
            told = (name, call_of(seen), "", "", facts, values)
            copy.write_row((pk, book, "xero", "Contact", raw["id"], *told))
    with cursor.copy(_KEYS) as copy:
        for key in keys:
            copy.write_row(key)


def _contact(pk: int) -> str:
    return f"00000000-0000-4000-8000-{pk:012}"


def _subjects(times: int, size: int) -> Iterator[tuple[Row, set[str]]]:
    """Yield accounts with the ids of the contacts that they truly are."""
    batches = max(1, size // BATCH)
    for number in range(batches):
        books = _books(number)
        places = {row["id"]: place for place, row in enumerate(books.right)}
        true: dict[str, set[str]] = {}
        for left, right in books.truth:
            pk = number * BATCH + 1 + places[right]
            if places[right] < BATCH and pk <= size:
                true.setdefault(left, set()).add(_contact(pk))
        for row in books.left[: -(-times // batches)]:
            yield row, true.get(row["id"], set())


def _measured(times: int) -> Iterator[str]:
    """Look accounts up one by one, nothing kept from one to the next; yield the figures."""
    from connections.models import Pair  # noqa: PLC0415
    from sync.core.likeness.choosing import Decision, choose  # noqa: PLC0415
    from sync.core.likeness.rules import SHIPPED  # noqa: PLC0415
    from sync.core.records import Key, Record, System  # noqa: PLC0415
    from sync.engine.address_books import AddressBooks  # noqa: PLC0415
    from sync.models import KnownRecord  # noqa: PLC0415

    work: Any = _work(Pair.objects.get())
    size = KnownRecord.objects.count()
    looks, whole, processor = [], [], []
    found = true = right = linked = 0
    for row, wanted in list(_subjects(times, size))[:times]:
        values = {_FIELDS[name]: text for name, text in row.items() if name in _FIELDS}
        record = Record(Key(System.SALESFORCE, "Account", f"001{row['id']:0>15}"), values)
        started, busy = time.perf_counter(), time.process_time()
        books = AddressBooks(work, SHIPPED)
        (entry,) = books.enter([record]).values()
        near = books.look(entry.party)
        looks.append(time.perf_counter() - started)
        choice = choose(entry.party, books.look, books.rate, SHIPPED)
        whole.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
        ids = {Key.parse(party.id).id for party, _ in near}
        true, found = true + bool(wanted), found + bool(wanted & ids)
        if choice.decision is Decision.LINK:
            linked += 1
            right += Key.parse(choice.candidates[0][0].id).id in wanted
    yield f"{len(whole):,} accounts against {size:,} contacts"
    yield _times("candidates found and scored", looks)
    yield _times("decided, with the look back", whole)
    yield _times("processor time of this process", processor)
    yield f"the true contact among the candidates: {found / max(true, 1):.1%}"
    yield f"linked without asking: {linked:,}, right: {right / max(linked, 1):.2%}"


def _work(pair: Any) -> SimpleNamespace:
    """Return as much of a flow's work as looking into the books takes."""
    from sync.core.flow import RuleSet  # noqa: PLC0415
    from sync.flows.shapes.party_fields import FIELDS  # noqa: PLC0415

    def doorway(connection_id: int) -> SimpleNamespace:
        return SimpleNamespace(connection_id=connection_id, link_to=lambda key: "")

    return SimpleNamespace(
        pair=pair,
        flow=SimpleNamespace(salesforce_kind="Account", xero_kind="Contact"),
        salesforce=doorway(pair.salesforce_id),
        xero=doorway(pair.xero_id),
        remote=lambda system: doorway(0),
        rules=RuleSet(FIELDS, ()),
    )


def _times(what: str, seconds: list[float]) -> str:
    parts = quantiles(seconds, n=100)
    return (
        f"{what}: p50 {median(seconds) * 1000:.0f} ms, p95 {parts[94] * 1000:.0f} ms, "
        f"p99 {parts[98] * 1000:.0f} ms (to reach: p95 below {LIMIT_MS} ms)"
    )


if __name__ == "__main__":
    main()
