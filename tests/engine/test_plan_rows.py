"""A plan's row says what became of it, and keeps the picture of what it would make."""

from __future__ import annotations

from decimal import Decimal

from sync.admin.papers import paper
from sync.models import FlowSwitch, PlanRow, Write
from tests.engine.conftest import Desk
from tests.fakes.remote import lose

LINES = [
    {"Id": "00k1", "Description": "Levels", "Quantity": Decimal(3), "UnitPrice": Decimal("33.335")},
    {"Id": "00k2", "Description": "Report", "Quantity": Decimal(1), "UnitPrice": Decimal("0.01")},
]


def states() -> list[str]:
    """Return the plans' states, oldest first."""
    return list(PlanRow.objects.order_by("id").values_list("state", flat=True))


def test_a_plan_whose_writes_were_confirmed_was_carried_out(desk: Desk) -> None:
    desk.win()
    desk.work()
    assert states() == ["done", "done"]


def test_a_plan_that_xero_refused_was_not_carried_out(desk: Desk) -> None:
    desk.xero.refuse = lambda body: "No." if "LineItems" in body else ""
    desk.win()
    desk.work()
    assert states() == ["failed"]


def test_a_plan_in_doubt_stays_open_until_its_write_is_settled(desk: Desk) -> None:
    desk.win()
    desk.xero.after = [lambda: None, lose]
    desk.work()
    assert Write.objects.filter(state="in_doubt").exists()
    assert states() == ["sending"]
    desk.work_until_quiet()
    assert "sending" not in states()
    assert PlanRow.objects.earliest("id").state == "done"


def test_the_picture_of_a_new_invoice_has_its_lines_sums_and_names(desk: Desk) -> None:
    desk.win(1, Amount=Decimal("100.02"), OpportunityLineItems=LINES)
    desk.work()
    shown = paper(PlanRow.objects.earliest("id"))
    assert shown["contact_name"] == "Customer 1 Ltd"
    assert [row["amount"] for row in shown["rows"]] == ["100.01", "0.01"]
    assert shown["rows"][0]["unit_amount"] == "33.335"
    assert shown["rows"][0]["account"] == "200 · Sales"
    assert shown["taxes"] == [("20% (VAT on Income)", Decimal("20.00"))]
    assert shown["sums"].gross == Decimal("120.02")
    assert shown["off"]["by"] == 0


def test_the_picture_of_a_plan_that_does_not_add_up_shows_the_difference(desk: Desk) -> None:
    desk.win(1, Amount=Decimal("100.00"), OpportunityLineItems=LINES)
    desk.work()
    row = PlanRow.objects.get()
    assert row.state == "held"
    assert paper(row)["off"]["by"] == Decimal("0.02")


def test_the_picture_of_a_change_is_the_invoice_as_it_will_be(desk: Desk) -> None:
    key = desk.win()
    desk.work()
    desk.change(key, Amount=Decimal("1200.00"))
    desk.work()
    changes = [row for row in PlanRow.objects.order_by("id") if "lines" in str(row.fields)]
    shown = paper(changes[-1])
    assert shown["sums"].net == 1200
    assert shown["invoice_number"] == "INV-0001"


def test_a_conflict_keeps_both_values(desk: Desk) -> None:
    key = desk.win()
    desk.work()
    desk.xero.edit("Invoice", desk.invoices()[0].key.id, Reference=f"PO 7 · {key.id}")
    desk.change(key, Name="Another name")
    desk.work()
    ours, theirs = PlanRow.objects.latest("id").picture["values"]["sides"]["v"]["reference"]
    assert ours.startswith("Another name")
    assert theirs.startswith("PO 7")


def test_a_plan_in_shadow_is_pictured_too(desk: Desk) -> None:
    FlowSwitch.objects.update(mode="shadow")
    desk.win()
    desk.work()
    assert states() == ["shadow"]
    assert paper(PlanRow.objects.get())["is_new"]
