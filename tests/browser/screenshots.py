"""Takes the pictures of docs/images, so that they stay true: `make screenshots`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from connections.models import Connection, Pair
from mappings import drafting, routing_drafting, routing_publishing
from mappings.models import FieldMapping
from sandbox.salesforce import acts as salesforce
from sync.admin.mapping_try_out import try_out
from sync.engine import announcing, announcing_watch, setting_up, talking
from sync.engine.announcing import Words
from sync.models import PlanRow, ReviewItem, heartbeats
from tests.browser import disputed, late_customers, newcomer, town
from tests.browser.conftest import Visitor
from tests.desks import town as matched
from tests.engine.conftest import Desk
from tests.factories import ConnectionFactory, PairFactory
from tests.mappings.routed import Describing, australia, org, uk

__all__ = ["australia", "org", "uk"]
CODES = ("GBP", "AUD")
IMAGES = settings.BASE_DIR / "docs" / "images"


def test_take_the_pictures(visit: Callable[..., Visitor], desks: tuple[Desk, Desk]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    plan = PlanRow.objects.filter(subject_name__startswith="Kestrel", action="create").get()
    asked = ReviewItem.objects.filter(desk="problems", title__startswith="Is “Ponty").get()
    talking.say(asked.pk, "Their letterhead says so, as far as I can see.", "ana")
    priya = visit("priya", viewport={"width": 1280, "height": 960})
    for name, path in {
        "home": "/admin/",
        "problems": f"/admin/sync/reviewitem/?item={asked.pk}",
        "questions": "/admin/sync/reviewitem/all/",
        "plan": f"/admin/sync/planrow/{plan.pk}/change/",
        "writes": "/admin/sync/write/",
    }.items():
        assert priya.open(path) == 200
        priya.page.wait_for_load_state("networkidle")
        priya.page.screenshot(path=IMAGES / f"{name}.png")


def test_take_the_pictures_of_two_desks(visit: Callable[..., Visitor]) -> None:
    town.people()
    pair = PairFactory.create(name="Fernhill and Fernhill Surveys Ltd")
    disputed.disputes(pair)
    disputed.groups(pair)
    ana = visit("ana", viewport={"width": 1280, "height": 1000})
    for name in ("duplicate", "conflict"):
        assert ana.open(f"/admin/{name}s/") == 200
        if name == "conflict":
            disputed.choose(ana.page)
        ana.page.wait_for_load_state("networkidle")
        ana.page.screenshot(path=IMAGES / f"{name}-desk.png")


def test_take_the_picture_of_which_organisation(
    visit: Callable[..., Visitor], uk: Pair, australia: Pair, org: Describing
) -> None:
    town.people()
    place = uk.salesforce
    Connection.objects.filter(pk=place.pk).update(name="Fernhill")
    pounds, dollars = ({"path": "CurrencyIsoCode", "operator": "is", "value": c} for c in CODES)
    rows = [("Pounds", str(uk.pk), [pounds]), ("Dollars", str(australia.pk), [dollars])]
    for name, value, conditions in [*rows, ("All others", "ask", [])]:
        row = {"kind": "Opportunity", "name": name, "value": value, "conditions": conditions}
        routing_drafting.add_row(place, {**row, "active": True}, "ana")
    mark = routing_drafting.draft_of(place).mark
    routing_publishing.publish(place, seen=mark, by="ana", why="", check=lambda rows: ())
    entity = {"path": "Legal_Entity__c", "operator": "is", "value": "Fernhill Surveys Pty Ltd"}
    row = {"kind": "Opportunity", "name": "Sold by the Pty", "value": str(australia.pk)}
    routing_drafting.add_row(place, {**row, "conditions": [entity], "active": True}, "priya")
    ana = visit("ana", viewport={"width": 1280, "height": 900})
    assert ana.open(reverse("admin:mappings_routing", args=[place.pk])) == 200
    ana.page.wait_for_load_state("networkidle")
    ana.page.screenshot(path=IMAGES / "which-organisation.png")


def test_take_the_picture_of_the_match_desk(visit: Callable[..., Visitor]) -> None:
    town.people()
    xero = ConnectionFactory.create(name="Fernhill Surveys Pty Ltd", xero=True)
    matched.fill(PairFactory.create(name="Fernhill and Fernhill Surveys Pty Ltd", xero=xero))
    priya = visit("priya", viewport={"width": 1280, "height": 960})
    assert priya.open("/admin/matches/") == 200
    priya.page.wait_for_load_state("networkidle")
    priya.page.screenshot(path=IMAGES / "match-desk.png")


def test_take_the_picture_of_the_first_steps(
    visit: Callable[..., Visitor], live_server: object, settings: Settings
) -> None:
    town.people()
    with newcomer.two_systems(settings) as box:
        pair = newcomer.paired(box, "Fernhill", "Fernhill Surveys Ltd", "United Kingdom")
        newcomer.install(pair)
        for deal in list(box.world.table("salesforce", "Opportunity"))[:6]:
            salesforce.close_won(box.world, deal)
        setting_up.checked(pair)
        flows = ("account_contact", "won_opportunity_invoice", "payment_status")
        first_day = timezone.localdate() - timedelta(days=30)
        setting_up.start_in_shadow(pair, flows, first_day, "ana")
        heartbeats.beat("worker of the town")
        newcomer.work()
        ana = visit("ana", viewport={"width": 1280, "height": 1180})
        assert ana.open(f"/admin/first-steps/?pair={pair.pk}") == 200
        ana.page.wait_for_load_state("networkidle")
        ana.page.screenshot(path=IMAGES / "first-steps.png")


def test_take_the_picture_of_the_inbox(
    visit: Callable[..., Visitor], desks: tuple[Desk, Desk]
) -> None:
    deals = "3 deals that are billed already were won again, Fernhill and Fernhill Surveys Ltd"
    words = Words(
        deals,
        "Nothing was billed twice: each keeps its invoice. Last seen: “Kestrel Quay, phase 2 "
        "drainage survey” (INV-0001), “Insulation survey” (INV-0003).",
        path="/admin/sync/link/",
    )
    announcing.announce("twice", "won:1", lambda _: words, refs=["1", "2", "3"])
    books = desks[0].switch.pair.xero.credential
    books.broken_since, books.broken_reason = timezone.now(), "The sign-in was taken back in Xero."
    books.save()
    announcing_watch.look()
    books.broken_since, books.broken_reason = None, ""
    books.save()
    asked = ReviewItem.objects.filter(desk="problems", title__startswith="Is “Ponty").get()
    talking.assign(asked.pk, User.objects.get(username="priya"), "ana")
    ReviewItem.objects.filter(desk="problems").exclude(pk=asked.pk).update(
        first_seen=timezone.now() - timedelta(days=9)
    )
    announcing_watch.look()
    priya = visit("priya", viewport={"width": 1280, "height": 720})
    assert priya.open("/admin/inbox/?tab=all") == 200
    priya.page.wait_for_load_state("networkidle")
    priya.page.screenshot(path=IMAGES / "inbox.png")


def test_take_the_picture_of_the_try_out(visit: Callable[..., Visitor]) -> None:
    with late_customers.opened():
        priya = visit("priya", viewport={"width": 1280, "height": 960})
        assert priya.open("/admin/mappings/riskrulerow/?row=overdue") == 200
        priya.page.fill("[name=first]", "10")
        with priya.page.expect_navigation():
            priya.page.click("text=Try it on 90 days")
        priya.page.wait_for_load_state("networkidle")
        priya.page.screenshot(path=IMAGES / "risk-try-out.png")


def test_take_the_picture_of_a_draft(
    visit: Callable[..., Visitor], desks: tuple[Desk, Desk]
) -> None:
    british, _ = desks
    pair, flow = british.switch.pair, british.switch.flow
    draft = drafting.draft_of(pair, flow)
    after = {**draft.places["field:date"], "transform": "date_plus_days", "argument": "14"}
    seen = draft.seen("field:date")
    drafting.save(pair, flow, "field:date", after, seen=seen, by="priya")
    before, try_out.open_remote = try_out.open_remote, british.door
    ana = visit("ana", viewport={"width": 1280, "height": 800})
    try:
        assert ana.open(reverse("mapping_try_out", args=[pair.pk, flow]) + "?replay=1") == 200
        assert ana.open(reverse("admin:mappings_draft", args=[pair.pk, flow])) == 200
    finally:
        try_out.open_remote = before
    ana.page.wait_for_load_state("networkidle")
    ana.page.screenshot(path=IMAGES / "mapping-draft.png")


def test_take_the_picture_of_a_row_that_is_tried(
    visit: Callable[..., Visitor], desks: tuple[Desk, Desk]
) -> None:
    british, _ = desks
    pair, key = british.switch.pair, "won_opportunity_invoice"
    row = FieldMapping.objects.get(pair=pair, flow=key, target="due_date")
    screen: Any = admin.site.get_model_admin(FieldMapping)
    before = screen.open_remote, try_out.open_remote
    cache.clear()
    screen.open_remote = try_out.open_remote = british.door
    try:
        priya = visit("priya", viewport={"width": 1280, "height": 900})
        priya.open(f"{reverse('admin:mappings_fields', args=[pair.pk, key])}?row={row.pk}")
        priya.page.fill("#id_source", "CloseDate")
        priya.page.select_option("#id_transform", "end_of_month")
        priya.page.fill("#id_argument", "1")
        with priya.page.expect_navigation():
            priya.page.click("button[value=try]")
        priya.page.locator("tr.form").scroll_into_view_if_needed()
        priya.page.screenshot(path=IMAGES / "mapping-row.png")
    finally:
        screen.open_remote, try_out.open_remote = before
        cache.clear()
