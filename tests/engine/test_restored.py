"""A database from a backup: it finds what was made since, and bills nothing twice."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from sync.core.records import Key
from sync.models import Link, ReviewItem
from tests.engine.conftest import Desk


def restore(desk: Desk, *, after: Callable[[], list[Key]]) -> None:
    """Save the database, go on, bring back what was saved, and let the sweeps find the deals."""
    saved = transaction.savepoint()
    keys = after()
    desk.work_until_quiet()
    transaction.savepoint_rollback(saved)
    desk.switch.refresh_from_db()
    assert not Link.objects.filter(salesforce_id__in=[key.id for key in keys]).exists()
    desk.notice(*keys)
    desk.work_until_quiet()


def test_deals_billed_after_the_backup_are_found_and_not_billed_again(desk: Desk) -> None:
    desk.win(1)
    desk.work_until_quiet()
    restore(desk, after=lambda: [desk.win(2), desk.win(3)])
    assert len(desk.invoices()) == 3
    assert len(desk.xero.of("Contact")) == 3
    assert Link.objects.filter(xero_kind="Invoice", origin=Link.Origin.FOUND).count() == 2
    assert not ReviewItem.objects.exists()


def test_an_invoice_voided_after_the_backup_is_asked_about(desk: Desk) -> None:
    def bill_and_void() -> list[Key]:
        key = desk.win(1)
        desk.work_until_quiet()
        (invoice,) = desk.invoices()
        desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
        return [key]

    restore(desk, after=bill_and_void)
    assert desk.invoices() == []
    (question,) = ReviewItem.objects.all()
    assert "was voided in Xero" in question.title
