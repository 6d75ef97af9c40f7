"""The list of links and a link's page: found, filtered, and explained in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from sync.core.agreed import Common
from sync.models.links import dump_agreed
from tests.engine.asked import link
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db
LINKS = "admin:sync_link_changelist"


@pytest.fixture
def pair() -> Pair:
    """A pair of connections."""
    made: Pair = PairFactory.create()
    return made


@pytest.fixture
def priya(client: Client) -> User:
    """Priya of finance, signed in."""
    user = User.objects.create_user("priya", is_staff=True, first_name="Priya")
    user.groups.add(Group.objects.get(name="Finance"))
    client.force_login(user)
    return user


def titles(client: Client, name: str = LINKS, **asked: Any) -> set[str]:
    """Return what a list shows for a query."""
    page: Any = client.get(reverse(name), asked)
    return {str(row) for row in page.context["cl"].result_list}


def test_a_link_is_found_by_how_it_is_called_and_by_either_id(
    client: Client, priya: User, pair: Pair
) -> None:
    made = link(pair, 7, "Élan Vital")
    link(pair, 8, "Vital Élan")
    for asked in ("élan", "Élan v", made.salesforce_id, made.xero_id, made.xero_id.upper()):
        assert titles(client, LINKS, q=asked) == {"Élan Vital"}, asked


def test_links_are_filtered_by_flow_role_origin_and_organisation(
    client: Client, priya: User, pair: Pair
) -> None:
    other: Any = PairFactory.create()
    link(pair, 1, "Main")
    link(pair, 2, "Further", role="further", origin="person")
    link(other, 3, "Elsewhere", flow="won_opportunity_invoice")
    assert titles(client, LINKS, role__exact="further") == {"Further"}
    assert titles(client, LINKS, origin__exact="person") == {"Further"}
    assert titles(client, LINKS, flow="won_opportunity_invoice") == {"Elsewhere"}
    assert titles(client, LINKS, organisation=pair.xero_id) == {"Main", "Further"}


def test_the_reasons_of_a_link_stand_on_its_page_with_their_points(
    client: Client, priya: User, pair: Pair
) -> None:
    made = link(pair, 1, reasons=[["same tax number", 40], ["other country", -15], "linked"])
    page = client.get(reverse("admin:sync_link_change", args=[made.pk])).content.decode()
    for words in ("same tax number", "+40", "−15", "Points together", "25"):
        assert words in page


def test_reasons_that_a_match_put_into_words_are_counted_too(
    client: Client, priya: User, pair: Pair
) -> None:
    made = link(pair, 1, reasons=["same phone +20", "other words in the name −24", "linked"])
    page = client.get(reverse("admin:sync_link_change", args=[made.pk])).content.decode()
    assert "<span>same phone</span>" in page
    assert "−4" in page


def test_a_link_shows_what_was_agreed_under_the_names_people_know(
    client: Client, priya: User, pair: Pair
) -> None:
    agreed = {
        "email": Common("a@north.example", "a@north.example"),
        "delivery_city": Common(None, ""),
        "name": Common("North", "North"),
    }
    made = link(pair, 1)
    made.agreed = dump_agreed(agreed)
    made.save()
    page = client.get(reverse("admin:sync_link_change", args=[made.pk])).content.decode()
    assert page.index(">Name<") < page.index(">Billing e-mail<")
    assert "Delivery city" not in page
