"""What must be said to connect is checked before anything is asked of a remote."""

import pytest

from connections.forms import AppForm
from connections.models import Grant
from sync.core.records import System
from tests.connections.conftest import make_connection, make_credential

SALESFORCE = {
    "name": "Sales",
    "grant": "client-credentials",
    "host": "https://fernhill.my.salesforce.com",
    "client_id": "app",
    "client_secret": "secret",
}
XERO = {"grant": "authorization-code", "client_id": "app", "client_secret": "secret"}


def faults(system: System, **values: str) -> list[str]:
    return sorted(AppForm(system, values).errors)


def test_complete_settings_are_accepted() -> None:
    assert faults(System.SALESFORCE, **SALESFORCE) == []
    assert faults(System.XERO, **XERO) == []


@pytest.mark.parametrize("missing", ["name", "grant", "host", "client_id", "client_secret"])
def test_what_is_missing_is_named(missing: str) -> None:
    assert missing in faults(System.SALESFORCE, **{**SALESFORCE, missing: ""})


def test_a_signed_assertion_needs_a_user_and_a_key() -> None:
    assert faults(System.SALESFORCE, **{**SALESFORCE, "grant": "jwt"}) == [
        "private_key",
        "username",
    ]


def test_a_key_that_is_none_is_refused(rsa_key: str) -> None:
    values = {**SALESFORCE, "grant": "jwt", "username": "robot@example.com"}
    assert faults(System.SALESFORCE, **values, private_key="-----BEGIN") == ["private_key"]
    assert faults(System.SALESFORCE, **values, private_key=rsa_key) == []


def test_a_user_name_and_password_are_no_way_of_signing_in() -> None:
    assert "grant" in faults(System.SALESFORCE, **{**SALESFORCE, "grant": "password"})
    assert "grant" in faults(System.XERO, **{**XERO, "grant": "jwt"})


def test_a_secret_is_never_written_into_the_page() -> None:
    form = AppForm(System.XERO, {**XERO, "client_secret": "hush-hush", "client_id": ""})
    assert "hush-hush" not in form.as_p()


@pytest.mark.django_db
def test_an_empty_secret_stays_as_it_was_for_the_same_app_and_place_only() -> None:
    former = make_connection(
        make_credential(
            system="salesforce",
            grant=Grant.CLIENT_CREDENTIALS,
            host="https://fernhill.my.salesforce.com",
            client_secret="kept",
        )
    )
    again = {**SALESFORCE, "client_secret": ""}

    def form(**values: str) -> AppForm:
        return AppForm(System.SALESFORCE, {**again, **values}, former=former)

    same = form()
    assert same.is_valid()
    assert same.credential().client_secret == "kept"
    assert form(client_id="another").errors.keys() == {"client_secret"}
    # Or the secret could be sent to whatever address somebody types.
    assert form(host="https://elsewhere.example.com").errors.keys() == {"client_secret"}
