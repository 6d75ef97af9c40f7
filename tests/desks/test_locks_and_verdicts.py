"""What is kept out and what was told apart: listed, explained, and undone by whoever decides."""

from __future__ import annotations

import pytest
from django.urls import reverse

from connections.models import Pair
from sync.core.records import Key, System
from sync.engine import telling
from sync.models import Link, Lock, Verdict
from tests.desks import town
from tests.desks.conftest import SignIn

ACCOUNT = Key(System.SALESFORCE, "Account", "0015g0000000001AAA")
CONTACT = Key(System.XERO, "Contact", "c0ffee00-0000-4000-8000-000000000001")
KEEP_OUT = "/admin/sync/lock/keep-out/"


@pytest.fixture
def lock(pair: Pair) -> Lock:
    return telling.lock(pair, CONTACT, "A supplier, no customer", "Dev", "Bellbird Café")


@pytest.fixture
def verdict(pair: Pair) -> Verdict:
    names = "Vine Events / Harbour & Vine"
    return telling.tell_apart(pair, ACCOUNT, CONTACT, "branch", "Dev", names=names)


@pytest.fixture
def link(pair: Pair) -> Link:
    return Link.objects.create(
        pair=pair, flow="account_contact", salesforce_kind="Account", salesforce_id=ACCOUNT.id,
        xero_kind="Contact", xero_id=CONTACT.id, origin="person", label="Harbour & Vine",
    )  # fmt: skip


def test_the_lists_say_who_why_and_since_when(
    sign_in: SignIn, lock: Lock, verdict: Verdict
) -> None:
    ben = sign_in("Auditors")
    locks = ben.get("/admin/sync/lock/").content.decode()
    assert all(words in locks for words in ("Bellbird Café", "A supplier, no customer", "Dev"))
    told = ben.get("/admin/sync/verdict/").content.decode()
    assert "Vine Events / Harbour &amp; Vine" in told
    assert "parent and branch" in told


def test_a_lock_is_ended_on_its_own_page_and_stays_on_record(sign_in: SignIn, lock: Lock) -> None:
    priya = sign_in("Finance")
    page = priya.get(f"/admin/sync/lock/{lock.pk}/change/").content.decode()
    assert "is kept out of sync" in page
    priya.post(reverse("admin:lock_end", args=[lock.pk]))
    lock.refresh_from_db()
    assert lock.ended_by == "finance"
    page = priya.get(f"/admin/sync/lock/{lock.pk}/change/").content.decode()
    assert "takes part in the sync again" in page
    assert "Let it take part again" not in page
    assert "Bellbird" not in priya.get("/admin/sync/lock/?state=in_force").content.decode()


def test_a_link_keeps_both_its_records_out_with_a_reason(sign_in: SignIn, link: Link) -> None:
    priya = sign_in("Finance")
    page = priya.get(f"/admin/sync/link/{link.pk}/change/").content.decode()
    assert "Keep it out of sync" in page
    form = {
        "pair": link.pair_id,
        "name": str(link),
        "record": [str(ACCOUNT), str(CONTACT)],
        "why": "Sold to another firm",
        "back": f"/admin/sync/link/{link.pk}/change/",
    }
    page = priya.post(KEEP_OUT, form, follow=True).content.decode()
    assert {(row.key, row.why, row.by) for row in Lock.objects.all()} == {
        (ACCOUNT, "Sold to another firm", "finance"),
        (CONTACT, "Sold to another firm", "finance"),
    }
    assert "The account is kept out" in page
    assert "The contact is kept out" in page


def test_keeping_out_needs_a_reason_and_a_record(sign_in: SignIn, pair: Pair) -> None:
    priya = sign_in("Finance")
    asked = {"pair": str(pair.pk), "record": str(ACCOUNT)}
    page = priya.post(KEEP_OUT, asked).content.decode()
    assert "Say why" in page
    assert "Tick a record" in priya.post(KEEP_OUT, {"pair": pair.pk, "why": "x"}).content.decode()
    assert priya.get(KEEP_OUT, {"pair": str(pair.pk), "record": "nonsense"}).status_code == 404
    assert priya.get(KEEP_OUT, {"record": str(ACCOUNT)}).status_code == 404
    assert not Lock.objects.exists()


def test_the_page_that_keeps_out_leads_back_to_our_own_pages_only(
    sign_in: SignIn, pair: Pair
) -> None:
    form = {"pair": pair.pk, "record": str(ACCOUNT), "why": "x"}
    priya = sign_in("Finance")
    for back in ("https://evil.example/admin/", "//evil.example", "/elsewhere/"):
        assert priya.post(KEEP_OUT, {**form, "back": back})["Location"] == "/admin/sync/lock/"


def test_a_verdict_is_taken_back_and_the_two_may_be_asked_about_anew(
    sign_in: SignIn, verdict: Verdict
) -> None:
    priya = sign_in("Finance")
    page = priya.get(f"/admin/sync/verdict/{verdict.pk}/change/").content.decode()
    assert "These two are parent and branch" in page
    answer = priya.post(reverse("admin:verdict_take_back", args=[verdict.pk]), follow=True)
    assert "Taken back" in answer.content.decode()
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_auditor_ends_nothing_and_a_get_changes_nothing(
    sign_in: SignIn, lock: Lock, verdict: Verdict, method: str
) -> None:
    person = sign_in("Auditors" if method == "post" else "Finance")
    for url in (
        reverse("admin:lock_end", args=[lock.pk]),
        reverse("admin:verdict_take_back", args=[verdict.pk]),
    ):
        assert getattr(person, method)(url).status_code == 403
    assert Lock.objects.get().ended_at is None
    assert Verdict.objects.exists()
    if method == "post":
        form = {"pair": lock.pair_id, "record": str(ACCOUNT), "why": "x"}
        assert person.post(KEEP_OUT, form).status_code == 403
        assert Lock.objects.count() == 1


def test_any_known_record_is_looked_up_and_kept_out(sign_in: SignIn, pair: Pair) -> None:
    town.fill(pair)
    priya = sign_in("Finance")
    assert "/admin/sync/lock/add/" in priya.get("/admin/sync/lock/").content.decode()
    found = priya.get("/admin/sync/lock/add/", {"words": "barrel vine"}).content.decode()
    address = found.split('href="/admin/sync/lock/keep-out/')[1].split('"')[0]
    assert "record=salesforce%3AAccount%3A0015g0000000077AAA" in address
    page = priya.get(f"/admin/sync/lock/keep-out/{address.replace('&amp;', '&')}")
    assert "Keep “Vine &amp; Barrel Imports” out of sync?" in page.content.decode()
    none = priya.get("/admin/sync/lock/add/", {"words": "nobody"}).content.decode()
    assert "Nothing in use fits" in none
    ben = sign_in("Auditors")
    assert ben.get("/admin/sync/lock/add/").status_code == 403
    assert "/admin/sync/lock/add/" not in ben.get("/admin/sync/lock/").content.decode()
