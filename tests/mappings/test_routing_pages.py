"""Comparing, publishing, going back and sheets of routing rows; who may do what."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connections.models import Connection, Pair
from mappings import routing, routing_drafting, routing_publishing
from mappings.models import RoutingVersion
from tests.mappings.conftest import signed_in
from tests.mappings.routed import Describing, australia, org, uk
from tests.mappings.routed_pages import add, page, salesforce, text, values, words

__all__ = ["australia", "org", "salesforce", "uk"]
GBP, AUD = ("CurrencyIsoCode", "is", "GBP"), ("CurrencyIsoCode", "is", "AUD")


@pytest.fixture
def administrator(salesforce: Connection, org: Describing) -> Client:
    return signed_in("Administrators")


@pytest.fixture
def finance(salesforce: Connection, org: Describing) -> Client:
    return signed_in("Finance")


def address(connection: Connection, name: str, **more: object) -> str:
    kwargs = {"connection_id": connection.pk, **more}
    return reverse(f"admin:mappings_routing_{name}", kwargs=kwargs)


def publish(client: Client, connection: Connection, why: str = "Two companies") -> str:
    """Publish the draft as it is; return what the page says where it does not."""
    mark = routing_drafting.draft_of(connection).mark
    typed = {"act": "publish", "why": why, "seen": mark}
    answer = client.post(address(connection, "draft"), typed)
    return words(answer.content.decode()) if answer.status_code != 302 else ""


def in_force(connection: Connection) -> list[str]:
    return [row.value for row in routing.rows_of(connection.pk) or ()]


def test_the_draft_tells_each_row_before_and_after_and_who(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, GBP, name="Pounds")
    told = text(finance, address(salesforce, "draft"))
    assert "Pounds Deals + added – UK · Fernhill UK, when Deal Currency is GBP finance" in told
    assert "This draft was not tried yet" in told


def test_an_administrator_publishes_with_a_reason_and_finance_does_not(
    administrator: Client, finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, GBP)
    mark = routing_drafting.draft_of(salesforce).mark
    typed = {"act": "publish", "why": "Now", "seen": mark}
    assert finance.post(address(salesforce, "draft"), typed).status_code == 403
    assert "Say why" in publish(administrator, salesforce, why=" ")
    assert routing.rows_of(salesforce.pk) is None
    assert publish(administrator, salesforce) == ""
    version = RoutingVersion.objects.get()
    assert (version.by, version.why) == ("administrators", "Two companies")
    assert in_force(salesforce) == [str(uk.pk)]
    assert "The draft is empty" in text(finance, page(salesforce))


def test_a_row_that_can_no_longer_work_is_not_published(
    administrator: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    add(administrator, salesforce, australia, AUD)
    Pair.objects.filter(pk=australia.pk).update(active=False)
    told = publish(administrator, salesforce)
    assert "That pair is switched off" in told
    assert routing.rows_of(salesforce.pk) is None


def test_what_was_published_meanwhile_is_told_and_decided(
    administrator: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    add(administrator, salesforce, uk, GBP)
    publish(administrator, salesforce)
    (row,) = RoutingVersion.objects.get().content["rows"]
    draft = routing_drafting.draft_of(salesforce)
    mark = draft.seen(f"row:{row['key']}")
    routing_drafting.save(salesforce, row["key"], {**row, "value": "ask"}, seen=mark, by="priya")
    other = {**row, "value": str(australia.pk)}
    routing_publishing.publish_rows(
        salesforce, lambda rows: [other], by="sam", why="", check=lambda rows: ()
    )
    told = text(administrator, address(salesforce, "draft"))
    assert "In use now: Australia · Fernhill Australia, when Deal Currency is GBP" in told
    assert "choose which of the two stands" in publish(administrator, salesforce)
    mark = routing_drafting.draft_of(salesforce).mark
    administrator.post(address(salesforce, "draft"), {"act": "stand", "seen": mark})
    assert publish(administrator, salesforce) == ""
    assert in_force(salesforce) == ["ask"]


def test_a_version_is_read_and_gone_back_to(
    administrator: Client, salesforce: Connection, uk: Pair
) -> None:
    add(administrator, salesforce, uk, GBP, name="Pounds")
    publish(administrator, salesforce)
    add(administrator, salesforce, "ask", AUD)
    publish(administrator, salesforce, why="Second")
    listed = text(administrator, address(salesforce, "versions"))
    assert "Second" in listed
    one = address(salesforce, "version", number=1)
    told = text(administrator, one)
    assert "What going back to it would change" in told
    answer = administrator.post(one, {"why": "Too early", "seen": "2"})
    assert answer.status_code == 302
    assert in_force(salesforce) == [str(uk.pk)]
    newest = RoutingVersion.objects.order_by("-number")[0]
    assert (newest.number, newest.why) == (3, "Back to version 1: Too early")
    answer = administrator.post(one, {"why": "Again", "seen": "2"})
    assert answer.status_code == 409


def test_a_sheet_goes_out_and_comes_back_without_a_change(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, GBP, ("Account.Name", "contains", "=cmd"), name="@Pounds")
    add(finance, salesforce, "=account")
    for kind in ("csv", "xlsx"):
        file = finance.get(address(salesforce, "file", kind=kind)).content
        sheet = SimpleUploadedFile(f"rows.{kind}", file)
        answer = finance.post(address(salesforce, "sheet"), {"act": "import", "sheet": sheet})
        assert "This changes nothing" in words(answer.content.decode())


def test_no_cell_of_a_sheet_is_a_formula(finance: Client, salesforce: Connection, uk: Pair) -> None:
    add(finance, salesforce, uk, ("Name", "is", "=HYPERLINK(1)"), name="+1")
    file = finance.get(address(salesforce, "file", kind="csv")).content.decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(file)) for cell in line]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert "'=HYPERLINK(1)" in cells


def sent(client: Client, connection: Connection, *lines: str) -> str:
    """Import lines; return what the page says, and keep them where they may be."""
    heads = "kind,row,when field 1,comparison 1,value 1,belongs to,what it is called,in use"
    file = SimpleUploadedFile("rows.csv", "\n".join([heads, *lines]).encode())
    answer = client.post(address(connection, "sheet"), {"act": "import", "sheet": file})
    page = answer.content.decode()
    if answer.status_code == 200 and 'name="packed" value="' in page:
        packed = page.split('name="packed" value="')[1].split('"')[0]
        client.post(address(connection, "sheet"), {"act": "take", "packed": packed})
    return words(page)


def test_an_imported_sheet_is_shown_first_and_then_kept_in_the_draft(
    finance: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    told = sent(
        finance,
        salesforce,
        "Opportunity,,CurrencyIsoCode,is,AUD,australia,Dollars,yes",
        "Opportunity,,,,,as its account,The rest,yes",
    )
    assert "2 changes" in told
    assert "Australia, when Deal Currency is AUD" in told
    assert values(salesforce) == [str(australia.pk), "=account"]
    assert routing.rows_of(salesforce.pk) is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Invoice,,CurrencyIsoCode,is,AUD,UK,,yes", "“Invoice” cannot stand under “kind”"),
        ("Opportunity,,CurrencyIsoCode,is,AUD,Mars,,yes", "“Mars” under “belongs to” is no pair"),
        ("Opportunity,,Nonsense,is,AUD,UK,,yes", "“Nonsense” is no field"),
        ("Opportunity,,CurrencyIsoCode,like,AUD,UK,,yes", "“like” cannot stand"),
        ("Opportunity,,CurrencyIsoCode,is,AUD,UK,,perhaps", "neither yes nor no"),
        ("Account,,CurrencyIsoCode,is,AUD,as its account,,yes", "Only deals can go"),
    ],
)
def test_a_sheet_that_cannot_work_is_refused_line_by_line(
    finance: Client, salesforce: Connection, uk: Pair, line: str, fault: str
) -> None:
    told = sent(finance, salesforce, ",,,,,,,", line)  # an empty line counts
    assert fault in told
    assert "Line 3: " in told
    assert values(salesforce) == []


def test_a_row_that_stands_twice_in_a_sheet_is_refused(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    add(finance, salesforce, uk, GBP)
    (row,) = routing_drafting.draft_of(salesforce).rows
    line = f"Opportunity,{row['key']},CurrencyIsoCode,is,GBP,{{}},,yes"
    told = sent(finance, salesforce, line.format("UK"), line.format("Australia"))
    assert "stands there twice" in told
    assert values(salesforce) == [str(uk.pk)]


def test_a_sheet_that_was_shown_is_not_taken_over_another_change(
    finance: Client, salesforce: Connection, uk: Pair
) -> None:
    heads = "kind,row,belongs to,in use\nOpportunity,,ask,yes"
    file = SimpleUploadedFile("rows.csv", heads.encode())
    shown = finance.post(address(salesforce, "sheet"), {"act": "import", "sheet": file})
    packed = shown.content.decode().split('name="packed" value="')[1].split('"')[0]
    add(finance, salesforce, uk, GBP)
    answer = finance.post(address(salesforce, "sheet"), {"act": "take", "packed": packed})
    assert answer.status_code == 409
    assert values(salesforce) == [str(uk.pk)]


def test_auditors_see_drafts_versions_and_sheets_and_change_none(
    administrator: Client, salesforce: Connection, uk: Pair
) -> None:
    add(administrator, salesforce, uk, GBP)
    publish(administrator, salesforce)
    add(administrator, salesforce, "ask", AUD)
    auditor = signed_in("Auditors")
    for name in ("draft", "versions", "sheet"):
        assert auditor.get(address(salesforce, name)).status_code == 200
    assert auditor.get(address(salesforce, "file", kind="csv")).status_code == 200
    for name in ("draft", "sheet"):
        answer = auditor.post(address(salesforce, name), {"act": "all", "place": "x"})
        assert answer.status_code == 403
    one = address(salesforce, "version", number=1)
    assert auditor.post(one, {"why": "x", "seen": "1"}).status_code == 403
    assert values(salesforce) == [str(uk.pk), "ask"]


def test_who_has_no_permission_sees_nothing(salesforce: Connection, org: Describing) -> None:
    stranger = signed_in("Auditors")
    stranger.logout()
    for name in ("draft", "versions", "sheet"):
        assert stranger.get(address(salesforce, name)).status_code == 302
