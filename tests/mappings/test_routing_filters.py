"""Every list, desk and the home page can be narrowed to one of several organisations."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from tests.factories import PairFactory
from tests.mappings.organised import DESKS, LISTS, link, problem, switch, write
from tests.mappings.routed import australia, uk
from tests.mappings.routed_pages import words

__all__ = ["australia", "uk"]


@pytest.fixture
def finance(db: None) -> Client:
    user = User.objects.create(username="priya", is_staff=True)
    user.groups.add(Group.objects.get(name="Finance"), Group.objects.get(name="Administrators"))
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, name: str, query: str) -> str:
    address = reverse(name, args=["conflict"] if name == "past_decisions" else [])
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", [*LISTS, *DESKS])
def test_a_page_is_narrowed_to_an_organisation_in_words(
    finance: Client, uk: Pair, australia: Pair, name: str
) -> None:
    make = {**LISTS, **DESKS}[name]
    make(uk, "Alphaville")
    make(australia, "Bravotown")
    both = shown(finance, name, "")
    assert "Fernhill UK" in words(both)
    assert "Fernhill Australia" in words(both)
    chosen = f"organisation={uk.xero_id}" if name in LISTS else f"pair={uk.pk}"
    one = shown(finance, name, chosen)
    main = words(one)
    assert "Alphaville" in main or name == "admin:sync_run_changelist"
    assert "Bravotown" not in main
    assert "Alphaville" not in words(shown(finance, name, chosen.replace("=", "=999")))


@pytest.mark.parametrize(
    "name", [*LISTS, *DESKS, "admin:index", "admin:sync_flowswitch_changelist"]
)
def test_with_one_organisation_there_is_nothing_to_choose(
    finance: Client, uk: Pair, name: str
) -> None:
    {**LISTS, **DESKS, "admin:index": link, "admin:sync_flowswitch_changelist": switch}[name](
        uk, "Alphaville"
    )
    page = shown(finance, name, "")
    assert "Every organisation" not in page
    assert "organisation=" not in page
    assert f"?pair={uk.pk}" not in page.replace(f"first-steps/?pair={uk.pk}", "")


@pytest.mark.parametrize("name", [*LISTS, *DESKS, "admin:index"])
def test_an_organisation_in_two_pairs_is_named_so_that_no_name_stands_twice(
    finance: Client, uk: Pair, australia: Pair, name: str
) -> None:
    second = PairFactory.create(name="Second org", xero=uk.xero)
    make = {**LISTS, **DESKS, "admin:index": link}[name]
    for number, pair in enumerate((uk, australia, second)):
        make(pair, f"Charlie{number}")
    page = shown(finance, name, "")
    if name in LISTS:
        assert page.count(f"organisation={uk.xero_id}") + page.count(f'value="{uk.xero_id}"') == 1
    else:
        assert "Fernhill UK (UK)" in words(page)
        assert "Fernhill UK (Second org)" in words(page)


@pytest.mark.parametrize("name", [name for name in LISTS if name != "admin:sync_run_changelist"])
def test_the_organisation_is_kept_while_paging(
    finance: Client, uk: Pair, australia: Pair, name: str
) -> None:
    for number in range(53):
        LISTS[name](uk, f"Alphaville{number}")
    LISTS[name](australia, "Bravotown")
    page = shown(finance, name, f"organisation={uk.xero_id}")
    kept = f"organisation={uk.xero_id}"
    if name == "admin:sync_reviewitem_changelist":
        assert f"{kept}&amp;item=" in page or f"{kept}&item=" in page
        assert f"?tab=solved&amp;{kept}" in page
        return
    assert "p=2" in page
    following = shown(finance, name, f"{kept}&p=2")
    assert "Alphaville" in words(following)
    assert "Bravotown" not in words(following)
    assert kept in page.replace("&amp;", "&").split("p=2")[0][-200:] or kept in page


def test_home_is_narrowed_with_its_figures_its_connections_and_where_they_lead(
    finance: Client, uk: Pair, australia: Pair
) -> None:
    problem(uk, "Alphaville")
    problem(australia, "Bravotown")
    problem(australia, "Bravotown 2")
    write(uk, "One")
    switch(uk, "Alphaville")
    switch(australia, "Bravotown")
    assert "3 questions wait" in words(shown(finance, "admin:index", ""))
    page = shown(finance, "admin:index", f"pair={uk.pk}")
    told = words(page)
    assert "One question waits for you in Fernhill UK." in told
    assert "1 write" in told
    assert "GBP 7.00" in told
    main = page.split('class="cp"')[1]
    assert "Fernhill Australia" in main  # as a choice alone
    assert main.count("Fernhill Australia") == 1
    assert f"organisation={uk.xero_id}" in page
    other = words(shown(finance, "admin:index", f"pair={australia.pk}"))
    assert "2 questions wait" in other
    assert "0 writes" in other
    assert "GBP 14.00" in other


def test_flows_are_narrowed_to_an_organisation(finance: Client, uk: Pair, australia: Pair) -> None:
    switch(uk, "Alphaville")
    switch(australia, "Bravotown")
    page = words(shown(finance, "admin:sync_flowswitch_changelist", f"organisation={uk.xero_id}"))
    assert "Contacts" in page
    assert "1 flow switch" in page or "Payment status" not in page.split("All")[-1]


def test_nothing_of_another_organisation_is_found_by_a_number_that_is_none(
    finance: Client, uk: Pair, australia: Pair
) -> None:
    link(uk, "Alphaville")
    for asked in ("x", "-1", "²", "99999999999999999999"):
        page = words(shown(finance, "admin:sync_link_changelist", f"organisation={asked}"))
        assert "Alphaville" not in page


@pytest.mark.parametrize("name", DESKS)
def test_a_desk_with_nothing_for_an_organisation_still_offers_the_others(
    finance: Client, uk: Pair, australia: Pair, name: str
) -> None:
    DESKS[name](uk, "Alphaville")
    told = words(shown(finance, name, f"pair={australia.pk}"))
    assert "Alphaville" not in told
    assert "Fernhill UK" in told
