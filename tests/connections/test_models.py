"""Connections and pairs: what can be used, how long it lasts, and what may not be mixed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from connections.models import Connection, Credential, Grant, Pair
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db


def salesforce(**values: object) -> Connection:
    """Return a saved Salesforce connection."""
    credential = make_credential(system="salesforce", host="https://a.my.salesforce.com")
    return make_connection(credential, **({"name": "Sales", "organisation_id": ""} | values))


def test_a_connection_is_usable_until_something_stops_it() -> None:
    connection = make_connection()
    assert connection.is_usable
    connection.paused_at = timezone.now()
    assert not connection.is_usable
    connection.paused_at, connection.disconnected_at = None, timezone.now()
    assert not connection.is_usable
    connection.disconnected_at = None
    connection.credential.broken_since = timezone.now()
    assert not connection.is_usable


@pytest.mark.parametrize(("days", "left"), [(0, 59), (50, 9), (59.5, 0), (61, 0)])
def test_a_xero_sign_in_lasts_sixty_days_from_its_last_refresh(days: float, left: int) -> None:
    refreshed_at = timezone.now() - timedelta(days=days, seconds=1)
    assert make_connection(make_credential(refreshed_at=refreshed_at)).days_left == left


def test_an_app_that_signs_in_by_itself_has_no_days_to_count() -> None:
    own = make_credential(grant=Grant.CLIENT_CREDENTIALS)
    assert make_connection(own).days_left is None
    assert salesforce().days_left is None


def test_one_organisation_is_connected_once() -> None:
    make_connection(organisation_id="tenant-1")
    with pytest.raises(IntegrityError):
        make_connection(make_credential(client_id="b"), organisation_id="tenant-1")


def test_one_person_and_app_have_one_row_of_xero_tokens() -> None:
    make_credential(remote_user="user-1")
    with pytest.raises(IntegrityError):
        make_credential(remote_user="user-1")


def test_one_salesforce_org_may_stand_in_several_pairs() -> None:
    sales = salesforce()
    for name in ("Ltd", "Pty", "Inc"):
        books = make_connection(make_credential(client_id=name), name=name)
        pair = Pair(name=name, salesforce=sales, xero=books)
        pair.full_clean()
        pair.save()
    assert sales.pairs_as_salesforce.count() == 3


def test_the_same_two_connections_make_one_pair_only() -> None:
    sales, books = salesforce(), make_connection()
    Pair.objects.create(name="one", salesforce=sales, xero=books)
    with pytest.raises(ValidationError, match="a pair already"):
        Pair(name="two", salesforce=sales, xero=books).full_clean()


@pytest.mark.parametrize(
    ("sales", "books", "fits"),
    [
        ("production", "production", True),
        ("sandbox", "demo", True),
        ("sandbox", "sandbox", True),
        ("production", "demo", False),
        ("production", "sandbox", False),
        ("sandbox", "production", False),
    ],
)
def test_real_books_are_never_paired_with_a_rehearsal(sales: str, books: str, fits: bool) -> None:
    pair = Pair(
        name="pair",
        salesforce=salesforce(environment=sales),
        xero=make_connection(environment=books),
    )
    if fits:
        pair.full_clean()
    else:
        with pytest.raises(ValidationError, match="cannot be kept in step"):
            pair.full_clean()


def test_a_pair_needs_one_of_each_system() -> None:
    books = make_connection()
    with pytest.raises(ValidationError, match="one Salesforce connection and one Xero"):
        Pair(name="pair", salesforce=books, xero=books).clean()


def test_a_credential_never_shows_a_secret_in_its_name() -> None:
    row = make_credential(client_secret="hush-hush", access_token="token-token")
    assert "hush" not in f"{row} {row!r}"
    assert "token-token" not in f"{row} {row!r}"
    assert Credential.objects.get(pk=row.pk).client_secret == "hush-hush"
