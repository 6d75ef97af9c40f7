"""The Salesforce doorway finds what changed, and writes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connections.salesforce.client import SalesforceRemote
from sync.core.records import Key, Record, System
from tests.connections.salesforce.small_org import STAMP, WON, SmallOrg, deal, page, row

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
STAMPED = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)


def below(kind: str, remote_id: str, **above: str) -> dict[str, Any]:
    return row(kind, Id=remote_id, SystemModstamp=STAMP, IsDeleted=False, **above)


def test_changes_are_covered_up_to_salesforces_own_watermark(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.now = datetime.now(UTC) + timedelta(hours=2)  # its clock is not ours
    covered = (org.now - timedelta(minutes=7)).isoformat(timespec="milliseconds")
    org.answers.append([])  # the list of versions, for the clock
    org.answers.append({"ids": [WON], "latestDateCovered": covered})
    org.answers.append(
        {
            "deletedRecords": [{"id": "0065g00000DeletdAA", "deletedDate": STAMP}],
            "latestDateCovered": org.now.isoformat(),
        }
    )
    lines = [("00kA", WON), ("00kB", "006X")]
    org.answers.append(
        [below("OpportunityLineItem", line, OpportunityId=deal_id) for line, deal_id in lines]
    )
    since = org.now - timedelta(minutes=20)
    changes = remote.changed("Opportunity", since)
    assert [key.id for key in changes.keys] == [WON, "0065g00000DeletdAA", "006X"]
    assert changes.covered == datetime.fromisoformat(covered)
    _, path, window = org.asked[1]
    assert path == "sobjects/Opportunity/updated/"
    assert window["start"] == since.isoformat(timespec="seconds")
    assert abs(datetime.fromisoformat(window["end"]) - org.now) < timedelta(minutes=1)
    assert " FROM OpportunityLineItem WHERE OpportunityId != null AND" in org.queries()[0]


def test_a_watermark_ahead_of_salesforces_clock_is_not_believed(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    future = (org.now + timedelta(hours=1)).isoformat()
    org.answers.append([])
    org.answers.append({"ids": [], "latestDateCovered": future})
    org.answers.append({"deletedRecords": [], "latestDateCovered": future})
    changes = remote.changed("Account", org.now - timedelta(minutes=20))
    assert changes.covered is not None
    assert changes.covered <= org.now


@pytest.mark.parametrize("since", [None, NOON - timedelta(days=40)])
def test_what_lies_too_far_back_is_found_by_reading_every_stamp(
    org: SmallOrg, remote: SalesforceRemote, since: datetime | None
) -> None:
    if since is not None:
        org.answers.append([])
    org.answers.append(page(deal("006A"), more="01g-2000"))
    org.answers.append(page(deal("006B")))
    changes = remote.changed("Opportunity", since)
    assert [key.id for key in changes.keys] == ["006A", "006B"]
    assert changes.complete
    assert changes.covered == org.now.replace(microsecond=0)
    assert [path for _, path, _ in org.asked][-2] == "queryAll/"
    assert org.queries()[-1].endswith("ORDER BY SystemModstamp, Id")


def test_a_window_that_salesforce_no_longer_knows_is_read_whole(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([])
    org.answers.append((400, [{"errorCode": "INVALID_REPLICATION_DATE", "message": "too old"}]))
    org.answers.append([deal("006A")])
    changes = remote.changed("Opportunity", org.now - timedelta(days=3))
    assert [key.id for key in changes.keys] == ["006A"]


def test_a_glance_is_one_light_call(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.answers.append([deal("006A"), deal("006B")])
    changes = remote.glance("Opportunity", NOON)
    assert remote.calls == 1
    assert [key.id for key in changes.keys] == ["006A", "006B"]
    assert [record.stamp for record in changes.records] == [
        datetime(2026, 11, 25, 20, tzinfo=UTC)
    ] * 2
    assert changes.covered == datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert org.queries() == [
        "SELECT Id, SystemModstamp FROM Opportunity WHERE IsWon = true AND SystemModstamp > "
        "2026-11-25T12:00:00+00:00 ORDER BY SystemModstamp, Id LIMIT 2000"
    ]
    org.answers.append([])
    assert remote.glance("Opportunity", NOON).covered == NOON


def test_the_newest_are_one_light_call_whatever_they_are_and_deleted_ones_too(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([deal("006A"), deal("006B")])
    changes = remote.newest("Opportunity", NOON)
    assert remote.calls == 1
    assert [key.id for key in changes.keys] == ["006A", "006B"]
    assert [path for _, path, _ in org.asked][-1] == "queryAll/"
    assert org.queries() == [
        "SELECT Id, SystemModstamp FROM Opportunity WHERE SystemModstamp > "
        "2026-11-25T12:00:00+00:00 ORDER BY SystemModstamp, Id LIMIT 2000"
    ]


def test_a_full_glance_stops_before_a_stamp_that_may_go_on(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    """Two thousand rows of which the last ones share a stamp with rows that did not fit."""
    early = [
        row("Opportunity", Id=f"A{n}", SystemModstamp="2026-11-25T19:00:00.000+0000")
        for n in range(1999)
    ]
    org.answers.append([*early, deal("006Z")])
    changes = remote.glance("Opportunity", NOON)
    assert len(changes.keys) == 1999
    assert not changes.complete
    assert changes.covered == datetime(2026, 11, 25, 19, tzinfo=UTC)


def test_a_glance_full_of_one_stamp_reads_all_that_have_it(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([deal(f"A{n}") for n in range(2000)])
    org.answers.append(page(*[deal(f"A{n}") for n in range(2000)], more="next"))
    org.answers.append(page(deal("A2000")))
    changes = remote.glance("Opportunity", NOON)
    assert len(changes.keys) == 2001
    assert not changes.complete
    assert "SystemModstamp = 2026-11-25T20:00:00+00:00" in org.queries()[1]


def test_an_account_is_touched_by_its_people_and_by_deals_that_are_won(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    now = org.now.isoformat()
    org.answers.append([])
    org.answers.append({"ids": ["001A"], "latestDateCovered": now})
    org.answers.append({"deletedRecords": [], "latestDateCovered": now})
    org.answers.append([below("Contact", f"003{n}", AccountId=f"001{n}") for n in "BA"])
    org.answers.append([below("Opportunity", "006C", AccountId="001C")])
    changes = remote.changed("Account", org.now - timedelta(minutes=20))
    assert [key.id for key in changes.keys] == ["001A", "001B", "001C"]
    people, deals = org.queries()
    selected = "SELECT Id, SystemModstamp, IsDeleted, AccountId, Account.SystemModstamp FROM"
    assert people.startswith(f"{selected} Contact WHERE AccountId != null AND SystemModstamp >= ")
    assert deals.startswith(f"{selected} Opportunity WHERE IsWon = true AND")
    assert [path for _, path, _ in org.asked[-2:]] == ["queryAll/"] * 2  # deleted people count
    assert org.composed == 2  # one to describe, one for both


def test_what_is_known_as_it_is_is_not_read_again(org: SmallOrg, remote: SalesforceRemote) -> None:
    now = org.now.isoformat()
    old, person = datetime(2026, 11, 25, 19, tzinfo=UTC), {"Id": "003A", "SystemModstamp": STAMPED}
    known = {
        "001A": Record(Key(System.SALESFORCE, "Account", "001A"), {"Contacts": [person]}, old),
        "001B": Record(Key(System.SALESFORCE, "Account", "001B"), {"Contacts": []}, STAMPED),
        "001C": Record(Key(System.SALESFORCE, "Account", "001C"), {"Contacts": []}, old),
    }
    org.answers.append([])
    org.answers.append({"ids": [], "latestDateCovered": now})
    org.answers.append({"deletedRecords": [], "latestDateCovered": now})
    org.answers.append([below("Contact", "003A", AccountId="001A")])
    org.answers.append([])
    stamped = [row("Account", Id=i, SystemModstamp=STAMP) for i in ("001B", "001C")]
    org.answers.append(stamped)
    org.answers.append([row("Account", Id="001C", SystemModstamp=STAMP)])
    since = org.now - timedelta(minutes=20)
    pages = list(remote.changed_records("Account", since, known=lambda ids: known))
    assert [record.key.id for page in pages for record in page.records] == ["001C"]
    assert "IN ('001C')" in org.queries()[-1]


def test_whole_records_that_lie_too_far_back_are_read_with_the_whole_bin(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.answers.append([])  # the list of versions, for the clock
    live = row("Account", Id="001A", SystemModstamp=STAMP, IsDeleted=False)
    dead = row("Account", Id="001B", SystemModstamp=STAMP, IsDeleted=True, MasterRecordId="001A")
    org.answers.append([live, dead])
    org.answers.append([live])
    org.answers.append([dead])
    page, end = remote.changed_records("Account", NOON - timedelta(days=40))
    assert [(r.key.id, r.gone) for r in page.records] == [("001A", ""), ("001B", "merged:001A")]
    assert (page.complete, end.complete) == (False, True)
    assert end.covered is not None
    assert end.covered <= org.now + timedelta(seconds=1)
    stamps, whole, from_the_bin = org.queries()
    assert stamps.endswith("OR IsDeleted = true ORDER BY SystemModstamp, Id")
    assert "FROM Opportunities WHERE IsWon = true LIMIT 1)" in whole
    assert "IN ('001B')" in from_the_bin
