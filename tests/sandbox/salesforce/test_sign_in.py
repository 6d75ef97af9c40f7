"""Salesforce's sign-in: every grant, PKCE, rotation, and what ends a session."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests_oauthlib import OAuth2Session

from sandbox.salesforce.defaults import USERNAME

from .conftest import CLIENT, Org

BACK = "http://127.0.0.1:8000/connections/salesforce/return"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def post(org: Org, door: str = "token", **form: str) -> requests.Response:
    return requests.post(f"{org.url}/services/oauth2/{door}", data=form, timeout=10)


def refused(answer: requests.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["error"])


def consent(org: Org, decision: str = "allow", **asked: str) -> dict[str, str]:
    """Press a button on the consent page; what comes back to the app."""
    query = {"response_type": "code", "client_id": CLIENT["client_id"], "redirect_uri": BACK,
             "state": "s-1", "scope": "api refresh_token id", "code_challenge": CHALLENGE,
             "code_challenge_method": "S256", **asked}  # fmt: skip
    url = f"{org.url}/services/oauth2/authorize"
    page = requests.get(url, params=query, timeout=10, allow_redirects=False)
    if page.status_code == 200:
        assert "Counterpart asks for access to Fernhill Surveys Ltd" in page.text
        form = {"decision": decision}
        page = requests.post(url, form, params=query, timeout=10, allow_redirects=False)
    assert page.headers["Location"].startswith(f"{BACK}?")
    return {k: v[0] for k, v in parse_qs(urlsplit(page.headers["Location"]).query).items()}


def code_form(code: str, **more: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
            "code_verifier": VERIFIER, **CLIENT, **more}  # fmt: skip


def signed_in(org: Org) -> dict[str, Any]:
    token: dict[str, Any] = post(org, **code_form(consent(org)["code"])).json()
    return token


def refresh(org: Org, token: str) -> requests.Response:
    return post(org, grant_type="refresh_token", refresh_token=token, **CLIENT)


def works(org: Org, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{org.url}/services/data/v67.0/limits"
    return requests.get(url, headers=headers, timeout=10).status_code == 200


def test_client_credentials_give_a_token_that_names_the_org(org: Org) -> None:
    token = org.sign_in()
    assert token["token_type"] == "Bearer"
    assert token["instance_url"] == org.url
    assert "expires_in" not in token
    assert "refresh_token" not in token
    assert token["issued_at"].isdigit()
    (own,) = org.rows("SELECT Id FROM Organization")
    assert token["id"].startswith(f"{org.url}/id/{own['Id']}/005")


def test_wrong_secrets_and_unknown_apps_are_refused(org: Org) -> None:
    wrong = {**CLIENT, "client_secret": "no"}
    assert refused(post(org, grant_type="client_credentials", **wrong)) == "invalid_client"
    unknown = {**CLIENT, "client_id": "no"}
    assert refused(post(org, grant_type="client_credentials", **unknown)) == "invalid_client_id"
    assert refused(post(org, grant_type="password", **CLIENT)) == "unsupported_grant_type"


def test_a_person_signs_in_with_pkce(org: Org) -> None:
    back = consent(org)
    assert back["state"] == "s-1"
    token = post(org, **code_form(back["code"])).json()
    assert token["scope"] == "api refresh_token id"
    assert works(org, token["access_token"])
    assert refused(post(org, **code_form(back["code"]))) == "invalid_grant"


def test_a_code_needs_its_verifier(org: Org) -> None:
    wrong = code_form(consent(org)["code"], code_verifier="w" * 64)
    assert refused(post(org, **wrong)) == "invalid_request"
    without = code_form(consent(org)["code"])
    del without["code_verifier"]
    assert refused(post(org, **without)) == "invalid_grant"


def test_a_code_is_worth_nothing_elsewhere_or_later(org: Org) -> None:
    elsewhere = code_form(consent(org)["code"], redirect_uri="http://127.0.0.1/other")
    assert refused(post(org, **elsewhere)) == "redirect_uri_mismatch"
    late = code_form(consent(org)["code"])
    org.world.clock.advance(901)
    assert refused(post(org, **late)) == "invalid_grant"


def test_a_person_can_deny(org: Org) -> None:
    back = consent(org, "deny")
    assert (back["error"], back["state"]) == ("access_denied", "s-1")


def test_an_app_is_told_what_it_asks_wrongly(org: Org) -> None:
    assert consent(org, response_type="token")["error"] == "unsupported_response_type"
    assert consent(org, scope="api cooking")["error"] == "invalid_scope"
    assert consent(org, code_challenge_method="plain")["error"] == "invalid_request"


def test_no_browser_is_sent_to_a_strange_place(org: Org) -> None:
    query = {"response_type": "code", "client_id": CLIENT["client_id"],
             "redirect_uri": "http://evil.example/"}  # fmt: skip
    page = requests.get(f"{org.url}/services/oauth2/authorize", params=query, timeout=10)
    assert page.status_code == 400
    assert "redirect_uri must match configuration" in page.text


def test_a_refresh_token_is_used_once_and_replaced(org: Org) -> None:
    first = signed_in(org)
    second = refresh(org, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert works(org, second["access_token"])
    assert refresh(org, second["refresh_token"]).status_code == 200


def test_using_a_refresh_token_twice_ends_everything(org: Org) -> None:
    first = signed_in(org)
    second = refresh(org, first["refresh_token"]).json()
    again = refresh(org, first["refresh_token"])
    assert again.json() == {
        "error": "invalid_grant",
        "error_description": "expired access/refresh token",
    }
    assert not works(org, first["access_token"])
    assert not works(org, second["access_token"])
    assert refused(refresh(org, second["refresh_token"])) == "invalid_grant"


def test_a_refresh_token_dies_unused(org: Org) -> None:
    token = signed_in(org)["refresh_token"]
    org.world.clock.advance(29 * 86400)
    token = refresh(org, token).json()["refresh_token"]
    org.world.clock.advance(30 * 86400)
    assert refused(refresh(org, token)) == "invalid_grant"


def test_the_sixth_consent_ends_the_first(org: Org) -> None:
    tokens = [signed_in(org)["refresh_token"] for _ in range(6)]
    assert refused(refresh(org, tokens[0])) == "invalid_grant"
    assert refresh(org, tokens[1]).status_code == 200


def test_a_session_lives_on_while_it_is_used(org: Org) -> None:
    for _ in range(4):
        org.world.clock.advance(5400)
        assert org.call("GET", "/limits").status_code == 200
    org.world.clock.advance(7201)
    answer = org.call("GET", "/limits")
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_a_revoked_token_is_over_with_all_that_came_of_it(org: Org) -> None:
    token = signed_in(org)
    assert post(org, "revoke", token=token["refresh_token"]).status_code == 200
    assert not works(org, token["access_token"])
    assert refused(post(org, "revoke", token=token["refresh_token"])) == "invalid_token"


def test_a_token_can_be_looked_into(org: Org) -> None:
    token = signed_in(org)
    seen = post(org, "introspect", token=token["access_token"], **CLIENT).json()
    assert seen["active"] is True
    assert seen["exp"] - seen["iat"] == 7200
    assert seen["username"] == USERNAME
    unknown = post(org, "introspect", token="no", **CLIENT).json()
    assert unknown == {"active": False}


def test_a_user_can_be_asked_for(org: Org) -> None:
    token = signed_in(org)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    for url in (token["id"], f"{org.url}/services/oauth2/userinfo"):
        seen = requests.get(url, headers=headers, timeout=10).json()
        assert seen["email"] == USERNAME
        assert seen["organization_id"].startswith("00D")
    bad = requests.get(url, headers={"Authorization": "Bearer no"}, timeout=10)
    assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")


def test_a_token_without_the_api_cannot_call_it(org: Org) -> None:
    code = consent(org, scope="id refresh_token")["code"]
    token = post(org, **code_form(code)).json()["access_token"]
    assert not works(org, token)


@pytest.fixture(scope="module")
def keys() -> tuple[rsa.RSAPrivateKey, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sort = serialization.PublicFormat.SubjectPublicKeyInfo
    return key, key.public_key().public_bytes(serialization.Encoding.PEM, sort).decode()


def test_an_assertion_signed_with_the_apps_key_gives_a_token(
    org: Org, keys: tuple[rsa.RSAPrivateKey, str]
) -> None:
    key, public = keys
    now = int(org.world.clock.now().timestamp())
    claims = {"iss": CLIENT["client_id"], "sub": USERNAME, "aud": org.url, "exp": now + 180}

    def bring(**other: Any) -> requests.Response:
        signed = jwt.encode({**claims, **other}, key, algorithm="RS256")
        return post(org, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=signed)

    assert refused(bring()) == "invalid_grant"  # the key is not registered yet
    org.set("jwt_keys", {CLIENT["client_id"]: public})
    assert works(org, bring().json()["access_token"])
    assert bring(aud="https://login.salesforce.com").status_code == 200
    for wrong in ({"aud": "https://elsewhere.example"}, {"sub": "no@body"}, {"exp": now - 1},
                  {"exp": now + 9999}):  # fmt: skip
        assert refused(bring(**wrong)) == "invalid_grant"
    forged = jwt.encode(claims, rsa.generate_private_key(public_exponent=65537, key_size=2048),
                        algorithm="RS256")  # fmt: skip
    assert refused(post(org, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
                        assertion=forged)) == "invalid_grant"  # fmt: skip


def test_requests_oauthlib_works_unchanged(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    scope = ["api", "refresh_token", "id"]
    session = OAuth2Session(CLIENT["client_id"], redirect_uri=BACK, scope=scope, pkce="S256")
    url, _ = session.authorization_url(f"{org.url}/services/oauth2/authorize")
    page = requests.post(url, {"decision": "allow"}, timeout=10, allow_redirects=False)
    token_url = f"{org.url}/services/oauth2/token"
    secret: dict[str, Any] = {"client_secret": CLIENT["client_secret"], "include_client_id": True}
    got = session.fetch_token(token_url, authorization_response=page.headers["Location"], **secret)
    assert session.get(f"{org.url}/services/data/v67.0/limits").status_code == 200
    secret_of_refresh: dict[str, Any] = dict(CLIENT)
    fresh = session.refresh_token(token_url, **secret_of_refresh)
    assert fresh["refresh_token"] != got["refresh_token"]
