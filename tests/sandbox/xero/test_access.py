"""Who may reach which organisation: connections, revocation, scopes and bad tokens."""

import pytest
import requests

from sandbox.xero.defaults import set_up_organisation

from .browser import Browser
from .conftest import BASIC, Xero


@pytest.fixture
def browser(xero: Xero) -> Browser:
    return Browser(xero)


def test_each_organisation_must_have_been_chosen(browser: Browser) -> None:
    world = browser.xero.world
    second = set_up_organisation(world, "Fernhill Surveys Pty Ltd", "AU")
    access = browser.sign_in()["access_token"]
    assert browser.organisation(access, second).status_code == 403
    assert browser.organisation(access).status_code == 403
    browser.allow(second)
    assert browser.organisation(access, second).status_code == 200
    found = browser.connections(access)
    assert {one["tenantName"] for one in found} == {
        "Fernhill Surveys Ltd",
        "Fernhill Surveys Pty Ltd",
    }
    assert all(len(one["createdDateUtc"].split(".")[1]) == 7 for one in found)


def test_a_second_consent_keeps_the_connection_and_adds_scopes(browser: Browser) -> None:
    first = browser.sign_in(scope="offline_access accounting.settings")
    before = browser.connections(first["access_token"])[0]
    second = browser.sign_in(scope="offline_access accounting.contacts")
    after = browser.connections(second["access_token"])[0]
    assert (before["id"], before["createdDateUtc"]) == (after["id"], after["createdDateUtc"])
    assert "accounting.settings" in second["scope"].split()


def test_a_disconnected_organisation_is_forbidden(browser: Browser) -> None:
    access = browser.sign_in()["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    url = f"{browser.xero.url}/connections"
    tenant = browser.xero.tenant
    assert requests.delete(f"{url}/{tenant}", headers=headers, timeout=10).status_code == 404
    key = browser.connections(access)[0]["id"]
    assert requests.delete(f"{url}/{key}", headers=headers, timeout=10).status_code == 204
    assert browser.connections(access) == []
    assert browser.organisation(access, browser.xero.tenant).status_code == 403


def test_a_revoked_token_ends_the_grant_and_its_connections(browser: Browser) -> None:
    answer = browser.sign_in()
    url = f"{browser.xero.url}/connect/revocation"
    form = {"token": answer["refresh_token"]}
    assert requests.post(url, data=form, auth=(BASIC[0], "x"), timeout=10).status_code == 400
    assert requests.post(url, data=form, auth=BASIC, timeout=10).status_code == 200
    assert browser.refresh(answer["refresh_token"]).json() == {"error": "invalid_grant"}
    assert browser.organisation(answer["access_token"], browser.xero.tenant).status_code == 401
    again = browser.sign_in()
    assert len(browser.connections(again["access_token"])) == 1


def test_a_missing_scope_is_a_401_in_xeros_own_spelling(browser: Browser) -> None:
    access = browser.token(grant_type="client_credentials", scope="accounting.settings.read").json()
    headers = {"Authorization": f"Bearer {access['access_token']}", "Accept": "application/json"}
    url = f"{browser.xero.url}/api.xro/2.0"
    assert requests.get(f"{url}/Items", headers=headers, timeout=10).status_code == 200
    for method, path in (("GET", "Invoices"), ("PUT", "Items")):
        answer = requests.request(method, f"{url}/{path}", headers=headers, json={}, timeout=10)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "insufficent_scope"


@pytest.mark.parametrize("token", ["", "Basic abc", "Bearer nonsense", "Bearer "])
def test_no_or_a_forged_token_is_a_401(xero: Xero, token: str) -> None:
    answer = requests.get(
        f"{xero.url}/api.xro/2.0/Organisation", headers={"Authorization": token}, timeout=10
    )
    assert answer.status_code == 401
    assert answer.json()["Detail"] == "AuthenticationUnsuccessful"
    assert answer.json().keys() == {"Type", "Title", "Status", "Detail", "Instance", "Extensions"}
