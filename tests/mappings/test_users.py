"""The owner of new deals is chosen from the org's active users; who is not active is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from connections.organisations import lists_of
from mappings import choices, drafting, fitting, words
from mappings.models import ValueRow
from mappings.rules import rules_for
from sync.core.flow import TableRow
from sync.core.organisation import MOST_USERS, Reference, User
from sync.engine import mending
from sync.flows.registry import every_flow
from sync.models import ReviewItem
from tests.mappings.conftest import Org, publish, seen

QUOTES = every_flow()["quote_opportunity"]
OWNER = words.tables_of(QUOTES)["owner"]
IDA, OLU, TWIN, LEFT = (f"0055e00000000{n}AAA" for n in ("01", "02", "03", "04"))
FEW = (
    User(IDA, "Ida Tann", "ida@fernhill.example"),
    User(OLU, "Olu Bako", "olu@fernhill.example"),
    User(TWIN, "Olu Bako", "olu.bako@fernhill.example"),
)
MANY = tuple(User(f"005x{n:011}AAA", f"Aa {n}", f"{n}@x.example") for n in range(MOST_USERS + 1))


def knows(pair: Pair, org: Org, users: tuple[User, ...]) -> None:
    """Let the org have been read with these users; Salesforce knows the few, and who left."""
    read = Reference(datetime.now(UTC), "Fernhill", "GB", "GBP", "Europe/London", users=users)
    pair.salesforce.organisation = {"lists": lists_of(read)}
    pair.salesforce.organisation_name = "Fernhill"
    pair.salesforce.save()
    org.always = (*org.always, "IsActive", "Username")
    for user in FEW:
        values = {"Id": user.id, "Name": user.name, "Username": user.username, "IsActive": True}
        org.put("User", user.id, values)
    left = {"Id": LEFT, "Name": "Lea Left", "Username": "lea@fernhill.example", "IsActive": False}
    org.put("User", LEFT, left)


def row_of(pair: Pair) -> ValueRow:
    return ValueRow.objects.get(pair=pair, flow=QUOTES.key, table="owner")


def page(client: Client, pair: Pair) -> str:
    address = reverse("admin:mappings_table", args=[pair.pk, QUOTES.key, "owner"])
    return client.get(f"{address}?row={row_of(pair).pk}").content.decode()


def save(client: Client, pair: Pair, value: str) -> str:
    """Save the row; return what stands beside it where it is refused."""
    place = f"row:{row_of(pair).pk}"
    typed: dict[str, Any] = {"act": "save", "row": place[4:], "active": "on", "value": value}
    typed["seen"] = seen(pair, QUOTES.key, place)
    address = reverse("admin:mappings_table", args=[pair.pk, QUOTES.key, "owner"])
    answer = client.post(address, typed)
    return "" if answer.status_code == 302 else answer.content.decode()


def drafted(pair: Pair) -> str:
    draft = drafting.draft_of(pair, QUOTES.key)
    return str(draft.places[f"row:{row_of(pair).pk}"]["value"])


def test_active_users_are_chosen_by_name_and_those_of_one_name_told_apart(
    finance: Client, pair: Pair, org: Org
) -> None:
    knows(pair, org, FEW)
    offered = dict(choices.values_of(pair, OWNER))
    assert (offered[IDA], offered["=account"]) == ("Ida Tann", "the owner of the account")
    assert offered[TWIN] == "Olu Bako (olu.bako@fernhill.example)"
    shown = page(finance, pair)
    assert f'<option value="{IDA}">Ida Tann</option>' in shown
    assert save(finance, pair, IDA) == ""
    assert drafted(pair) == IDA
    assert (
        'data-l="Gives">Ida Tann</td>'
        in finance.get(
            reverse("admin:mappings_table", args=[pair.pk, QUOTES.key, "owner"])
        ).content.decode()
    )


def test_who_is_not_active_is_refused_on_saving(finance: Client, pair: Pair, org: Org) -> None:
    knows(pair, org, FEW)
    assert "is not in use in Fernhill" in save(finance, pair, LEFT)
    assert drafted(pair) == "=account"
    assert fitting.value_misfits(pair, OWNER, TableRow("owner", IDA[:15])) == []


@pytest.mark.parametrize("said", ["Ida Tann", "ida tann", "ida@fernhill.example", IDA, IDA[:15]])
def test_where_there_are_many_one_is_found_by_name_user_name_or_id(
    finance: Client, pair: Pair, org: Org, said: str
) -> None:
    knows(pair, org, MANY)
    assert '<select name="value"' not in page(finance, pair)
    org.put("User", IDA[:15], org.records["User", IDA].values)  # Salesforce takes either id
    if said != IDA[:15]:
        del org.records["User", IDA[:15]]
    assert save(finance, pair, said) == ""
    assert drafted(pair)[:15] == IDA[:15]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Lea Left", "is not active in Salesforce any more"),
        (LEFT, "is not active in Salesforce any more"),
        ("Nobody", "is no user of this Salesforce"),
        ("Olu Bako", "Give one’s user name: olu.bako@fernhill.example, olu@fernhill.example."),
    ],
)
def test_where_there_are_many_who_is_not_one_active_user_is_refused(
    finance: Client, pair: Pair, org: Org, said: str, told: str
) -> None:
    knows(pair, org, MANY)
    assert told in save(finance, pair, said)
    assert drafted(pair) == "=account"


def test_a_silent_salesforce_keeps_a_name_from_being_saved(
    finance: Client, pair: Pair, org: Org
) -> None:
    knows(pair, org, MANY)
    page(finance, pair)
    org.silent = True
    assert "could not be looked for. Salesforce does not answer." in save(finance, pair, "Ida Tann")


@pytest.mark.parametrize("users", [FEW, MANY])
def test_the_nightly_check_tells_of_an_owner_who_left_and_ends_with_a_new_one(
    pair: Pair, org: Org, users: tuple[User, ...]
) -> None:
    for owner, open_ones in ((LEFT, 1), (IDA, 0)):
        knows(pair, org, users)
        place, draft = f"row:{row_of(pair).pk}", drafting.draft_of(pair, QUOTES.key)
        after = {**draft.places[place], "value": owner}
        drafting.save(pair, QUOTES.key, place, after, seen=draft.seen(place), by="priya")
        publish(pair, QUOTES.key)
        assert rules_for(pair, QUOTES.key)
        assert mending.check(pair, QUOTES, org.open)
        asked = ReviewItem.objects.filter(state="open", cause="mapping:table:owner")
        assert asked.count() == open_ones
