"""A person signs in to Xero in the browser and chooses organisations, against the sandbox."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from connections import banners, upkeep
from connections.models import Connection, Credential
from sandbox.server import Box, running
from sandbox.xero.defaults import set_up_organisation

pytestmark = pytest.mark.django_db(transaction=True)

LTD, PTY = "Fernhill Surveys Ltd", "Fernhill Surveys Pty Ltd"
NEW = "/connections/new/xero/"
APP = {
    "grant": "authorization-code",
    "client_id": "sandbox-xero",
    "client_secret": "sandbox-xero-secret",
}


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """A sandbox with two organisations in its Xero."""
    with running(systems=["xero"]) as box:
        set_up_organisation(box.world, LTD, "GB")
        set_up_organisation(box.world, PTY, "AU")
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        yield box


@pytest.fixture
def browser(admin_user: User) -> Client:
    """An administrator's browser, under the name that Xero sends people back to."""
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(admin_user)
    return browser


def tenant_ids(box: Box) -> dict[str, str]:
    """Return the organisations' ids by name."""
    return {row["Name"]: key for key, row in box.world.table("xero", "Organisation").items()}


def leave(browser: Client, address: str = NEW, **values: str) -> str:
    """Post the app's settings; return the address of Xero's consent page."""
    answer = browser.post(address, {**APP, **values})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def consent(page: str, *tenants: str, decision: str = "allow") -> str:
    """Decide on Xero's page; return the address that the browser is sent back to."""
    answer = requests.post(
        page, {"tenant": tenants, "decision": decision}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def messages(answer: Any) -> str:
    """Return what the page that followed says."""
    return " ".join(str(each) for each in answer.context["messages"])


def connect(browser: Client, box: Box, *names: str) -> Connection:
    """Take the whole way for organisations by name; return the first one's connection."""
    ids = [tenant_ids(box)[name] for name in names]
    back = consent(leave(browser), *ids)
    choose = browser.get(back).headers["Location"]
    browser.post(choose, {"tenant": ids})
    return Connection.objects.get(tenant_id=ids[0])


def test_the_way_to_consent_carries_state_pkce_and_the_exact_scopes(
    browser: Client, box: Box
) -> None:
    asked = dict(parse_qsl(urlsplit(leave(browser)).query))
    assert asked["scope"] == (
        "openid profile email offline_access accounting.invoices accounting.payments "
        "accounting.contacts accounting.settings"
    )
    assert len(asked["state"]) >= 32
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost:8000/connections/return/xero/"
    assert "secret" not in urlsplit(leave(browser)).query


def test_only_the_organisations_that_a_person_ticks_are_connected(
    browser: Client, box: Box
) -> None:
    ids = tenant_ids(box)
    back = consent(leave(browser), *ids.values())
    choose = browser.get(back).headers["Location"]
    page = browser.get(choose).content.decode()
    assert LTD in page
    assert PTY in page
    assert Connection.objects.count() == 0
    browser.post(choose, {"tenant": [ids[PTY]], f"name:{ids[PTY]}": "Australia"})
    made = Connection.objects.get()
    assert (made.name, made.organisation_name, made.currency) == ("Australia", PTY, "AUD")
    assert made.environment == "sandbox"  # it is on this machine


def test_two_organisations_of_one_consent_share_one_sign_in(browser: Client, box: Box) -> None:
    connect(browser, box, LTD, PTY)
    assert Connection.objects.count() == 2
    assert Credential.objects.count() == 1


def test_a_second_consent_by_the_same_person_keeps_one_row_of_tokens(
    browser: Client, box: Box
) -> None:
    connect(browser, box, LTD)
    connect(browser, box, PTY)
    assert Credential.objects.count() == 1
    assert Connection.objects.count() == 2


@pytest.mark.parametrize("state", ["", "forged", None])
def test_a_forged_state_signs_nobody_in(browser: Client, box: Box, state: str | None) -> None:
    back = dict(parse_qsl(urlsplit(consent(leave(browser), tenant_ids(box)[LTD])).query))
    query = {"code": back["code"]} | ({} if state is None else {"state": state})
    answer = browser.get("/connections/return/xero/", query, follow=True)
    assert "not begun in this browser" in messages(answer)
    assert not Credential.objects.exclude(refreshed_at=None).exists()


def test_the_way_back_of_another_session_signs_nobody_in(
    browser: Client, box: Box, admin_user: User
) -> None:
    """Somebody may not slip their own organisation into an administrator's browser."""
    back = consent(leave(browser), tenant_ids(box)[LTD])
    other = Client(HTTP_HOST="localhost:8000")
    other.force_login(admin_user)
    assert "not begun in this browser" in messages(other.get(back, follow=True))
    assert Connection.objects.count() == 0


def test_a_way_back_works_once(browser: Client, box: Box) -> None:
    back = consent(leave(browser), tenant_ids(box)[LTD])
    browser.get(back)
    before = Credential.objects.get().access_token
    assert "used already" in messages(browser.get(back, follow=True))
    assert Credential.objects.get().access_token == before


def test_a_replayed_code_under_a_fresh_state_is_refused_by_xero(browser: Client, box: Box) -> None:
    first = dict(parse_qsl(urlsplit(consent(leave(browser), tenant_ids(box)[LTD])).query))
    browser.get("/connections/return/xero/", first)
    second = dict(parse_qsl(urlsplit(leave(browser)).query))
    replay = {"code": first["code"], "state": second["state"]}
    answer = browser.get("/connections/return/xero/", replay, follow=True)
    assert "start again" in messages(answer)
    assert Credential.objects.count() == 1


def test_consent_that_is_refused_changes_nothing(browser: Client, box: Box) -> None:
    back = consent(leave(browser), decision="deny")
    assert "Consent was not given" in messages(browser.get(back, follow=True))
    assert Credential.objects.count() == 0


def test_a_wrong_secret_is_told_on_the_way_back_and_nothing_is_kept(
    browser: Client, box: Box
) -> None:
    back = consent(leave(browser, client_secret="wrong"), tenant_ids(box)[LTD])
    assert "check its client id and secret" in messages(browser.get(back, follow=True))
    assert Credential.objects.count() == 0


def test_connecting_again_keeps_the_connection_and_its_links(browser: Client, box: Box) -> None:
    made = connect(browser, box, LTD)
    Credential.objects.update(broken_since="2026-11-01T00:00Z", broken_reason="ended")
    again = leave(browser, f"/connections/{made.pk}/reconnect/", client_secret="")
    answer = browser.get(consent(again, made.tenant_id), follow=True)
    assert "is connected" in messages(answer)
    row = Connection.objects.get()
    assert row.pk == made.pk
    assert row.is_usable
    assert Credential.objects.count() == 1


def test_connecting_again_to_another_organisation_changes_nothing(
    browser: Client, box: Box
) -> None:
    made = connect(browser, box, LTD)
    before = Credential.objects.get()
    again = leave(browser, f"/connections/{made.pk}/reconnect/", client_secret="")
    answer = browser.get(consent(again, tenant_ids(box)[PTY]), follow=True)
    assert "Another organisation was chosen, nothing changed." in messages(answer)
    row, after = Connection.objects.get(), Credential.objects.get()
    assert row.tenant_id == made.tenant_id
    assert (after.pk, after.access_token) == (before.pk, before.access_token)


def test_a_test_reads_the_organisation(browser: Client, box: Box) -> None:
    made = connect(browser, box, LTD)
    Connection.objects.update(organisation_name="", currency="")
    answer = browser.post(f"/connections/{made.pk}/test/", follow=True)
    assert "Xero answers as Fernhill Surveys Ltd, GBP." in messages(answer)
    assert Connection.objects.get().currency == "GBP"


def test_disconnecting_one_organisation_leaves_the_other_signed_in(
    browser: Client, box: Box
) -> None:
    made = connect(browser, box, LTD, PTY)
    browser.post(f"/connections/{made.pk}/disconnect/")
    other = Connection.objects.exclude(pk=made.pk).get()
    assert "Xero answers" in messages(browser.post(f"/connections/{other.pk}/test/", follow=True))
    left = [row["tenantId"] for row in box.world.table("xero", "Connection").values()]
    assert left == [other.tenant_id]


def test_disconnecting_the_last_one_ends_the_sign_in_there_and_forgets_the_tokens(
    browser: Client, box: Box
) -> None:
    made = connect(browser, box, LTD)
    browser.post(f"/connections/{made.pk}/disconnect/")
    assert list(box.world.table("xero", "Grant")) == []
    row = Credential.objects.get()
    assert (row.access_token, row.refresh_token) == ("", "")
    assert not Connection.objects.get().is_usable


def test_a_dead_xero_does_not_keep_a_person_from_disconnecting(browser: Client, box: Box) -> None:
    made = connect(browser, box, LTD)
    box.faults.add(system="xero", path="/connect/*", status=503)
    answer = browser.post(f"/connections/{made.pk}/disconnect/", follow=True)
    assert "Remove Counterpart there by hand too" in messages(answer)
    assert Credential.objects.get().refresh_token == ""


def test_an_organisation_removed_inside_xero_becomes_disconnected_and_is_told(
    browser: Client, box: Box
) -> None:
    """Xero sends no notice of it: the daily care finds out."""
    lost = connect(browser, box, LTD, PTY)
    del box.world.table("xero", "Connection")[lost.remote_connection_id]
    assert upkeep.take_care()["organisations_read"] == 1
    lost.refresh_from_db()
    assert lost.disconnected_at is not None
    assert lost.name in banners.current()[0].fact
    assert Connection.objects.filter(disconnected_at=None).get().organisation_name == PTY


def test_a_sign_in_that_was_begun_and_left_is_forgotten_after_a_day(
    browser: Client, box: Box
) -> None:
    made = connect(browser, box, LTD)
    leave(browser, client_id="other-app")
    assert upkeep.take_care()["unfinished_forgotten"] == 0
    Credential.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert upkeep.take_care()["unfinished_forgotten"] == 1
    assert Credential.objects.get().pk == made.credential_id
