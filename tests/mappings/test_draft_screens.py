"""The pages of the draft and of the versions: what would change, who may publish, going back."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from connections.models import Pair
from mappings import content, drafting
from mappings.models import DraftChange, PublishedRules, ValueRow
from mappings.rules import rules_for
from tests.factories import PairFactory
from tests.mappings.conftest import Org, publish, seen

KEY = "won_opportunity_invoice"
DATE = "field:date"


def address(pair: Pair, name: str, *more: object) -> str:
    return reverse(f"admin:mappings_{name}", args=[pair.pk, KEY, *more])


def shown(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def draft(pair: Pair, source: str, by: str = "priya") -> None:
    parts = drafting.draft_of(pair, KEY).places[DATE]
    mark = seen(pair, KEY, DATE)
    drafting.save(pair, KEY, DATE, {**parts, "source": source}, seen=mark, by=by)


def source(pair: Pair) -> str:
    rule = rules_for(pair, KEY).field("date")
    assert rule is not None
    return rule.source


def publication(pair: Pair, why: str = "As agreed") -> dict[str, str]:
    return {"act": "publish", "seen": drafting.draft_of(pair, KEY).mark, "why": why}


def test_the_page_shows_before_and_after_and_who(finance: Client, pair: Pair) -> None:
    draft(pair, "Id")
    text = shown(finance, address(pair, "draft"))
    assert "<del>CloseDate, as it is" in text
    assert "<ins>Id, as it is" in text
    assert "priya" in text


def test_rows_added_moved_and_taken_away_are_told_too(finance: Client, pair: Pair) -> None:
    row = {"table": "status", "name": "Small", "value": "AUTHORISED", "active": True}
    small = [{"path": "=amount", "operator": "below", "value": "1000"}]
    drafting.add_row(pair, KEY, {**row, "conditions": small}, "tom")
    drafting.add_row(pair, KEY, {**row, "name": "Tiny", "conditions": small}, "tom")
    publish(pair, KEY)
    keys = drafting.draft_of(pair, KEY).in_force["order:status"]
    drafting.move_row(pair, KEY, keys[1], -1, "tom")
    drafting.save(
        pair, KEY, f"row:{keys[0]}", None, seen=seen(pair, KEY, f"row:{keys[0]}"), by="tom"
    )
    drafting.add_row(pair, KEY, {**row, "name": "New", "conditions": small}, "tom")
    text = shown(finance, address(pair, "draft"))
    for word in ("added", "removed"):
        assert f"</span>{word}</span>" in text
    assert "<del>approved, awaiting payment, when the amount is below 1000</del>" in text


def test_rows_behind_one_that_takes_everything_are_told_before_publishing(
    finance: Client, pair: Pair
) -> None:
    row = {"table": "status", "name": "Small", "value": "AUTHORISED", "active": True}
    small = [{"path": "=amount", "operator": "below", "value": "1000"}]
    key = drafting.add_row(pair, KEY, {**row, "conditions": small}, "tom")
    assert "never reached" not in shown(finance, address(pair, "draft"))
    drafting.move_row(pair, KEY, key, 1, "tom")
    assert "Status: the rows after “Every invoice starts as a draft” are never reached" in shown(
        finance, address(pair, "draft")
    )
    publish(pair, KEY)
    draft(pair, "Id")
    assert "never reached" not in shown(finance, address(pair, "draft")), "it was so before"


def test_a_row_that_another_version_took_away_is_decided(administrator: Client, pair: Pair) -> None:
    key = drafting.draft_of(pair, KEY).in_force["order:status"][0]
    place = f"row:{key}"
    parts = drafting.draft_of(pair, KEY).places[place]
    after = {**parts, "value": "AUTHORISED"}
    drafting.save(pair, KEY, place, after, seen=seen(pair, KEY, place), by="tom")
    ValueRow.objects.get(pk=key).delete()
    text = shown(administrator, address(pair, "draft"))
    assert "not there any more" in text
    assert "1 to decide" in text
    refused = administrator.post(address(pair, "draft"), publication(pair))
    assert "choose which of the two values stands" in refused.content.decode()
    mark = content.mark(None)
    administrator.post(address(pair, "draft"), {"act": "keep", "place": place, "seen": mark})
    administrator.post(address(pair, "draft"), publication(pair))
    assert [row.value for row in rules_for(pair, KEY).table("status")] == ["AUTHORISED"]


def test_an_empty_draft_says_what_comes_here(finance: Client, pair: Pair) -> None:
    assert "The draft is empty" in shown(finance, address(pair, "draft"))


def test_finance_drafts_and_does_not_publish(finance: Client, pair: Pair) -> None:
    draft(pair, "Id")
    assert "An administrator publishes it" in shown(finance, address(pair, "draft"))
    assert finance.post(address(pair, "draft"), publication(pair)).status_code == 403
    assert source(pair) == "CloseDate"


def test_an_administrator_publishes_with_a_reason(administrator: Client, pair: Pair) -> None:
    draft(pair, "Id")
    without = administrator.post(address(pair, "draft"), publication(pair, " "))
    assert "Say why" in without.content.decode()
    done = administrator.post(address(pair, "draft"), publication(pair), follow=True)
    assert "in use from the next run on" in done.content.decode()
    assert source(pair) == "Id"


def test_an_auditor_sees_the_draft_and_changes_nothing(auditor: Client, pair: Pair) -> None:
    draft(pair, "Id")
    assert 'name="act"' not in shown(auditor, address(pair, "draft"))
    for act in ("publish", "discard", "all", "keep"):
        answer = auditor.post(
            address(pair, "draft"), {**publication(pair), "act": act, "place": DATE}
        )
        assert answer.status_code == 403
    assert DraftChange.objects.count() == 1


def test_a_draft_that_changed_while_it_was_read_is_looked_at_again(
    administrator: Client, pair: Pair
) -> None:
    draft(pair, "Id")
    old = publication(pair)
    draft(pair, "Name", by="tom")
    answer = administrator.post(address(pair, "draft"), old)
    assert "tom changed it while you looked" in answer.content.decode()
    assert source(pair) == "CloseDate"


def test_a_field_that_is_gone_from_salesforce_stops_the_publication(
    administrator: Client, pair: Pair, org: Org
) -> None:
    draft(pair, "Gone__c")
    text = administrator.post(address(pair, "draft"), publication(pair)).content.decode()
    assert "Not published" in text
    assert "Gone__c" in text
    assert source(pair) == "CloseDate"


def test_one_change_or_all_are_taken_out(finance: Client, pair: Pair) -> None:
    for act in ("discard", "all"):
        draft(pair, "Id")
        now = drafting.draft_of(pair, KEY)
        mark = now.mark if act == "all" else now.seen(DATE)
        sent = {"act": act, "place": DATE}
        text = finance.post(address(pair, "draft"), sent, follow=True).content.decode()
        assert "Nothing was taken out" in text
        finance.post(address(pair, "draft"), {**sent, "seen": mark})
        assert not DraftChange.objects.exists()


def test_the_versions_say_who_when_and_why_and_lead_back(administrator: Client, pair: Pair) -> None:
    first = PublishedRules.objects.filter(pair=pair, flow=KEY).latest("number").number
    draft(pair, "Id")
    administrator.post(address(pair, "draft"), publication(pair))
    text = shown(administrator, address(pair, "versions"))
    assert "As agreed" in text
    assert "administrators" in text
    page = address(pair, "version", first)
    assert "<ins>CloseDate, as it is" in shown(administrator, page)
    back = {"seen": str(first + 1), "why": "It was wrong"}
    done = administrator.post(page, back, follow=True)
    assert "is in use again" in done.content.decode()
    assert source(pair) == "CloseDate"
    assert "Back to version" in shown(administrator, address(pair, "versions"))


def test_only_who_may_publish_goes_back(finance: Client, pair: Pair) -> None:
    first = PublishedRules.objects.filter(pair=pair, flow=KEY).latest("number").number
    draft(pair, "Id")
    publish(pair, KEY)
    page = address(pair, "version", first)
    assert "Go back to version" not in shown(finance, page)
    assert finance.post(page, {"seen": str(first + 1), "why": "x"}).status_code == 403
    assert source(pair) == "Id"


def test_a_version_that_never_was_is_not_found(administrator: Client, pair: Pair) -> None:
    assert administrator.get(address(pair, "version", 999)).status_code == 404


def test_every_page_costs_the_same_however_many_rows_and_pairs(
    administrator: Client, pair: Pair
) -> None:
    pages = [
        address(pair, "fields"),
        address(pair, "table", "status"),
        address(pair, "draft"),
        address(pair, "versions"),
        reverse("admin:mappings_fieldmapping_changelist"),
    ]

    def costs() -> list[int]:
        found = []
        for each in pages:
            administrator.get(each)
            with CaptureQueriesContext(connection) as queries:
                administrator.get(each)
            found.append(len(queries))
        return found

    PairFactory.create()
    draft(pair, "Id")
    few = costs()
    PairFactory.create_batch(3)
    row = {"table": "status", "value": "AUTHORISED", "active": True, "conditions": []}
    for number in range(12):
        drafting.add_row(pair, KEY, {**row, "name": f"Row {number}"}, "tom")
    assert costs() == few
