"""Signing in: every grant, every lifetime, every refusal."""

import base64
import hashlib

import jwt
import pytest
import requests

from sandbox.xero.defaults import set_up_organisation

from .browser import BACK, SCOPES, Browser
from .conftest import BASIC, Xero


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
