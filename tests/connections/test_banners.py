"""What every screen says of sign-ins that ended or will end soon."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connections import banners
from connections.organisations import LOST
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> object:
    return timezone.now() - timedelta(days=days)


def test_nothing_is_said_while_all_is_well() -> None:
    make_connection()
    assert banners.current() == []


def test_an_ended_sign_in_says_why_and_leads_to_connecting_again() -> None:
    credential = make_credential(broken_since=timezone.now(), broken_reason="Xero has ended it.")
    connection = make_connection(credential, name="Books")
    (banner,) = banners.current()
    assert banner.level == "bad"
    assert "Books" in banner.fact
    assert "Xero has ended it." in banner.meaning
    assert banner.address == f"/connections/{connection.pk}/reconnect/"


@pytest.mark.parametrize(("days", "warned"), [(49, False), (51, True), (59, True)])
def test_a_sign_in_with_less_than_ten_days_left_is_announced(days: int, warned: bool) -> None:
    make_connection(make_credential(refreshed_at=days_ago(days)))
    assert [banner.level for banner in banners.current()] == (["warn"] if warned else [])


def test_the_worst_comes_first() -> None:
    make_connection(make_credential(client_id="a", refreshed_at=days_ago(55)), name="A")
    make_connection(make_credential(client_id="b", broken_since=timezone.now()), name="B")
    assert [banner.level for banner in banners.current()] == ["bad", "warn"]


def test_what_a_person_disconnected_is_not_complained_about() -> None:
    ended = make_credential(broken_since=timezone.now())
    make_connection(ended, disconnected_at=timezone.now(), disconnected_why="by priya")
    assert banners.current() == []


def test_what_xero_disconnected_is() -> None:
    make_connection(disconnected_at=timezone.now(), disconnected_why=LOST)
    assert [banner.level for banner in banners.current()] == ["bad"]


def test_all_banners_cost_one_query(django_assert_num_queries: object) -> None:
    for name in "abc":
        make_connection(make_credential(client_id=name, broken_since=timezone.now()), name=name)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(banners.current()) == 3
