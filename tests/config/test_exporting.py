"""A list as CSV: what the list shows, safe in a spreadsheet, exact in money and time."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config import exporting
from connections.models import Pair
from mappings import shipped
from tests.factories import PairFactory


def read(response: object) -> list[list[str]]:
    """Return the cells of a download; its mark for Excel must be there."""
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "  =", "＠"])
def test_no_text_is_taken_for_a_formula(begin: str) -> None:
    assert exporting.cell(f"{begin}cmd|' /C calc'!A0").startswith("'")


def test_what_is_no_text_is_exact_and_stays_a_figure() -> None:
    east = timezone(timedelta(hours=10))
    assert exporting.cell(Decimal("-1250.10")) == "-1250.10"
    assert exporting.cell(Decimal("1E+3")) == "1000"
    assert exporting.cell(date(2026, 11, 25)) == "2026-11-25"
    assert exporting.cell(datetime(2026, 11, 25, 9, 30, tzinfo=east)) == "2026-11-24 23:30:00"
    assert exporting.cell(-3) == "-3"
    assert (exporting.cell(True), exporting.cell(None)) == ("yes", "")


def test_a_download_is_a_file_that_any_reader_of_csv_understands() -> None:
    rows: list[list[object]] = [
        ["Böhm, Söhne", 'said "no"\nand left'],
        ["=1+1", datetime(2026, 1, 2, tzinfo=UTC)],
    ]
    response = exporting.csv_file("notes", ["name", "what"], rows)
    assert read(response)[1:] == [
        ["Böhm, Söhne", 'said "no"\nand left'],
        ["'=1+1", "2026-01-02 00:00:00"],
    ]
    assert 'filename="notes-' in response["Content-Disposition"]


@pytest.mark.django_db
def test_rows_come_in_lists_whose_last_costs_what_the_first_does(
    django_assert_num_queries: object,
) -> None:
    PairFactory.create_batch(3)
    with django_assert_num_queries(3):  # type: ignore[operator]
        found = list(exporting.chunks(Pair.objects.all(), size=2))
    assert [len(chunk) for chunk in found] == [2, 1]
    assert [row for chunk in found for row in chunk] == list(Pair.objects.order_by("-pk"))


@pytest.mark.django_db
def test_every_list_of_the_set_up_can_be_exported_as_it_is_shown(admin_client: Client) -> None:
    PairFactory(name="North", salesforce__name="=HYPERLINK()")
    PairFactory(name="South")
    page = admin_client.get(reverse("admin:connections_pair_changelist"), {"q": "North"})
    address = reverse("admin:connections_pair_export") + "?q=North"
    assert f'href="{address}"' in page.content.decode()
    headings, *rows = read(admin_client.get(address))
    assert headings[:3] == ["Name", "Salesforce", "Xero"]
    assert [row[:2] for row in rows] == [["North", "'=HYPERLINK()"]]


@pytest.mark.django_db
def test_marks_and_colours_do_not_come_along(admin_client: Client) -> None:
    PairFactory(name="North")
    _, *rows = read(admin_client.get(reverse("admin:connections_connection_export")))
    assert len(rows) == 2
    assert not any("<" in cell for row in rows for cell in row)


@pytest.mark.django_db
@pytest.mark.parametrize("list_name", ["connections_connection", "sync_link", "auth_user"])
def test_who_may_not_see_a_list_cannot_export_it(
    client: Client, django_user_model: type, list_name: str
) -> None:
    user = django_user_model.objects.create_user("guest", password="x", is_staff=True)  # type: ignore[attr-defined]
    client.force_login(user)
    assert client.get(reverse(f"admin:{list_name}_export")).status_code == 403


@pytest.mark.django_db
def test_a_filter_that_makes_no_sense_leads_back_to_the_list(admin_client: Client) -> None:
    response = admin_client.get(reverse("admin:connections_pair_export"), {"active__in_space": "1"})
    assert response.status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["fieldmapping", "valuerow"])
def test_the_rows_of_one_mapping_are_exported_by_themselves(
    admin_client: Client, model: str
) -> None:
    pairs = PairFactory.create_batch(2)
    for pair in pairs:
        shipped.ensure(pair, "won_opportunity_invoice")
    address = reverse(f"admin:mappings_{model}_export")
    asked: dict[str, Any] = {"pair": pairs[0].pk, "flow": "won_opportunity_invoice"}
    headings, *rows = read(admin_client.get(address, asked))
    assert {row[headings.index("pair")] for row in rows} == {pairs[0].name}
    page = admin_client.get(reverse("admin:mappings_fieldmapping_changelist"))
    assert address in page.content.decode()
