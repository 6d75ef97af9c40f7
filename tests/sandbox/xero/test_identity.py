"""Signing in: every grant, every lifetime, every refusal."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from sandbox.xero.defaults import set_up_organisation

from .conftest import BASIC, Xero

BACK = "http://localhost:8000/connections/xero/return"
SCOPES = "openid profile email offline_access accounting.invoices accounting.settings"


class Browser:
    """A user with a browser, and the app that sent them."""

    def __init__(self, xero: Xero) -> None:
        self.xero = xero

    def page(self, method: str = "GET", form: Any = None, **asked: str) -> requests.Response:
        query = {
            "response_type": "code",
            "client_id": BASIC[0],
            "redirect_uri": BACK,
            "scope": SCOPES,
            "state": "s-1",
            **asked,
        }
        url = f"{self.xero.url}/identity/connect/authorize"
        return requests.request(
            method, url, params=query, data=form, allow_redirects=False, timeout=10
        )

    def allow(self, *chosen: str, **asked: str) -> dict[str, str]:
        form = {"decision": "allow", "tenant": list(chosen or [self.xero.tenant])}
        answer = self.page("POST", form, **asked)
        assert answer.headers["Location"].startswith(BACK + "?")
        return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def token(self, auth: Any = BASIC, **form: str) -> requests.Response:
        return requests.post(f"{self.xero.url}/connect/token", data=form, auth=auth, timeout=10)

    def exchange(self, code: str, **more: str) -> requests.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **more}
        return self.token(**form)

    def refresh(self, token: str, auth: Any = BASIC, **more: str) -> requests.Response:
        return self.token(auth, grant_type="refresh_token", refresh_token=token, **more)

    def sign_in(self, **asked: str) -> dict[str, Any]:
        found: dict[str, Any] = self.exchange(self.allow(**asked)["code"]).json()
        return found

    def connections(self, access: str, **params: str) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.xero.url}/connections",
            headers={"Authorization": f"Bearer {access}"},
            params=params,
            timeout=10,
        )
        assert answer.status_code == 200
        found: list[dict[str, Any]] = answer.json()
        return found

    def organisation(self, access: str, tenant: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        headers |= {"xero-tenant-id": tenant} if tenant else {}
        url = f"{self.xero.url}/api.xro/2.0/Organisation"
        return requests.get(url, headers=headers, timeout=10)


@pytest.fixture
def browser(xero: Xero) -> Browser:
    return Browser(xero)


def test_a_custom_connection_needs_no_tenant_header(browser: Browser) -> None:
    answer = browser.token(grant_type="client_credentials", scope="accounting.settings").json()
    assert (answer["expires_in"], answer["token_type"]) == (1800, "Bearer")
    assert "refresh_token" not in answer
    assert browser.organisation(answer["access_token"]).status_code == 200
    assert browser.organisation(answer["access_token"], browser.xero.tenant).status_code == 200
    nobody = "11111111-2222-3333-4444-555555555555"
    assert browser.organisation(answer["access_token"], nobody).status_code == 403
    assert [one["tenantId"] for one in browser.connections(answer["access_token"])] == [
        browser.xero.tenant
    ]


def test_a_client_may_be_bound_to_another_organisation(browser: Browser) -> None:
    set_up_organisation(browser.xero.world, "Fernhill Surveys Pty Ltd", "AU")
    other = {"secret": "s2", "tenant": "Fernhill Surveys Pty Ltd"}
    browser.xero.world.set_setting("xero", "clients", {"second": other})
    answer = browser.token(("second", "s2"), grant_type="client_credentials").json()
    shown = browser.organisation(answer["access_token"]).json()["Organisations"][0]
    assert (shown["Name"], shown["BaseCurrency"]) == ("Fernhill Surveys Pty Ltd", "AUD")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "scope": "accounting.transactions"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "offline_access"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "no"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "no"}, "invalid_grant"),
    ],
)
def test_a_token_call_is_refused_in_the_words_of_the_rfc(
    browser: Browser, form: dict[str, str], error: str
) -> None:
    answer = browser.token(**form)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_a_wrong_secret_is_an_invalid_client(browser: Browser) -> None:
    for auth in ((BASIC[0], "wrong"), ("nobody", "x")):
        assert browser.token(auth, grant_type="client_credentials").json() == {
            "error": "invalid_client"
        }
    form = {"client_id": BASIC[0], "client_secret": BASIC[1]}
    assert browser.token(None, grant_type="client_credentials", **form).status_code == 200


def test_the_page_asks_and_sends_back_code_and_state(browser: Browser) -> None:
    page = browser.page()
    assert page.status_code == 200
    assert "Fernhill Surveys Ltd" in page.text
    answer = browser.allow()
    assert (answer["state"], len(answer["code"]) > 20) == ("s-1", True)


def test_a_user_may_say_no(browser: Browser) -> None:
    answer = browser.page("POST", {"decision": "deny"})
    assert answer.headers["Location"] == f"{BACK}?error=access_denied&state=s-1"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"client_id": "nobody"}, "unauthorized_client"),
        ({"redirect_uri": "http://127.0.0.1:8000/return"}, "unauthorized_client"),
        ({"redirect_uri": "http://crm.example/return"}, "unauthorized_client"),
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_question_never_goes_back_to_the_app(
    browser: Browser, asked: dict[str, str], error: str
) -> None:
    for method in ("GET", "POST"):
        answer = browser.page(method, **asked)
        assert answer.status_code == 400
        assert error in answer.text


def test_a_code_brings_tokens_once_and_within_five_minutes(browser: Browser) -> None:
    code = browser.allow()["code"]
    answer = browser.exchange(code).json()
    assert set(SCOPES.split()) <= set(answer["scope"].split())
    assert browser.exchange(code).json() == {"error": "invalid_grant"}
    late = browser.allow()["code"]
    browser.xero.world.clock.advance(301)
    assert browser.exchange(late).json() == {"error": "invalid_grant"}
    elsewhere = browser.allow()["code"]
    answer = browser.exchange(elsewhere, redirect_uri="http://localhost:8000/other")
    assert answer.json() == {"error": "invalid_grant"}


def test_tokens_are_signed_and_say_who_and_from_which_consent(browser: Browser) -> None:
    answer = browser.sign_in(nonce="n-1")
    described = requests.get(
        f"{browser.xero.url}/.well-known/openid-configuration", timeout=10
    ).json()
    key = jwt.PyJWKClient(described["jwks_uri"]).get_signing_key_from_jwt(answer["id_token"])
    who = jwt.decode(answer["id_token"], key.key, algorithms=["RS256"], audience=BASIC[0])
    claims = jwt.decode(
        answer["access_token"], key.key, algorithms=["RS256"], options={"verify_aud": False}
    )
    assert (who["nonce"], who["iss"]) == ("n-1", described["issuer"])
    assert claims["exp"] - claims["nbf"] == 1800
    event = claims["authentication_event_id"]
    access = answer["access_token"]
    assert len(browser.connections(access, authEventId=event)) == 1
    assert browser.connections(access, authEventId="11111111-2222-3333-4444-555555555555") == []


def test_pkce_proves_the_app_with_and_without_a_secret(browser: Browser) -> None:
    verifier = "v" * 64
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    wrong = browser.exchange(browser.allow(**asked)["code"], code_verifier="w" * 64)
    assert wrong.json() == {"error": "invalid_grant"}
    right = browser.exchange(browser.allow(**asked)["code"], code_verifier=verifier)
    assert right.status_code == 200
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "client_id": BASIC[0]}
    code = browser.allow(**asked)["code"]
    bare = browser.token(None, code=code, code_verifier=verifier, **form)
    assert bare.status_code == 200
    again = browser.refresh(bare.json()["refresh_token"], None, client_id=BASIC[0])
    assert again.status_code == 200
    no_proof = browser.token(None, code=browser.allow()["code"], **form)
    assert no_proof.json() == {"error": "invalid_client"}


def test_an_app_with_a_secret_cannot_refresh_without_it(browser: Browser) -> None:
    token = browser.sign_in()["refresh_token"]
    assert browser.refresh(token, None, client_id=BASIC[0]).json() == {"error": "invalid_client"}


def test_without_offline_access_there_is_no_refresh_token(browser: Browser) -> None:
    answer = browser.sign_in(scope="accounting.settings")
    assert not {"refresh_token", "id_token"} & answer.keys()


def test_a_used_refresh_token_works_for_thirty_minutes_more(browser: Browser) -> None:
    old = browser.sign_in()["refresh_token"]
    new = browser.refresh(old).json()["refresh_token"]
    assert new != old
    browser.xero.world.clock.advance(29 * 60)
    retried = browser.refresh(old)
    assert retried.status_code == 200
    browser.xero.world.clock.advance(60)
    assert browser.refresh(old).json() == {"error": "invalid_grant"}
    assert browser.refresh(new).status_code == 200


def test_a_refresh_token_dies_after_sixty_days(browser: Browser) -> None:
    token = browser.sign_in()["refresh_token"]
    browser.xero.world.clock.advance(59 * 86400)
    fresh = browser.refresh(token).json()["refresh_token"]
    browser.xero.world.clock.advance(60 * 86400)
    assert browser.refresh(fresh).json() == {"error": "invalid_grant"}


def test_an_access_token_lives_for_thirty_minutes(browser: Browser) -> None:
    access = browser.sign_in()["access_token"]
    assert browser.organisation(access, browser.xero.tenant).status_code == 200
    browser.xero.world.clock.advance(1801)
    answer = browser.organisation(access, browser.xero.tenant)
    assert (answer.status_code, answer.json()["Status"]) == (401, 401)
    assert answer.json()["Detail"].startswith("TokenExpired")


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
