"""Attacks on settling: what a repeated call made is found by matching before the next look."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from sync.models import Link, Sent, Write
from tests.engine.conftest import Desk
from tests.fakes.remote import lose


def pass_minutes(minutes: int) -> None:
    """Let the keys of earlier calls die."""
    passed = timedelta(minutes=minutes)
    Sent.objects.update(sent_at=F("sent_at") - passed)
    Write.objects.update(made_at=F("made_at") - passed, sent_at=F("sent_at") - passed)


def test_an_invoice_whose_repeats_were_lost_and_that_was_matched_then_is_not_made_again(
    desk: Desk,
) -> None:
    desk.win(1)
    desk.xero.before += [lambda: None, lose]  # the contact goes well, the invoice is not made
    desk.work()
    desk.xero.after += [lose] * 4  # its repeats are made, and their answers are lost
    desk.let_time_pass()
    desk.work()
    assert len(desk.invoices()) == 1
    pass_minutes(10)
    desk.work_until_quiet()
    pass_minutes(10)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert Link.objects.filter(xero_kind="Invoice").count() == 1
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
