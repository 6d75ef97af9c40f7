"""Which records changed: getUpdated, getDeleted, and transactions that end late."""

from datetime import datetime, timedelta

from sandbox.salesforce import acts, stamps

from .conftest import Org

NOON = datetime.fromisoformat("2026-11-25T12:00:30+00:00")


def at_noon(org: Org) -> None:
    org.world.clock.freeze(NOON)
    org.sign_in()


def ask(org: Org, what: str, start: datetime, end: datetime) -> dict[str, object]:
    params = {"start": start.isoformat(), "end": end.isoformat()}
    found: dict[str, object] = org.ok("GET", f"/sobjects/Account/{what}/", params=params)
    return found


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_changed_records_are_told_with_how_far_it_is_safe(org: Org) -> None:
    at_noon(org)
    key, gone = org.make("Account", Name="A"), org.make("Account", Name="B")
    org.ok("DELETE", f"/sobjects/Account/{gone}")
    org.world.clock.advance(300)
    found = ask(org, "updated", NOON - minutes(5), NOON + minutes(60))
    assert found == {"ids": [key], "latestDateCovered": "2026-11-25T12:05:00.000+0000"}
    earlier = ask(org, "updated", NOON - minutes(9), NOON - minutes(2))
    assert earlier == {"ids": [], "latestDateCovered": "2026-11-25T11:58:00.000+0000"}


def test_seconds_are_cut_off_both_ends(org: Org) -> None:
    at_noon(org)
    key = org.make("Account", Name="A")  # at 12:00:30
    org.world.clock.advance(120)
    assert ask(org, "updated", NOON - minutes(5), NOON)["ids"] == []
    assert ask(org, "updated", NOON + timedelta(seconds=20), NOON + minutes(1))["ids"] == [key]


def test_deleted_records_are_told_with_their_time(org: Org) -> None:
    at_noon(org)
    key = org.make("Account", Name="A")
    org.ok("DELETE", f"/sobjects/Account/{key}")
    org.world.clock.advance(120)
    found = ask(org, "deleted", NOON - minutes(5), NOON + minutes(1))
    assert found["deletedRecords"] == [{"id": key, "deletedDate": "2026-11-25T12:00:30.000+0000"}]
    assert found["latestDateCovered"] == "2026-11-25T12:01:00.000+0000"


def test_spans_that_cannot_be_answered_are_refused(org: Org) -> None:
    now = org.world.clock.now()
    day = timedelta(days=1)
    wrong = [("updated", now - 31 * day, now), ("deleted", now - 16 * day, now),
             ("updated", now, now), ("updated", now, now - day)]  # fmt: skip
    for what, start, end in wrong:
        params = {"start": start.isoformat(), "end": end.isoformat()}
        answer = org.refused("GET", f"/sobjects/Account/{what}/", params=params)
        assert answer[:2] == (400, "INVALID_REPLICATION_DATE")
    assert org.refused("GET", "/sobjects/Account/updated/")[1] == "INVALID_REPLICATION_DATE"


def test_too_many_ids_are_refused(org: Org) -> None:
    org.set("id_limit", 1)
    for name in "AB":
        org.make("Account", Name=name)
    now = org.world.clock.now()
    params = {"start": (now - minutes(5)).isoformat(), "end": (now + minutes(5)).isoformat()}
    answer = org.refused("GET", "/sobjects/Account/updated/", params=params)
    assert answer[:2] == (400, "EXCEEDED_ID_LIMIT")


def test_a_change_committed_late_lies_behind_what_was_seen_already(org: Org) -> None:
    at_noon(org)
    key = org.make("Account", Name="A")
    org.world.clock.advance(600)
    acts.begin_transaction(org.world)
    began = org.world.clock.now()
    org.world.clock.advance(240)
    covered = ask(org, "updated", NOON, began + minutes(4))["latestDateCovered"]
    assert covered == stamps.write(began)
    acts.end_transaction(org.world, "Account", key, {"Name": "late"})
    record = org.read("Account", key)
    assert (record["Name"], record["SystemModstamp"]) == ("late", stamps.write(began))
    soql = f"SELECT Id FROM Account WHERE SystemModstamp > {stamps.write(began + minutes(1))}"
    assert org.column(soql.replace("+0000", "Z")) == []
    found = ask(org, "updated", began, began + minutes(4))
    assert found == {"ids": [key], "latestDateCovered": stamps.write(
        stamps.to_minute(org.world.clock.now()))}  # fmt: skip
