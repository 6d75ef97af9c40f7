"""A town of customers, so that the screens have something believable to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from connections.models import Budget, Connection, Environment
from connections.remote import Reference
from mappings.models import RoutingVersion
from sync.core.organisation import TaxRate
from sync.core.records import Key
from sync.models import Cursor, FlowSwitch, ReviewItem, Write, heartbeats
from tests.engine.conftest import Desk
from tests.factories import ConnectionFactory, FlowSwitchFactory, PairFactory
from tests.fakes.remote import FakeSalesforce, FakeXero, lose

PASSWORD = "quay-7741"
ACCOUNTS = [
    "Kestrel Quay Developments Ltd", "Calder Valley Water", "Wells Almshouse Trust",
    "Ridgeway Homes", "Holt Lane Co-housing", "Larkhall Joinery", "Danesford Estates LLP",
    "Ponty Quarries & Sons, Limestone and Aggregates (South Wales) Holdings Limited",
    "Ateliers Moreau SARL", "Nordlicht Vermessung GmbH",
]  # fmt: skip


class WiderSalesforce(FakeSalesforce):
    """Deals with products on them."""

    def fields(self, kind: str) -> dict[str, str]:
        """Return the fields of the fake, and those of products."""
        more = ("Product2.Name", "Product2.ProductCode", "OpportunityLineItems", "SortOrder")
        return {**super().fields(kind), **dict.fromkeys(more, "string")}


class Australia(FakeXero):
    """An Australian organisation."""

    def reference(self) -> Reference:
        """Return it: dollars and goods and services tax."""
        gst = TaxRate(
            "OUTPUT2", "GST on Income", Decimal(10), True, ((Decimal(10), False),),
            frozenset({"REVENUE"}),
        )  # fmt: skip
        return replace(
            super().reference(), name="Fernhill Surveys Pty Ltd", country="AU",
            base_currency="AUD", timezone="Australia/Sydney", tax_rates=(gst,),
            currencies=frozenset({"AUD"}),
        )  # fmt: skip


def lines(*rows: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Return a deal's lines from (description, quantity, unit price)."""
    return [
        {"Description": what, "Quantity": Decimal(many), "UnitPrice": Decimal(price),
         "Discount": None, "SortOrder": Decimal(place), "Id": f"00k5g0000000{place:03}AAA"}
        for place, (what, many, price) in enumerate(rows, 1)
    ]  # fmt: skip


def win(desk: Desk, number: int, name: str, amount: str, account: int, **values: Any) -> Key:
    """Let a named deal be won."""
    customer = ACCOUNTS[account % len(ACCOUNTS)]
    values.setdefault("CloseDate", timezone.localdate() - timedelta(days=number % 9))
    return desk.win(
        number, Name=name, Amount=Decimal(amount), account=account + 1,
        **{"Account": {"Name": customer}, **values},
    )  # fmt: skip


def fill() -> tuple[Desk, Desk]:
    """Make both desks, people, deals, and every sort of question; return the desks."""
    people()
    british = _desk("Fernhill Surveys Ltd", FakeXero(), "GBP", 4_412, 5_000)
    british.xero.locked = date(2026, 6, 30)
    _bill(british)
    _look_back(british)
    _ask(british)
    _disagree(british)
    _doubt(british)
    australian = _desk("Fernhill Surveys Pty Ltd", Australia(), "AUD", 127, 1_000)
    FlowSwitch.objects.filter(pk=australian.switch.pk).update(mode="shadow")
    _route(british, australian)
    for number, name, amount in [
        (71, "Wattle Creek bridge survey", "18400.00"), (72, "Ballarat depot, levels", "7265.50"),
        (73, "Jervis Bay tide gauge", "12450.00"),
    ]:  # fmt: skip
        win(australian, number, name, amount, number % 5, CurrencyIsoCode="AUD")
    australian.work()
    for hours, item in enumerate(ReviewItem.objects.order_by("-id"), 1):
        asked = timezone.now() - timedelta(hours=hours * hours, minutes=12)
        ReviewItem.objects.filter(pk=item.pk).update(first_seen=asked)
    heartbeats.beat("worker of the town")
    return british, australian


def _route(british: Desk, australian: Desk) -> None:
    """Publish that dollars are billed in Australia, and all else in Britain."""
    dollars = [{"path": "CurrencyIsoCode", "operator": "is", "value": "AUD"}]
    rows = [
        {"key": key, "kind": "Opportunity", "name": name, "conditions": asked,
         "value": str(desk.switch.pair_id), "active": True}
        for key, name, asked, desk in [
            ("aud", "Dollars", dollars, australian), ("rest", "All others", [], british),
        ]
    ]  # fmt: skip
    RoutingVersion.objects.create(
        connection=british.switch.pair.salesforce, number=1, content={"rows": rows}, by="ana",
        why="Two companies sell", noted_at=timezone.now(),
    )  # fmt: skip


def people() -> None:
    """Make Priya of finance, Ana the administrator and Ben the auditor."""
    for login, first, last, group in [
        ("priya", "Priya", "Nair", "Finance"),
        ("ana", "Ana", "Whitlock", "Administrators"),
        ("ben", "Ben", "Sadler", "Auditors"),
    ]:
        user = User.objects.create_user(
            login, f"{login}@fernhill.example", PASSWORD, is_staff=True,
            first_name=first, last_name=last,
        )  # fmt: skip
        user.groups.add(Group.objects.get(name=group))


def _desk(organisation: str, xero: FakeXero, currency: str, left: int, limit: int) -> Desk:
    salesforce = Connection.objects.filter(name="Fernhill").first() or _connection(
        "Fernhill", "GBP", 81_240, 100_000, host="https://fernhill.my.salesforce.com"
    )
    books = _connection(organisation, currency, left, limit, xero=True)
    pair = PairFactory(name=f"Fernhill and {organisation}", salesforce=salesforce, xero=books)
    switch: Any = FlowSwitchFactory(pair=pair, starts_from=date(2026, 4, 1), changed_by="ana")
    for connection, purpose in ((salesforce, "look:Opportunity"), (books, "index:Invoice")):
        Cursor.objects.get_or_create(
            connection=connection, purpose=purpose, defaults={"read_at": timezone.now()}
        )
    return Desk(switch, WiderSalesforce(), xero)


def _connection(name: str, currency: str, left: int, limit: int, **values: Any) -> Connection:
    now = timezone.now()
    found: Any = ConnectionFactory(
        name=name, organisation_name=name, currency=currency, last_heard_at=now,
        environment=Environment.PRODUCTION, **values,
    )  # fmt: skip
    Budget.objects.update_or_create(
        connection=found,
        defaults={
            "day_left": left, "day_limit": limit, "day_as_of": now,
            "day_resets_at": now + timedelta(hours=9),
        },
    )  # fmt: skip
    made: Connection = found
    return made


def _bill(desk: Desk) -> None:
    win(desk, 1, "Kestrel Quay, phase 2 drainage survey", "12400.00", 0, OpportunityLineItems=lines(
        ("Drainage survey, phase 2 (CCTV)", "4", "1550"), ("Manhole inspection, per chamber", "38",
        "95"), ("Report and drawings", "1", "2150"), ("Traffic management, recharged", "1", "440"),
    ))  # fmt: skip
    for number, name, amount, account in [
        (2, "Reservoir banks, annual levels", "18650.00", 1),
        (3, "Insulation survey", "6450.00", 2),
        (4, "Plots 23–26, setting out", "4180.00", 3), (5, "Energy plan", "3300.00", 4),
        (6, "Workshop boundary", "1475.00", 5),
    ]:  # fmt: skip
        win(desk, number, name, amount, account)
    win(desk, 7, "Relevé topographique, Nantes", "4200.00", 8, CurrencyIsoCode="EUR")
    desk.work_until_quiet()


def _look_back(desk: Desk) -> None:
    """Bill some deals more, and let that have been in the weeks before."""
    made = {1: 5, 2: 7, 3: 4, 4: 9, 5: 6, 6: 8, 7: 3}
    weeks = [week for week, many in made.items() for _ in range(many)]
    for number, week in enumerate(weeks, 300):
        days = timedelta(weeks=week, days=number % 3)
        win(desk, number, f"Boundary {number}", f"{number}.00", number % 6,
            CloseDate=timezone.localdate() - days)  # fmt: skip
    desk.work_until_quiet()
    for number, week in enumerate(weeks, 300):
        writes = Write.objects.filter(subject__endswith=f"0065g00000{number:05}AAA")
        past = timezone.now() - timedelta(weeks=week)
        writes.update(made_at=past, sent_at=past, settled_at=past)


def _ask(desk: Desk) -> None:
    desk.xero.put("Contact", "c0ffee00-0000-4000-8000-000000000001", {
        "ContactID": "c0ffee00-0000-4000-8000-000000000001", "Name": ACCOUNTS[7],
        "EmailAddress": "accounts@ponty.example", "ContactStatus": "ACTIVE",
    })  # fmt: skip
    win(desk, 20, "Quarry face, drone photogrammetry and volumetric stockpile survey, second "
        "half-year 2026", "9840.00", 7)  # fmt: skip
    for number, name, amount in [
        (21, "Pier 4 monitoring", "6120.00"), (22, "Harbour bed, multibeam", "8810.00"),
        (23, "Slipway as built", "3000.00"),
    ]:  # fmt: skip
        win(desk, number, name, amount, number % 5, CurrencyIsoCode="USD")
    win(desk, 24, "Credit for the duplicate topographic sheet", "-250.00", 1)
    win(desk, 25, "Church tower, tilt", "1180.00", 2, AccountId=None)
    win(desk, 26, "Culvert, spring inspection", "3260.00", 3, CloseDate=date(2026, 6, 12))
    desk.work_until_quiet()


def _disagree(desk: Desk) -> None:
    """Change both sides of one deal, void another's invoice, and reopen a third deal."""
    by_deal = {i.get("Reference").split(" · ")[-1][:15]: i for i in desk.invoices()}
    keys = sorted(k for _, k in desk.salesforce.records)
    moved, ended, reopened = (by_deal[keys[n][:15]] for n in (1, 2, 3))
    desk.xero.edit("Invoice", moved.key.id, Reference=f"PO 7741 · {keys[1]}")
    key = desk.salesforce.records["Opportunity", keys[1]].key
    desk.change(key, Name="Reservoir banks, annual levels and settlement")
    desk.xero.edit("Invoice", ended.key.id, Status="VOIDED")
    desk.notice(desk.salesforce.records["Opportunity", keys[2]].key)
    desk.xero.edit("Invoice", reopened.key.id, Status="AUTHORISED")
    desk.change(desk.salesforce.records["Opportunity", keys[3]].key, Amount=Decimal("4480.00"))
    desk.work_until_quiet()


def _doubt(desk: Desk) -> None:
    """Leave one write whose answer was lost, and one that Xero refused in its own words."""
    desk.xero.refuse = lambda body: (
        "The due date must not be before the invoice date." if "Gatehouse" in str(body) else ""
    )
    win(desk, 30, "Gatehouse, measured building survey", "2750.00", 5)
    desk.work_until_quiet()
    win(desk, 31, "Danesford lodge, boundary dispute", "2390.00", 6)
    desk.xero.after = [lambda: None, lose]
    desk.work()


def many_questions(desk: Desk, count: int = 24) -> None:
    """Raise many more questions, each a cause of its own."""
    for number in range(100, 100 + count):
        win(desk, number, f"Garden wall {number}, party wall award", f"-{number}.00", number % 9)
    desk.work_until_quiet()
