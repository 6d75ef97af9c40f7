"""The duplicate desk: says what it will do, and does that; merges and deletes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections.models import Pair
from sync.core import snapshots
from sync.core.records import Key, System
from sync.engine import deciding, parting, ruling
from sync.models import Decision, Notice, ReviewItem, Verdict
from tests.desks.conftest import SignIn
from tests.disputes import ACCOUNT, CONTACT, group, party

A, B, C = CONTACT.format(1), CONTACT.format(2), ACCOUNT.format(1)
FIELDS = {
    "email": ("E-mail", ("pay@x.example", "estates@x.example", "estates@x.example")),
    "tax_number": ("Tax number", ("GB 654", "", "")),
    "city": ("Town", ("Wells", "Wells", "Wells")),
}


def ask(pair: Pair, number: int = 1, **facts: str) -> ReviewItem:
    """Ask about two contacts, A and B, and one account, C."""
    records = [
        party(A, "St Aldhelm’s Hosp.", invoices="5, one open"),
        party(B, "St Aldhelms Trust", invoices="2, none open"),
        party(C, "St Aldhelm’s Hospital", **facts),
    ]
    return group(pair, number, records, FIELDS, reasons=[("same phone", 18)])


@pytest.fixture
def item(pair: Pair) -> ReviewItem:
    """The group of three."""
    return ask(pair)


def form(item: ReviewItem, **values: str) -> dict[str, Any]:
    """Return what the page would post."""
    return {"item": str(item.pk), "mark": deciding.mark_of(item), **values}


def page(client: Client, **asked: str) -> str:
    """Return the text of the desk."""
    answer = client.get(reverse("duplicate_desk"), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("<wbr>", "").split())


def effect(client: Client, item: ReviewItem, **values: str) -> str:
    """Return what linking would do, in plain words."""
    text = client.post(reverse("duplicate_effect"), form(item, **values)).content.decode()
    return " ".join(text.replace("<strong>", "").replace("</strong>", "").split())


def test_differing_fields_ask_and_equal_ones_fold_with_their_names(
    sign_in: SignIn, item: ReviewItem
) -> None:
    text = page(sign_in("Finance"))
    assert "Three records look like one customer" in text
    assert "two contacts in Xero, one account in Salesforce" in text
    assert text.count('name="field_email"') == 3
    assert text.count('name="field_tax_number"') == 1
    assert 'name="field_city"' not in text
    assert "1 field is the same in all: town" in text


def test_what_linking_does_is_told_before_and_follows_the_choices(
    sign_in: SignIn, item: ReviewItem
) -> None:
    finance = sign_in("Finance")
    first = effect(finance, item)
    assert "Links A and C" in first
    assert "Keeps B as a further contact of C" in first
    assert "Writes 2 fields to Salesforce" in first
    assert "Shows 7 invoices on account C; none is changed" in first
    assert "Deletes and archives nothing" in first
    second = effect(finance, item, field_email=C)
    assert "Writes 1 field to Salesforce and 1 field to Xero" in second
    third = effect(finance, item, primary=B)
    assert "Links B and C" in third
    assert "Writes 2 fields to Salesforce and 2 fields to Xero" in third
    assert not Decision.objects.exists()


def test_linking_keeps_the_primary_records_and_the_chosen_values(
    sign_in: SignIn, item: ReviewItem
) -> None:
    sent = form(item, act="same", field_email=C, primary_xero=B)
    answer = sign_in("Finance").post(reverse("duplicate_desk"), sent)
    assert answer.status_code == 302
    same = Decision.objects.filter(choice="same")
    kept = {d.subject: snapshots.load(d.values) for d in same}
    assert set(kept) == {A, B, C}
    assert kept[C] == {
        "primary_xero": Key.parse(B).id,
        "primary_salesforce": Key.parse(C).id,
        "field.email": "estates@x.example",
        "field.tax_number": "GB 654",
    }
    fields = {d.cause: snapshots.load(d.values) for d in Decision.objects.filter(choice="value")}
    assert fields == {
        "conflict:email": {"email": "estates@x.example"},
        "conflict:tax_number": {"tax_number": "GB 654"},
    }


def test_chosen_values_are_no_past_conflicts(sign_in: SignIn, pair: Pair, item: ReviewItem) -> None:
    sign_in("Finance").post(reverse("duplicate_desk"), form(item, act="same"))
    assert ruling.past(pair, item.flow, "email", System.XERO).total == 0
    listed = sign_in("Auditors").get(reverse("past_decisions", args=["duplicate"]))
    assert listed.content.decode().count("Link as same") == 1


def test_what_no_rule_maps_is_shown_and_not_asked(sign_in: SignIn, pair: Pair) -> None:
    records = [party(A, "One"), party(C, "Two")]
    fields = {"person": ("Person", ("Ann Lee", "Bo Day")), "city": ("Town", ("Bath", "Wells"))}
    group(pair, 6, records, fields)
    text = page(sign_in("Finance"))
    assert 'name="field_person"' not in text
    assert 'name="field_city"' in text
    assert "each keeps its own" in text


def test_a_primary_record_is_made_without_script_and_nothing_is_decided(
    sign_in: SignIn, item: ReviewItem
) -> None:
    sent = form(item, primary=B, field_email=C)
    text = sign_in("Finance").post(reverse("duplicate_desk"), sent).content.decode()
    assert f'name="primary_xero" value="{B}"' in text
    assert f'name="field_email" value="{C}" checked' in text
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("act", "kind"), [("not", "different"), ("branch", "branch")])
def test_telling_apart_holds_for_every_two_records_of_the_group(
    sign_in: SignIn, item: ReviewItem, act: str, kind: str
) -> None:
    sign_in("Finance").post(reverse("duplicate_desk"), form(item, act=act))
    told = {(v.one, v.other, v.kind) for v in Verdict.objects.all()}
    pairs = [sorted(pair) for pair in ((A, B), (A, C), (B, C))]
    assert told == {(one, other, kind) for one, other in pairs}
    planned = set(Notice.objects.filter(source="decision").values_list("remote_id", flat=True))
    assert planned == {Key.parse(key).id for key in (A, B, C)}
    assert "Three records" not in page(sign_in("Finance"))


def test_nobody_parts_what_is_not_offered(pair: Pair, item: ReviewItem) -> None:
    item.choices = [c for c in item.choices if not c["value"].startswith("branch:")]
    item.save()
    with pytest.raises(deciding.NotOffered):
        parting.part(item.pk, "branch", "tom")
    assert not Verdict.objects.exists()


def test_records_that_changed_meanwhile_are_shown_again_and_only_they_ask_again(
    sign_in: SignIn, item: ReviewItem
) -> None:
    finance = sign_in("Finance")
    shown = finance.get(reverse("duplicate_desk")).content.decode()
    seen = shown.split('name="seen_email" value="')[1].split('"')[0]
    taxes = shown.split('name="seen_tax_number" value="')[1].split('"')[0]
    sent = form(
        item, act="same", field_email=C, field_tax_number=A, seen_email=seen, seen_tax_number=taxes
    )
    item.details["fields"]["email"]["values"][B] = "new@x.example"
    item.save()
    text = finance.post(reverse("duplicate_desk"), sent).content.decode()
    assert not Decision.objects.exists()
    assert "These records changed while you looked" in text
    assert "new@x.example" in text.replace("<wbr>", "")
    assert f'name="field_email" value="{C}" checked' not in text
    assert f'name="field_tax_number" value="{A}" checked' in text


def test_the_slower_of_two_colleagues_is_told_and_changes_nothing(
    sign_in: SignIn, item: ReviewItem
) -> None:
    sent = form(item, act="same")
    parting.part(item.pk, "not", "tom")
    answer = sign_in("Finance").post(reverse("duplicate_desk"), sent, follow=True)
    text = answer.content.decode()
    assert "tom answered already" in text
    assert "Your answer was not kept" in text
    assert not Decision.objects.filter(choice="same").exists()


def test_an_auditor_sees_the_group_and_has_nothing_to_press(
    sign_in: SignIn, item: ReviewItem
) -> None:
    auditor = sign_in("Auditors")
    text = page(auditor)
    assert "estates@x.example" in text
    assert 'type="radio"' not in text
    assert "Make primary" not in text
    assert "Link as same" not in text.replace("“Link as same” will do", "")
    assert auditor.post(reverse("duplicate_desk"), form(item, act="same")).status_code == 403


def test_older_questions_without_records_stay_on_their_own_desk(
    sign_in: SignIn, pair: Pair, item: ReviewItem
) -> None:
    ReviewItem.objects.filter(pk=item.pk).update(details={})
    assert "No duplicates" in page(sign_in("Finance"))


def test_a_group_within_one_system_says_what_is_made_in_the_other(
    sign_in: SignIn, pair: Pair
) -> None:
    records = [party(A, "One"), party(B, "Two")]
    alone = group(pair, 3, records, {"name": ("Name", ("One", "Two"))})
    told = effect(sign_in("Finance"), alone)
    assert "Makes one new account in Salesforce with the values of A" in told
    assert "Keeps B as a further contact of it" in told
    assert "Links" not in told


def test_what_a_system_never_takes_is_not_counted_as_written(sign_in: SignIn, pair: Pair) -> None:
    records = [party(A, "One"), party(C, "One")]
    fields = {"website": ("Website", ("one.example", "two.example"))}
    told = effect(sign_in("Finance"), group(pair, 4, records, fields), field_website=C)
    assert "Writes no field to either system" in told


def test_trivial_differences_fold_and_are_never_written(sign_in: SignIn, pair: Pair) -> None:
    records = [party(A, "One Ltd"), party(C, "One Ltd")]
    fields = {
        "phone": ("Phone", ("+44 117 496 0101", "+441174960101")),
        "tax_number": ("Tax number", ("GB 611 0907 24", "611090724")),
    }
    group(pair, 7, records, fields)
    text = page(sign_in("Finance"))
    assert "2 fields are the same in all: phone, tax number" in text
    assert "Writes no field to either system" in text


def test_the_fullest_name_is_proposed(sign_in: SignIn, pair: Pair) -> None:
    records = [party(A, "Aldhelm"), party(C, "St Aldhelm’s Hospital")]
    group(pair, 8, records, {"name": ("Name", ("Aldhelm", "St Aldhelm’s Hospital"))})
    assert f'name="field_name" value="{C}" checked' in page(sign_in("Finance"))


def test_further_accounts_stand_behind_the_primary_one(sign_in: SignIn, pair: Pair) -> None:
    other = ACCOUNT.format(2)
    records = [party(A, "One"), party(C, "One"), party(other, "One Ltd")]
    asked = group(pair, 5, records, {"name": ("Name", ("One", "One", "One Ltd"))})
    told = effect(sign_in("Finance"), asked, primary=other)
    assert "Links A and C" in told
    assert "Keeps B as a further account of A" in told


def test_links_lead_to_where_a_person_merges(sign_in: SignIn, item: ReviewItem) -> None:
    text = page(sign_in("Finance"))
    for key in (A, B):
        assert f"https://go.xero.com/app/contacts/contact/{Key.parse(key).id}" in text
    assert "stays yours to do in Xero" in text


def test_past_decisions_tell_of_a_group_once(sign_in: SignIn, item: ReviewItem) -> None:
    parting.part(item.pk, "not", "tom")
    answer = sign_in("Auditors").get(reverse("past_decisions", args=["duplicate"]))
    text = answer.content.decode()
    assert text.count("St Aldhelm’s Hosp., St Aldhelms Trust, St Aldhelm’s Hospital") == 1
    assert "Not the same" in text
    assert "tom" in text


def test_the_number_of_queries_is_the_same_however_much_waits(
    sign_in: SignIn, pair: Pair, item: ReviewItem
) -> None:
    finance = sign_in("Finance")
    page(finance)
    with CaptureQueriesContext(connection) as few:
        page(finance)
    for number in range(2, 40):
        ask(pair, number)
    with CaptureQueriesContext(connection) as many:
        page(finance)
    assert len(few) == len(many) <= 25


def test_a_waiting_group_names_whose_it_is_by_the_name_they_sign_in_with(
    sign_in: SignIn, item: ReviewItem, pair: Pair
) -> None:
    client = sign_in("Finance")
    ask(pair, number=2)
    ReviewItem.objects.update(assignee=User.objects.create_user("ravi"))
    assert '<td data-l="With">ravi</td>' in page(client, item=str(item.pk))
