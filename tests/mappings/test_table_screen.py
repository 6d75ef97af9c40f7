"""The screen of a value table: rows in order, conditions without JSON, the rest never forgotten."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from mappings.drafting import draft_of
from mappings.models import DraftChange, ValueRow
from mappings.rules import rules_for
from sync.core.flow import Condition
from sync.core.likeness.rules import match_rules
from tests.mappings.conftest import Org, publish, seen

KEY = "won_opportunity_invoice"


def page(pair: Pair, table: str = "status") -> str:
    return reverse("admin:mappings_table", args=[pair.pk, KEY, table])


def rows(pair: Pair, table: str = "status") -> list[dict[str, Any]]:
    """Return the rows of a table as the draft has them."""
    return [row for row in draft_of(pair, KEY).content["rows"] if row["table"] == table]


def values(pair: Pair, table: str = "status") -> list[str]:
    return [row["value"] for row in rows(pair, table)]


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
def small(administrator: Client, pair: Pair) -> str:
    """Return the key of a row that was added, drafted and published."""
    post(administrator, pair, act="add", name="Small ones", value="AUTHORISED", **SMALL)
    publish(pair, KEY)
    return str(ValueRow.objects.get(name="Small ones").pk)


def of(pair: Pair, key: str, act: str, **typed: str) -> dict[str, str]:
    """Return what a form of the row sends."""
    return {"row": key, "act": act, "seen": seen(pair, KEY, f"row:{key}"), **typed}


def test_every_table_of_the_flow_has_its_page(administrator: Client, pair: Pair) -> None:
    for table in ("account_code", "tax_type", "payment_terms", "status", "theme", "tracking_2"):
        assert "the first row that fits decides" in shown(administrator, page(pair, table))
    assert administrator.get(page(pair, "nonsense")).status_code == 404


def test_rows_are_read_in_words(administrator: Client, pair: Pair, small: str) -> None:
    text = shown(administrator, page(pair))
    assert "the amount is below 1000" in text
    assert "approved, awaiting payment" in text
    assert "in all other cases" in text
    assert "{&quot;" not in text


def test_points_of_matching_are_edited_in_words(administrator: Client, pair: Pair) -> None:
    address = reverse("admin:mappings_table", args=[pair.pk, "account_contact", "match_points"])
    every = ValueRow.objects.filter(pair=pair, table="match_points")
    (phone,) = [r for r in every if r.conditions[0]["value"] == "phone"]
    text = shown(administrator, f"{address}?row={phone.pk}")
    assert "This row is about" in text
    assert "same shared mailbox" in text
    assert "=evidence is" not in text
    assert "none for all other cases" not in text
    typed = {"row": str(phone.pk), "act": "save", "name": phone.name, "value": "33", "active": "on"}
    asked = {"path_0": "=evidence", "operator_0": "is", "wanted_0": "phone"}
    mark = seen(pair, "account_contact", f"row:{phone.pk}")
    administrator.post(address, {**typed, **asked, "seen": mark})
    publish(pair, "account_contact")
    assert match_rules(rules_for(pair, "account_contact")).points.phone == 33
    assert "Shipped: 20, when same phone" in shown(administrator, address)


def test_a_new_row_is_tried_before_the_row_for_the_rest(pair: Pair, small: str) -> None:
    table = rules_for(pair, KEY).table("status")
    assert [row.value for row in table] == ["AUTHORISED", "DRAFT"]
    assert table[0].when == (Condition("=amount", "below", "1000"),)


def test_rows_can_be_tried_earlier_and_later(administrator: Client, pair: Pair, small: str) -> None:
    post(administrator, pair, row=small, act="down")
    assert values(pair) == ["DRAFT", "AUTHORISED"]
    assert "never reached" in shown(administrator, page(pair))
    post(administrator, pair, row=small, act="down")
    post(administrator, pair, row=small, act="up")
    assert values(pair) == ["AUTHORISED", "DRAFT"]
    assert not DraftChange.objects.exists()


def test_a_new_order_decides_once_it_is_published(
    administrator: Client, pair: Pair, small: str
) -> None:
    version = rules_for(pair, KEY)
    post(administrator, pair, row=small, act="down")
    assert rules_for(pair, KEY) == version
    publish(pair, KEY)
    assert [row.value for row in rules_for(pair, KEY).table("status")] == ["DRAFT", "AUTHORISED"]
    assert rules_for(pair, KEY).version == version.version + 1


def test_up_to_three_conditions_hold_together(
    administrator: Client, pair: Pair, small: str
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
        **of(pair, small, "save", value="DRAFT"),
        **SMALL,
        **more,
    )
    text = shown(administrator, page(pair))
    assert "StageName is one of Won or Signed" in text
    assert "Description is not empty" in text
    assert len(rows(pair)[0]["conditions"]) == 3


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
    post(administrator, pair, **of(pair, rest["key"], "save", value="DRAFT"), **SMALL)
    assert "there is none for all other cases" in shown(administrator, page(pair))


def test_a_shipped_row_goes_back_and_cannot_be_deleted(administrator: Client, pair: Pair) -> None:
    (rest,) = rows(pair)
    post(administrator, pair, **of(pair, rest["key"], "save", value="AUTHORISED"))
    assert "Shipped: a draft" in shown(administrator, page(pair))
    answer = administrator.post(page(pair), of(pair, rest["key"], "delete"))
    assert answer.status_code == 403
    post(administrator, pair, **of(pair, rest["key"], "shipped"))
    assert values(pair) == ["DRAFT"]


def test_a_row_of_one_s_own_is_deleted_by_publishing(
    administrator: Client, pair: Pair, small: str
) -> None:
    opened = shown(administrator, f"{page(pair)}?row={small}")
    assert opened.index('value="save"') < opened.index('id="delete-row"')
    post(administrator, pair, **of(pair, small, "delete"))
    assert values(pair) == ["DRAFT"]
    assert "goes</span>" in shown(administrator, page(pair))
    assert ValueRow.objects.filter(pk=small).exists()
    publish(pair, KEY)
    assert not ValueRow.objects.filter(pk=small).exists()


def test_the_standard_way_to_delete_a_row_leads_to_its_table(
    administrator: Client, pair: Pair, small: str
) -> None:
    address = reverse("admin:mappings_valuerow_delete", args=[small])
    assert administrator.post(address, {"post": "yes"}).status_code == 302
    assert ValueRow.objects.filter(pk=small).exists()


def test_a_colleague_who_was_faster_is_not_overwritten(
    administrator: Client, finance: Client, pair: Pair, small: str
) -> None:
    old = of(pair, small, "save", value="DRAFT")
    post(finance, pair, **of(pair, small, "save", value="SUBMITTED"), **SMALL)
    text = post(administrator, pair, **old, **SMALL)
    assert "finance changed this row meanwhile" in text
    assert values(pair)[0] == "SUBMITTED"


def test_a_row_that_a_colleague_deleted_meanwhile_is_said_to_be_gone(
    administrator: Client, finance: Client, pair: Pair, small: str
) -> None:
    old = of(pair, small, "save", value="DRAFT")
    post(finance, pair, **of(pair, small, "delete"))
    assert "the row is gone" in post(administrator, pair, **old, **SMALL)
    assert values(pair) == ["DRAFT"]


def test_values_of_the_organisation_are_offered_by_name(
    administrator: Client, pair: Pair, org: Org
) -> None:
    pair.xero.organisation = {"lists": {"accounts": [["200", "Sales"]]}, "currencies": ["GBP"]}
    pair.xero.save()
    row = ValueRow.objects.get(pair=pair, flow=KEY, table="account_code")
    row.value = "200"
    row.save()
    text = shown(administrator, f"{page(pair, 'account_code')}?add=1")
    assert '<option value="200">200 Sales</option>' in text
    assert "200 Sales" in text
    assert '<option value="GBP">' in shown(administrator, page(pair, "currency"))
    assert '<option value="line.Quantity">' in text


def test_an_empty_table_says_what_that_means(administrator: Client, pair: Pair) -> None:
    assert "nothing is set" in shown(administrator, page(pair, "theme"))
    assert "A new row" in shown(administrator, f"{page(pair, 'theme')}?add=1")


def test_who_may_only_look_changes_nothing(auditor: Client, pair: Pair) -> None:
    (rest,) = rows(pair)
    for address in (page(pair), f"{page(pair)}?row={rest['key']}", f"{page(pair)}?add=1"):
        assert 'name="act"' not in shown(auditor, address)
    for act in ("add", "save", "up", "down", "shipped", "keep", "undo", "delete"):
        answer = auditor.post(page(pair), of(pair, rest["key"], act, value="SUBMITTED"))
        assert answer.status_code == 403
    assert not DraftChange.objects.exists()


def test_addresses_of_rows_and_tables_lead_to_the_table(administrator: Client, pair: Pair) -> None:
    key = rows(pair)[0]["key"]
    change = reverse("admin:mappings_valuerow_change", args=[key])
    assert administrator.get(change)["Location"] == f"{page(pair)}?row={key}#row-{key}"
    changelist = reverse("admin:mappings_valuerow_changelist")
    asked = administrator.get(changelist, {"pair": str(pair.pk), "flow": KEY, "table": "tax_type"})
    assert asked["Location"] == page(pair, "tax_type")
    add = reverse("admin:mappings_valuerow_add")
    assert administrator.get(add)["Location"] == reverse("admin:mappings_fieldmapping_changelist")


def test_values_tried_in_turn_are_chosen_from_the_organisation_s_own(
    administrator: Client, pair: Pair
) -> None:
    pair.xero.organisation = {"lists": {"accounts": [["200", "Sales"], ["260", "Other"]]}}
    pair.xero.save()
    opened = shown(administrator, f"{page(pair, 'account_code')}?add=1")
    assert opened.count('<option value="260">260 Other</option>') == 4
    chosen = {"value_0": "=item", "value_1": "260", "value_2": "", "value_3": "260"}
    post(administrator, pair, "account_code", act="add", name="Other", **chosen, **SMALL)
    assert values(pair, "account_code")[0] == "=item,260"
    wrong = {"value_0": "999", **SMALL}
    text = post(administrator, pair, "account_code", act="add", name="Wrong", **wrong)
    assert "“999” is not in use" in text


def test_a_value_that_is_chosen_alone_is_a_list(administrator: Client, pair: Pair) -> None:
    opened = shown(administrator, f"{page(pair)}?row={rows(pair)[0]['key']}")
    assert '<option value="DRAFT" selected>a draft</option>' in opened


def test_a_value_that_is_out_of_use_is_shown_as_such(administrator: Client, pair: Pair) -> None:
    key = rows(pair, "account_code")[0]["key"]
    row = ValueRow.objects.get(pk=key)
    row.value = "=item,260"
    row.save()
    pair.xero.organisation = {"lists": {"accounts": [["200", "Sales"]]}}
    pair.xero.save()
    opened = shown(administrator, f"{page(pair, 'account_code')}?row={key}")
    assert "260 (not in use any more)" in opened
