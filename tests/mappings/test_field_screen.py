"""The screen of the fields: plain words, one row at a time, nothing wrong saved, nothing lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings.drafting import draft_of
from mappings.models import DraftChange, FieldMapping, ValueRow
from mappings.rules import rules_for
from tests.factories import PairFactory
from tests.mappings.conftest import Org, publish, seen

KEY = "won_opportunity_invoice"


def page(pair: Pair) -> str:
    return reverse("admin:mappings_fields", args=[pair.pk, KEY])


def row(pair: Pair, target: str) -> FieldMapping:
    return FieldMapping.objects.get(pair=pair, flow=KEY, target=target)


def draft(pair: Pair, target: str) -> Any:
    """Return the parts of a row as the draft has them."""
    return draft_of(pair, KEY).places[f"field:{target}"]


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, pair: Pair, target: str, **typed: str) -> str:
    parts = {k: str(v) for k, v in draft(pair, target).items() if k != "active"}
    values = {
        "row": str(row(pair, target).pk),
        "act": "save",
        "seen": seen(pair, KEY, f"field:{target}"),
        "active": "on",
    }
    answer = client.post(page(pair), values | parts | typed)
    assert answer.status_code in (200, 302)
    return answer.content.decode()


def test_the_page_says_in_words_where_each_field_comes_from(
    administrator: Client, pair: Pair
) -> None:
    text = shown(administrator, page(pair))
    for words in ("CloseDate", "Unit amount", "as it is", "“{Name} · {Id}”", "Payment terms"):
        assert words in text
    assert "first_non_empty" not in text


def test_a_complete_mapping_says_so(administrator: Client, pair: Pair, org: Org) -> None:
    text = shown(administrator, page(pair))
    assert "complete" in text
    assert "no such field yet" in text or org.written_back


def test_a_row_opens_in_its_place_with_words_to_choose_from(
    administrator: Client, pair: Pair
) -> None:
    text = shown(administrator, f"{page(pair)}?row={row(pair, 'date').pk}")
    assert "the first that is filled" in text
    assert '<option value="CloseDate">' in text
    assert 'value="save"' in text


def test_a_saved_row_waits_in_the_draft_and_no_run_sees_it(
    administrator: Client, pair: Pair
) -> None:
    before = rules_for(pair, KEY)
    post(administrator, pair, "date", transform="date_plus_days", argument="14")
    assert rules_for(pair, KEY) == before
    assert row(pair, "date").transform == "copy"
    text = shown(administrator, page(pair))
    assert "14 days later" in text
    assert "In use: CloseDate, as it is</p>" in text
    assert "1 change in the draft" in text


def test_a_published_row_is_in_force_and_in_its_history(administrator: Client, pair: Pair) -> None:
    version = rules_for(pair, KEY).version
    post(administrator, pair, "date", transform="date_plus_days", argument="14")
    publish(pair, KEY)
    rule = rules_for(pair, KEY).field("date")
    assert rule is not None
    assert (rule.transform, rule.argument) == ("date_plus_days", "14")
    assert rules_for(pair, KEY).version == version + 1
    assert row(pair, "date").changed_by == "administrators"
    assert "In use:" not in shown(administrator, page(pair))


def test_saving_without_a_change_drafts_nothing(administrator: Client, pair: Pair) -> None:
    post(administrator, pair, "date")
    assert not DraftChange.objects.exists()


def test_values_as_they_are_in_force_leave_the_draft(administrator: Client, pair: Pair) -> None:
    post(administrator, pair, "date", source="Id")
    post(administrator, pair, "date", source="CloseDate")
    assert not DraftChange.objects.exists()


def test_a_change_can_be_taken_out_of_the_draft(administrator: Client, pair: Pair) -> None:
    post(administrator, pair, "date", source="Id")
    sent = {"row": str(row(pair, "date").pk), "act": "undo"}
    administrator.post(page(pair), {**sent, "seen": "older"})
    assert DraftChange.objects.exists()
    administrator.post(page(pair), {**sent, "seen": seen(pair, KEY, "field:date")})
    assert draft(pair, "date")["source"] == "CloseDate"
    assert not DraftChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"transform": "date_plus_days", "argument": "soon"}, "whole number of days"),
        ({"transform": "template", "argument": "{Name"}, "needs its }"),
        ({"source": "Close Date"}, "is no field name"),
        ({"transform": "expression", "argument": "CloseDate +"}, "look for a missing sign"),
        ({"transform": "expression", "argument": "open(1)"}, "is no known way to calculate"),
        ({"transform": "expression", "argument": "CloseDte + 1"}, "Did you mean CloseDate?"),
        ({"source": "CloseDte"}, "Did you mean CloseDate?"),
        ({"transform": "template", "argument": "{Nme}", "source": ""}, "Did you mean Name?"),
    ],
)
def test_a_wrong_row_is_not_saved_and_says_why_beside_the_field(
    administrator: Client, pair: Pair, typed: dict[str, str], sentence: str
) -> None:
    text = post(administrator, pair, "date", **typed)
    assert sentence in text.replace("&#x27;", "'")
    assert all(f'value="{value}"' in text for value in typed.values() if value)
    assert not DraftChange.objects.exists()


def test_a_way_that_is_not_in_the_list_is_refused(administrator: Client, pair: Pair) -> None:
    text = post(administrator, pair, "date", transform="reverse")
    assert "not one of the available choices" in text
    assert not DraftChange.objects.exists()


def test_a_colleague_who_was_faster_is_not_overwritten(
    administrator: Client, finance: Client, pair: Pair
) -> None:
    old = seen(pair, KEY, "field:date")
    post(finance, pair, "date", source="Id")
    text = post(administrator, pair, "date", source="Name", seen=old)
    assert "finance changed this row meanwhile" in text
    assert draft(pair, "date")["source"] == "Id"


def test_what_names_no_mark_of_what_was_seen_is_not_saved(finance: Client, pair: Pair) -> None:
    assert "changed this row meanwhile" in post(finance, pair, "date", source="Id", seen="")
    assert not DraftChange.objects.exists()


def test_after_the_warning_the_same_row_can_be_saved(administrator: Client, pair: Pair) -> None:
    old = seen(pair, KEY, "field:date")
    post(administrator, pair, "date", source="Id")
    text = post(administrator, pair, "date", source="Name", seen=old)
    assert "Now it says: Id, as it is" in text
    assert f'name="seen" value="{seen(pair, KEY, "field:date")}"' in text
    post(administrator, pair, "date", source="Name")
    assert draft(pair, "date")["source"] == "Name"


def test_an_edited_row_stands_beside_what_is_shipped_and_goes_back_to_it(
    administrator: Client, pair: Pair
) -> None:
    post(administrator, pair, "date", source="Id")
    publish(pair, KEY)
    text = shown(administrator, page(pair))
    assert "Shipped: CloseDate, as it is" in text
    assert "Back to the shipped value" in text
    sent = {"row": row(pair, "date").pk, "act": "shipped", "seen": seen(pair, KEY, "field:date")}
    administrator.post(page(pair), sent)
    assert row(pair, "date").is_edited
    publish(pair, KEY)
    assert not row(pair, "date").is_edited
    assert "Back to the shipped value" not in shown(administrator, page(pair))


def test_a_row_that_is_new_with_an_upgrade_is_taken_or_declined(
    administrator: Client, pair: Pair
) -> None:
    for act, source in (("shipped", "CloseDate"), ("keep", "Id")):
        at = row(pair, "date")
        at.source, at.offered = "Id", {**(at.shipped_as or {}), "owner": "xero"}
        at.save()
        assert "New with an upgrade: <del>CloseDate" in shown(administrator, page(pair))
        sent = {"row": at.pk, "act": act, "seen": seen(pair, KEY, "field:date")}
        administrator.post(page(pair), sent)
        if act == "shipped":
            publish(pair, KEY)
        assert (row(pair, "date").source, row(pair, "date").offered) == (source, None)


def test_what_no_row_can_change_has_no_form(administrator: Client, pair: Pair) -> None:
    post(administrator, pair, "lines", source="X", owner="xero")
    assert draft(pair, "lines")["source"] == ""
    assert draft(pair, "lines")["owner"] == "xero"


def test_a_silent_salesforce_stops_nobody_from_saving(
    administrator: Client, pair: Pair, org: Org
) -> None:
    org.silent = True
    text = shown(administrator, page(pair))
    assert "Salesforce could not be asked" in text
    post(administrator, pair, "date", source="Signed__c")
    assert draft(pair, "date")["source"] == "Signed__c"


def test_a_field_that_is_gone_from_salesforce_is_to_be_mended(
    administrator: Client, pair: Pair
) -> None:
    at = row(pair, "date")
    at.source = "Deleted__c"
    at.save()
    text = shown(administrator, page(pair))
    assert "1 to mend" in text
    assert "Salesforce shows us no field Deleted__c" in text


def test_who_may_only_look_sees_no_form_and_changes_nothing(auditor: Client, pair: Pair) -> None:
    at = row(pair, "date")
    text = shown(auditor, f"{page(pair)}?row={at.pk}")
    assert "CloseDate" in text
    assert 'name="act"' not in text
    for act in ("save", "shipped", "keep", "undo"):
        answer = auditor.post(page(pair), {"row": at.pk, "act": act, "source": "Id"})
        assert answer.status_code == 403
    assert not DraftChange.objects.exists()


def test_looking_changes_nothing(administrator: Client, pair: Pair) -> None:
    before = list(FieldMapping.objects.values()), list(ValueRow.objects.values())
    for act in ("shipped", "keep", "save"):
        administrator.get(page(pair), {"row": row(pair, "date").pk, "act": act})
    assert (list(FieldMapping.objects.values()), list(ValueRow.objects.values())) == before


def test_the_list_shows_every_pair_and_leads_to_the_mapping_it_is_asked_for(
    administrator: Client, pair: Pair
) -> None:
    changelist = reverse("admin:mappings_fieldmapping_changelist")
    PairFactory.create(name="Fernhill Australia")
    assert "Fernhill Australia" in shown(administrator, changelist)
    asked = administrator.get(changelist, {"pair": str(pair.pk), "flow": KEY, "target": "date"})
    assert asked["Location"] == f"{page(pair)}#row-date"


def test_a_row_s_own_address_and_its_history_answer(administrator: Client, pair: Pair) -> None:
    at = row(pair, "date")
    address = reverse("admin:mappings_fieldmapping_change", args=[at.pk])
    assert administrator.get(address)["Location"] == f"{page(pair)}?row={at.pk}#row-date"
    post(administrator, pair, "date", source="Id")
    address = reverse("admin:mappings_draft", args=[pair.pk, KEY])
    mark = draft_of(pair, KEY).mark
    administrator.post(address, {"act": "publish", "seen": mark, "why": "Agreed with sales"})
    history = reverse("admin:mappings_fieldmapping_history", args=[at.pk])
    assert "Agreed with sales" in shown(administrator, history)


def test_an_unknown_pair_flow_or_row_is_not_found(administrator: Client, pair: Pair) -> None:
    assert administrator.get(f"/admin/mappings/fieldmapping/of/999/{KEY}/").status_code == 404
    assert administrator.get(f"/admin/mappings/fieldmapping/of/{pair.pk}/x/").status_code == 404
    assert administrator.post(page(pair), {"row": "999", "act": "save"}).status_code == 404
