"""Connecting and pairing from the command line, against the sandbox."""

import io
import json
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from connections.models import Connection, Credential, Pair
from sandbox.server import Box, running
from sandbox.xero.defaults import set_up_organisation
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A Xero with one organisation, and the apps' secrets in the environment."""
    monkeypatch.setenv("XERO_SECRET", "sandbox-xero-secret")
    monkeypatch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
    monkeypatch.setenv("WRONG", "wrong-secret")
    with running(systems=["xero"]) as box:
        set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB")
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        yield box


def run(*arguments: str) -> str:
    """Run the command; return what it prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def xero(*more: str, secret: str = "XERO_SECRET", name: str = "Books") -> str:
    return run(
        "connect", "xero", "--name", name, "--client-id", "sandbox-xero",
        "--secret-env", secret, *more,
    )  # fmt: skip


def salesforce(*more: str) -> str:
    return run(
        "connect", "salesforce", "--name", "Sales", "--host", "http://127.0.0.1:1",
        "--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET", *more,
    )  # fmt: skip


def test_a_custom_connection_is_connected_with_its_facts(box: Box) -> None:
    said = json.loads(xero("--json"))
    assert (said["organisation"], said["currency"], said["country"]) == (
        "Fernhill Surveys Ltd",
        "GBP",
        "GB",
    )
    row = Connection.objects.get()
    assert row.is_usable
    assert row.tenant_id == ""
    assert row.organisation_id in box.world.table("xero", "Organisation")
    assert row.organisation_read_at is not None


def test_connecting_a_known_name_again_changes_its_credential_only(box: Box) -> None:
    xero()
    first = Connection.objects.get()
    xero()
    again = Connection.objects.get()
    assert (again.pk, again.created_at) == (first.pk, first.created_at)
    assert again.credential_id != first.credential_id
    assert Credential.objects.count() == 1


def test_connecting_again_ends_being_broken_or_disconnected(box: Box) -> None:
    xero()
    Credential.objects.update(broken_since="2026-11-01T00:00Z")
    Connection.objects.update(disconnected_at="2026-11-01T00:00Z")
    xero()
    assert Connection.objects.get().is_usable


def test_a_wrong_secret_is_told_and_nothing_is_saved(box: Box) -> None:
    with pytest.raises(CommandError, match=r"client id and secret.*Nothing was saved"):
        xero(secret="WRONG")
    assert Connection.objects.count() == Credential.objects.count() == 0


def test_a_wrong_secret_leaves_a_known_connection_working(box: Box) -> None:
    xero()
    with pytest.raises(CommandError):
        xero(secret="WRONG")
    assert Connection.objects.get().is_usable
    assert Credential.objects.count() == 1
    assert Credential.objects.get().client_secret == "sandbox-xero-secret"


def test_a_sign_in_whose_organisation_cannot_be_read_saves_nothing(box: Box) -> None:
    box.faults.add(system="xero", path="/api.xro/*", status=503)
    with pytest.raises(CommandError, match="Nothing was saved"):
        xero()
    assert Connection.objects.count() == Credential.objects.count() == 0


def test_the_same_organisation_is_not_connected_under_two_names(box: Box) -> None:
    xero()
    with pytest.raises(CommandError, match="connected already, as “Books”"):
        xero(name="Other")
    assert Connection.objects.count() == 1


def test_a_name_of_the_other_system_is_refused(box: Box) -> None:
    pairable()
    with pytest.raises(CommandError, match="is the name of a Salesforce connection"):
        xero(name="Sales")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--secret-env", "NOT_SET"], "variable NOT_SET is not set"),
        (["--host", "http://example.com"], "--host: .* must be https"),
        (["--grant", "jwt"], "--username: This is needed"),
        (["--grant", "jwt", "--key-file", "/nowhere"], "--key-file: /nowhere cannot be read"),
        ([], "Salesforce did not answer"),
    ],
)
def test_wrong_options_are_told_in_a_sentence(box: Box, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        salesforce(*arguments)
    assert Connection.objects.count() == Credential.objects.count() == 0


def pairable() -> None:
    make_connection(
        make_credential(system="salesforce", host="https://a.my.salesforce.com"),
        name="Sales",
        organisation_id="",
    )
    make_connection(name="Books")


def test_a_pair_is_made_once() -> None:
    pairable()
    assert "is a pair." in run("pair", "Sales", "Books")
    assert "is a pair already." in run("pair", "Sales", "Books")
    assert Pair.objects.get().name == "Sales + Books"


def test_a_pair_is_told_as_json() -> None:
    pairable()
    assert json.loads(run("pair", "Sales", "Books", "--name", "UK", "--json")) == {
        "name": "UK",
        "salesforce": "Sales",
        "xero": "Books",
        "made": True,
        "active": True,
    }


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Nobody", "Books"), "no connection “Nobody”. Salesforce connections: Sales"),
        (("Books", "Sales"), "“Books” is not a Salesforce connection"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_ones(names: tuple[str, str], words: str) -> None:
    pairable()
    with pytest.raises(CommandError, match=words):
        run("pair", *names)


def test_a_mixed_pair_is_refused() -> None:
    pairable()
    Connection.objects.filter(name="Books").update(environment="demo")
    with pytest.raises(CommandError, match="cannot be kept in step"):
        run("pair", "Sales", "Books")
    assert Pair.objects.count() == 0
