"""Holds: finance puts a case off, or notes that it is disputed or that payment was promised."""

from __future__ import annotations

from django.db import transaction

from connections.models import Pair
from sync.core.chasing.cases import Holds
from sync.models import FlowSwitch, RiskCase, RiskEntry

from . import noticing, risk_cases, risk_watching


class CannotHold(ValueError):
    """The case stays as it is, for the reason that the words tell."""


def hold(case_id: int, holds: Holds, by: str, note: str = "", mark: str = "") -> RiskCase:
    """Keep what a person said of a case, with who and why, and let its task be told.

    `mark` is the version that the person saw (`mark_of`). Raises CannotHold in words.
    """
    with transaction.atomic():
        row = RiskCase.objects.select_for_update().filter(pk=case_id).first()
        if row is None or row.state == RiskCase.State.SETTLED:
            raise CannotHold("The case is settled by now: its reason is gone.")
        if mark and mark != mark_of(row):
            raise CannotHold("Somebody else said something of this case meanwhile: look again.")
        words = risk_cases.held_in_words(row.holds, holds)
        if not words and not note:
            raise CannotHold("Nothing was changed.")
        row.held = list(row.case.saying(holds).held)
        row.snoozed_until, row.disputed = holds.snoozed_until, holds.disputed
        row.promised_on = holds.promised_on
        row.save(update_fields=["snoozed_until", "disputed", "promised_on", "held", "changed_at"])
        said = [" ".join([*words, note]).strip()]
        RiskEntry.objects.bulk_create(RiskEntry(case=row, by=by, words=each) for each in said)
        for pair, flow in tellers(row):
            noticing.note(pair, flow, [row.account_key], "decision")
    return row


def mark_of(row: RiskCase) -> str:
    """Return what tells whether somebody said something of a case since it was shown."""
    return f"{row.snoozed_until}|{row.disputed}|{row.promised_on}|{row.state}"


def tellers(row: RiskCase) -> list[tuple[Pair, str]]:
    """Return the pair that tells of the case, with the flow; where it is off, the org's others."""
    switches = FlowSwitch.objects.filter(pair__salesforce=row.connection_id).exclude(
        mode=FlowSwitch.Mode.OFF
    )
    found = [
        (switch.pair, switch.flow)
        for switch in switches.select_related("pair")
        if risk_watching.judges(switch.flow)
    ]
    return [each for each in found if each[0].pk == row.pair_id] or found
