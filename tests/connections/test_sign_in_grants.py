"""Each way of signing in: what is sent to the endpoint, and what its refusals mean."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connections import sign_in
from connections.models import Credential, Grant
from connections.salesforce import sign_in as salesforce
from connections.xero import sign_in as xero
from sync.core.errors import ConnectionBroken, NeedsPerson, TryAgain
from tests.connections.conftest import make_connection, make_credential, make_salesforce
from tests.connections.token_endpoint import USER, Endpoint, Trouble

pytestmark = pytest.mark.django_db

BACK = "https://sync.example.com/connections/return/xero/"


def test_a_salesforce_app_signs_in_by_its_own_secret(endpoint: Endpoint) -> None:
    connection = make_salesforce(endpoint, grant=Grant.CLIENT_CREDENTIALS, refresh_token="")
    token = sign_in.access_token(connection)
    asked = endpoint.asked[0]
    assert (asked["path"], asked["grant_type"]) == (
        "/services/oauth2/token",
        "client_credentials",
    )
    assert (asked["client_id"], asked["client_secret"]) == ("app", "right")
    row = Credential.objects.get()
    assert (row.access_token, row.refresh_token, row.remote_user) == (token, "", USER)


def test_a_salesforce_app_signs_in_by_a_signed_assertion_without_any_secret(
    endpoint: Endpoint, rsa_key: str
) -> None:
    connection = make_salesforce(
        endpoint, grant=Grant.JWT, private_key=rsa_key, username="robot@example.com"
    )
    assert sign_in.access_token(connection)
    asked = endpoint.asked[0]
    private = load_pem_private_key(rsa_key.encode(), None)
    assert isinstance(private, RSAPrivateKey)
    key = private.public_key()
    claims = jwt.decode(asked["assertion"], key, ["RS256"], audience=endpoint.url)
    assert (claims["iss"], claims["sub"]) == ("app", "robot@example.com")
    assert 0 < claims["exp"] - claims["iat"] <= 180
    assert asked["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"


def test_a_key_that_is_none_is_a_question_for_a_person(endpoint: Endpoint) -> None:
    connection = make_salesforce(endpoint, grant=Grant.JWT, private_key="no key", username="x")
    with pytest.raises(NeedsPerson, match="RSA key"):
        sign_in.access_token(connection)
    assert endpoint.asked == []


def test_a_custom_connection_asks_for_the_granular_scopes(endpoint: Endpoint) -> None:
    own = make_credential(grant=Grant.CLIENT_CREDENTIALS, refresh_token="")
    assert sign_in.access_token(make_connection(own))
    asked = endpoint.asked[0]
    assert (asked["path"], asked["grant_type"]) == ("/connect/token", "client_credentials")
    assert asked["scope"].split() == [
        "accounting.invoices",
        "accounting.payments",
        "accounting.contacts",
        "accounting.settings",
    ]


def test_an_app_that_may_not_sign_in_by_itself_is_not_told_to_connect_again(
    endpoint: Endpoint,
) -> None:
    endpoint.troubles.append(
        Trouble(400, '{"error": "invalid_grant", "error_description": "no user enabled"}')
    )
    connection = make_salesforce(endpoint, grant=Grant.CLIENT_CREDENTIALS)
    with pytest.raises(ConnectionBroken, match=r"check the user it runs as.*no user enabled"):
        sign_in.access_token(connection)


def test_a_custom_connection_without_a_scope_names_the_scopes(endpoint: Endpoint) -> None:
    endpoint.troubles.append(Trouble(400, '{"error": "invalid_scope"}'))
    own = make_credential(grant=Grant.CLIENT_CREDENTIALS, refresh_token="")
    with pytest.raises(ConnectionBroken, match=r"accounting\.settings"):
        sign_in.access_token(make_connection(own))


@pytest.mark.parametrize("code", ["invalid_client", "unauthorized_client", "invalid_client_id"])
def test_wrong_app_settings_have_words_of_their_own(endpoint: Endpoint, code: str) -> None:
    endpoint.troubles.append(Trouble(401, f'{{"error": "{code}"}}'))
    with pytest.raises(ConnectionBroken, match="does not accept this app"):
        sign_in.access_token(make_connection())


def test_scopes_that_differ_from_those_asked_for_are_taken_as_given(endpoint: Endpoint) -> None:
    """oauthlib itself would raise a Warning here."""
    tokens = xero.exchange(make_credential(), "code-1", BACK, "v" * 64)
    assert tokens.scopes == "refresh_token api id"
    assert tokens.user == "user-1"


def test_a_code_goes_with_its_verifier_and_the_same_redirect_address(endpoint: Endpoint) -> None:
    credential = make_credential(system="salesforce", host=endpoint.url)
    salesforce.exchange(credential, "code-1", BACK, "v" * 64)
    asked = endpoint.asked[0]
    assert (asked["code"], asked["code_verifier"], asked["redirect_uri"]) == (
        "code-1",
        "v" * 64,
        BACK,
    )


def test_a_code_that_is_used_twice_is_told_to_begin_again(endpoint: Endpoint) -> None:
    endpoint.troubles.append(Trouble(400, '{"error": "invalid_grant"}'))
    with pytest.raises(ConnectionBroken, match="start again"):
        xero.exchange(make_credential(), "code-1", BACK, "v" * 64)


def test_a_salesforce_answer_without_the_address_of_its_api_is_no_sign_in(
    endpoint: Endpoint,
) -> None:
    endpoint.troubles.append(Trouble(200, '{"access_token": "x", "token_type": "Bearer"}'))
    with pytest.raises(TryAgain, match="where its API is"):
        sign_in.access_token(make_salesforce(endpoint))


def test_secrets_never_travel_over_plain_http_to_another_machine() -> None:
    credential = make_credential(system="salesforce", host="http://sync.example.com")
    with pytest.raises(ValueError, match="must be https"):
        salesforce.renew(credential)
