"""A person signs in to Salesforce in the browser, and apps sign in by themselves: the sandbox."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from connections import sign_in, upkeep
from connections.models import Connection, Credential
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box, running
from sync.core.errors import ConnectionBroken

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/connections/new/salesforce/"
ELSEWHERE = "00D9z000000ZzzzEAA"
BACK = "/connections/return/salesforce/"


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A Salesforce with one org, and its app's secret in the environment."""
    monkeypatch.setenv("SECRET", "sandbox-salesforce-secret")
    monkeypatch.setenv("WRONG", "wrong-secret")
    with running(systems=["salesforce"]) as box:
        set_up_org(box.world, "Fernhill Surveys")
        yield box


@pytest.fixture
def other() -> Iterator[Box]:
    """Another company's Salesforce."""
    with running(systems=["salesforce"]) as box:
        orgs = box.world.table("salesforce", "Organization")
        record = orgs.pop(set_up_org(box.world, "Elsewhere Inc"))
        orgs[ELSEWHERE] = {**record, "Id": ELSEWHERE}
        yield box


@pytest.fixture
def browser(admin_user: User) -> Client:
    """An administrator's browser."""
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(admin_user)
    return browser


def settings_of(box: Box, **values: str) -> dict[str, str]:
    """Return the app's settings as a person types them."""
    return {
        "name": "Sales",
        "grant": "authorization-code",
        "host": box.salesforce_url,
        "client_id": "sandbox-salesforce",
        "client_secret": "sandbox-salesforce-secret",
    } | values


def leave(browser: Client, settings: dict[str, str], address: str = NEW) -> str:
    """Post the app's settings; return the address of Salesforce's consent page."""
    answer = browser.post(address, settings)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def consent(page: str, decision: str = "allow") -> str:
    """Decide on Salesforce's page; return the address that the browser is sent back to."""
    answer = requests.post(page, {"decision": decision}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def messages(answer: Any) -> str:
    """Return what the page that followed says."""
    return " ".join(str(each) for each in answer.context["messages"])


def connect(browser: Client, box: Box) -> Connection:
    """Take the whole way; return the connection."""
    answer = browser.get(consent(leave(browser, settings_of(box))), follow=True)
    assert "Sales is connected to Fernhill Surveys." in messages(answer)
    return Connection.objects.select_related("credential").get()


def run(box: Box, *more: str, secret: str = "SECRET") -> str:
    """Connect by the command; return what it prints."""
    out = io.StringIO()
    call_command(
        "connect", "salesforce", "--name", "Sales", "--host", box.salesforce_url,
        "--client-id", "sandbox-salesforce", "--secret-env", secret, *more, stdout=out,
    )  # fmt: skip
    return out.getvalue()


def test_a_person_signs_in_with_pkce_and_the_org_is_read(browser: Client, box: Box) -> None:
    asked = dict(parse_qsl(urlsplit(leave(browser, settings_of(box))).query))
    assert (asked["scope"], asked["code_challenge_method"]) == ("api refresh_token id", "S256")
    made = connect(browser, box)
    assert made.host == box.salesforce_url
    assert made.organisation_id.startswith("00D")
    assert made.currency == "GBP"
    assert made.environment == "sandbox"
    assert made.credential.refresh_token
    assert made.credential.expires_at is None


def test_salesforce_refuses_a_code_without_the_browsers_own_verifier(
    browser: Client, box: Box
) -> None:
    """A code that was caught on its way is worth nothing under another sign-in's state."""
    caught = dict(parse_qsl(urlsplit(consent(leave(browser, settings_of(box)))).query))
    own = dict(parse_qsl(urlsplit(leave(browser, settings_of(box))).query))
    slipped_in = {"code": caught["code"], "state": own["state"]}
    browser.get(BACK, slipped_in, follow=True)
    assert Connection.objects.count() == 0


@pytest.mark.parametrize("state", ["", "forged"])
def test_a_forged_state_signs_nobody_in(browser: Client, box: Box, state: str) -> None:
    back = dict(parse_qsl(urlsplit(consent(leave(browser, settings_of(box)))).query))
    answer = browser.get(BACK, {"code": back["code"], "state": state}, follow=True)
    assert "not begun in this browser" in messages(answer)
    assert Connection.objects.count() == 0


def test_consent_that_is_refused_changes_nothing(browser: Client, box: Box) -> None:
    back = consent(leave(browser, settings_of(box)), "deny")
    assert "Consent was not given" in messages(browser.get(back, follow=True))
    assert Credential.objects.count() == 0


def test_a_wrong_secret_is_told_on_the_way_back(browser: Client, box: Box) -> None:
    back = consent(leave(browser, settings_of(box, client_secret="wrong")))
    assert "check its consumer key and secret" in messages(browser.get(back, follow=True))
    assert Credential.objects.count() == Connection.objects.count() == 0


def test_connecting_again_keeps_the_connection(browser: Client, box: Box) -> None:
    made = connect(browser, box)
    again = settings_of(box, client_secret="")
    back = consent(leave(browser, again, f"/connections/{made.pk}/reconnect/"))
    browser.get(back)
    row = Connection.objects.select_related("credential").get()
    assert row.pk == made.pk
    assert row.credential.refresh_token != made.credential.refresh_token
    assert Credential.objects.count() == 1


def test_connecting_again_to_another_org_changes_nothing(
    browser: Client, box: Box, other: Box
) -> None:
    made = connect(browser, box)
    page = leave(browser, settings_of(other), f"/connections/{made.pk}/reconnect/")
    answer = browser.get(consent(page), follow=True)
    assert "Another organisation was chosen, nothing changed." in messages(answer)
    row = Connection.objects.select_related("credential").get()
    assert (row.host, row.organisation_name) == (box.salesforce_url, "Fernhill Surveys")
    assert row.credential.refresh_token == made.credential.refresh_token
    assert Credential.objects.count() == 1


def test_many_refreshes_never_reuse_a_token_so_salesforce_ends_nothing(
    browser: Client, box: Box
) -> None:
    connection = connect(browser, box)
    for _ in range(5):
        Credential.objects.update(refreshed_at=timezone.now() - timedelta(days=1))
        assert sign_in.keep_alive() == 1
    assert "Salesforce answers" in messages(
        browser.post(f"/connections/{connection.pk}/test/", follow=True)
    )


def test_an_ended_session_is_renewed_by_itself(browser: Client, box: Box) -> None:
    connection = connect(browser, box)
    box.world.clock.advance(3 * 3600)
    answer = browser.post(f"/connections/{connection.pk}/test/", follow=True)
    assert "Salesforce answers as Fernhill Surveys" in messages(answer)
    before = connection.credential.access_token
    assert Credential.objects.get().access_token != before


def test_a_sign_in_idle_for_too_long_asks_to_connect_again(browser: Client, box: Box) -> None:
    connection = connect(browser, box)
    box.world.clock.advance(31 * 86400)
    with pytest.raises(ConnectionBroken, match="connect again"):
        sign_in.refused(connection, connection.credential.access_token)
    assert not Connection.objects.get().is_usable


def test_disconnecting_ends_the_sign_in_there_too(browser: Client, box: Box) -> None:
    connection = connect(browser, box)
    browser.post(f"/connections/{connection.pk}/disconnect/")
    assert list(box.world.table("salesforce/oauth", "Grant")) == []
    assert Credential.objects.get().refresh_token == ""


def test_an_app_signs_in_by_its_own_secret(box: Box) -> None:
    assert "Sales is connected to Fernhill Surveys (Sandbox, GBP)." in run(box)
    assert upkeep.take_care()["organisations_read"] == 1


def test_an_app_signs_in_with_a_key_file(box: Box, tmp_path: Path, rsa_key: str) -> None:
    public = load_pem_private_key(rsa_key.encode(), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    box.world.set_setting("salesforce", "jwt_keys", {"sandbox-salesforce": pem})
    file = tmp_path / "key.pem"
    file.write_text(rsa_key)
    jwt = ["--grant", "jwt", "--key-file", str(file)]
    run(box, *jwt, "--username", "integration@fernhill.example")
    assert Connection.objects.get().credential.grant == "jwt"
    with pytest.raises(CommandError, match="hasn't approved this consumer"):
        run(box, *jwt, "--username", "nobody@fernhill.example")
    assert Connection.objects.get().is_usable


def test_a_wrong_secret_saves_nothing(box: Box) -> None:
    with pytest.raises(CommandError, match=r"consumer key and secret.*Nothing was saved"):
        run(box, secret="WRONG")
    assert Connection.objects.count() == Credential.objects.count() == 0


def test_another_org_under_a_known_name_is_refused(box: Box, other: Box) -> None:
    run(box)
    with pytest.raises(CommandError, match="Another organisation was chosen"):
        run(other)
    assert Connection.objects.get().host == box.salesforce_url
