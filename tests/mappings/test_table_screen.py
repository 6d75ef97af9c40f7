"""The screen of a value table: rows in order, conditions without JSON, the rest never forgotten."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings.models import ValueRow
from mappings.rules import rules_for
from sync.core.flow import Condition
from sync.core.likeness.rules import match_rules
from tests.mappings.conftest import Org

KEY = "won_opportunity_invoice"


def page(pair: Pair, table: str = "status") -> str:
    return reverse("admin:mappings_table", args=[pair.pk, KEY, table])


def rows(pair: Pair, table: str = "status") -> list[ValueRow]:
    return list(ValueRow.objects.filter(pair=pair, table=table).order_by("position", "id"))


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def post(client: Client, pair: Pair, table: str = "status", **typed: str) -> str:
    answer = client.post(page(pair, table), {"active": "on", **typed})
    assert answer.status_code in (200, 302), answer.status_code
    return answer.content.decode().replace("&#x27;", "'")


SMALL = {"path_0": "=amount", "operator_0": "below", "wanted_0": "1000"}


@pytest.fixture
def small(administrator: Client, pair: Pair) -> ValueRow:
    post(administrator, pair, act="add", name="Small ones", value="AUTHORISED", **SMALL)
    return ValueRow.objects.get(name="Small ones")


def test_every_table_of_the_flow_has_its_page(administrator: Client, pair: Pair) -> None:
    for table in ("account_code", "tax_type", "payment_terms", "status", "theme", "tracking_2"):
        assert "the first row that fits decides" in shown(administrator, page(pair, table))
    assert administrator.get(page(pair, "nonsense")).status_code == 404


def test_rows_are_read_in_words(administrator: Client, pair: Pair, small: ValueRow) -> None:
    text = shown(administrator, page(pair))
    assert "the amount is below 1000" in text
    assert "approved, awaiting payment" in text
    assert "in all other cases" in text
    assert "{&quot;" not in text


def test_points_of_matching_are_edited_in_words(administrator: Client, pair: Pair) -> None:
    address = reverse("admin:mappings_table", args=[pair.pk, "account_contact", "match_points"])
    (phone,) = [r for r in rows(pair, "match_points") if r.conditions[0]["value"] == "phone"]
    text = shown(administrator, f"{address}?row={phone.pk}")
    assert "This row is about" in text
    assert "same shared mailbox" in text
    assert "=evidence is" not in text
    assert "none for all other cases" not in text
    typed = {"row": str(phone.pk), "act": "save", "name": phone.name, "value": "33", "active": "on"}
    asked = {"path_0": "=evidence", "operator_0": "is", "wanted_0": "phone"}
    administrator.post(address, typed | asked)
    assert match_rules(rules_for(pair, "account_contact")).points.phone == 33
    assert "Shipped: 20, when same phone" in shown(administrator, address)


def test_a_new_row_is_tried_before_the_row_for_the_rest(pair: Pair, small: ValueRow) -> None:
    table = rules_for(pair, KEY).table("status")
    assert [row.value for row in table] == ["AUTHORISED", "DRAFT"]
    assert table[0].when == (Condition("=amount", "below", "1000"),)


def test_rows_can_be_tried_earlier_and_later(
    administrator: Client, pair: Pair, small: ValueRow
) -> None:
    post(administrator, pair, row=str(small.pk), act="down")
    assert [row.value for row in rows(pair)] == ["DRAFT", "AUTHORISED"]
    assert "never reached" in shown(administrator, page(pair))
    post(administrator, pair, row=str(small.pk), act="down")
    post(administrator, pair, row=str(small.pk), act="up")
    assert [row.value for row in rows(pair)] == ["AUTHORISED", "DRAFT"]


def test_moving_a_row_counts_as_a_change(
    administrator: Client, pair: Pair, small: ValueRow
) -> None:
    version = rules_for(pair, KEY).version
    post(administrator, pair, row=str(small.pk), act="down")
    assert rules_for(pair, KEY).version == version + 1


def test_up_to_three_conditions_hold_together(
    administrator: Client, pair: Pair, small: ValueRow
) -> None:
    more = {
        "path_1": "StageName",
        "operator_1": "in",
        "wanted_1": "Won; Signed",
        "path_2": "Description",
        "operator_2": "is not",
        "wanted_2": "",
    }
    post(
        administrator,
        pair,
        row=str(small.pk),
        act="save",
        value="DRAFT",
        seen=small.changed_at.isoformat(),
        **SMALL,
        **more,
    )
    text = shown(administrator, page(pair))
    assert "StageName is one of Won or Signed" in text
    assert "Description is not empty" in text
    assert len(rows(pair)[0].conditions) == 3


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value": "PAID"}, "cannot stand here"),
        ({"value": ""}, "Say which value it gives"),
        ({"wanted_0": "a lot"}, "plain number"),
        ({"operator_0": "resembles"}, "not one of the available choices"),
        ({"path_0": ""}, "Name the field that is asked for"),
        ({"path_0": "StageNam"}, "Did you mean StageName?"),
        ({"path_0": "=total"}, "is unknown"),
    ],
)
def test_a_wrong_row_is_not_saved_and_says_why(
    administrator: Client, pair: Pair, typed: dict[str, str], sentence: str
) -> None:
    text = post(administrator, pair, act="add", **{"value": "DRAFT", **SMALL, **typed})
    assert sentence in text
    assert len(rows(pair)) == 1


def test_a_table_without_a_row_for_the_rest_warns(administrator: Client, pair: Pair) -> None:
    (rest,) = rows(pair)
    seen = rest.changed_at.isoformat()
    post(administrator, pair, row=str(rest.pk), act="save", seen=seen, value="DRAFT", **SMALL)
    assert "there is none for all other cases" in shown(administrator, page(pair))


def test_a_shipped_row_goes_back_and_cannot_be_deleted(administrator: Client, pair: Pair) -> None:
    (rest,) = rows(pair)
    seen = rest.changed_at.isoformat()
    post(administrator, pair, row=str(rest.pk), act="save", seen=seen, value="AUTHORISED")
    assert "Shipped: a draft" in shown(administrator, page(pair))
    answer = administrator.post(page(pair), {"row": rest.pk, "act": "delete"})
    assert answer.status_code == 403
    post(administrator, pair, row=str(rest.pk), act="shipped")
    assert rows(pair)[0].value == "DRAFT"
    assert not rows(pair)[0].is_edited


def test_a_row_of_one_s_own_can_be_deleted_and_that_is_logged(
    administrator: Client, pair: Pair, small: ValueRow
) -> None:
    opened = shown(administrator, f"{page(pair)}?row={small.pk}")
    assert opened.index('value="save"') < opened.index('id="delete-row"')
    post(administrator, pair, row=str(small.pk), act="delete")
    assert [row.value for row in rows(pair)] == ["DRAFT"]
    assert "Deleted: approved" in LogEntry.objects.order_by("-pk")[0].change_message


def test_a_colleague_who_was_faster_is_not_overwritten(
    administrator: Client, pair: Pair, small: ValueRow
) -> None:
    seen = small.changed_at.isoformat()
    small.value = "SUBMITTED"
    small.save()
    text = post(
        administrator, pair, row=str(small.pk), act="save", seen=seen, value="DRAFT", **SMALL
    )
    assert "changed this row meanwhile" in text
    assert rows(pair)[0].value == "SUBMITTED"


def test_values_of_the_organisation_are_offered_by_name(
    administrator: Client, pair: Pair, org: Org
) -> None:
    pair.xero.organisation = {"lists": {"accounts": [["200", "Sales"]]}, "currencies": ["GBP"]}
    pair.xero.save()
    ValueRow.objects.filter(table="account_code").update(value="200")
    text = shown(administrator, f"{page(pair, 'account_code')}?add=1")
    assert '<option value="200">Sales</option>' in text
    assert "200 Sales" in text
    assert '<option value="GBP">' in shown(administrator, page(pair, "currency"))
    assert '<option value="line.Quantity">' in text


def test_an_empty_table_says_what_that_means(administrator: Client, pair: Pair) -> None:
    assert "nothing is set" in shown(administrator, page(pair, "theme"))
    assert "A new row" in shown(administrator, f"{page(pair, 'theme')}?add=1")


def test_who_may_only_look_changes_nothing(auditor: Client, pair: Pair) -> None:
    (rest,) = rows(pair)
    for address in (page(pair), f"{page(pair)}?row={rest.pk}", f"{page(pair)}?add=1"):
        assert 'name="act"' not in shown(auditor, address)
    for act in ("add", "save", "up", "down", "shipped", "keep", "delete"):
        answer = auditor.post(page(pair), {"row": rest.pk, "act": act, "value": "SUBMITTED"})
        assert answer.status_code == 403
    assert [row.value for row in rows(pair)] == ["DRAFT"]


def test_addresses_of_rows_and_tables_lead_to_the_table(administrator: Client, pair: Pair) -> None:
    (rest,) = rows(pair)
    change = reverse("admin:mappings_valuerow_change", args=[rest.pk])
    assert administrator.get(change)["Location"] == f"{page(pair)}?row={rest.pk}#row-{rest.pk}"
    changelist = reverse("admin:mappings_valuerow_changelist")
    asked = administrator.get(changelist, {"pair": str(pair.pk), "flow": KEY, "table": "tax_type"})
    assert asked["Location"] == page(pair, "tax_type")
    add = reverse("admin:mappings_valuerow_add")
    assert administrator.get(add)["Location"] == reverse("admin:mappings_fieldmapping_changelist")
