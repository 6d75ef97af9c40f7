"""Nothing secret and nobody's address gets into a log line."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.redaction import REMOVED, redact, redact_text

ENCODED = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjFDQUY4RTY2NzcyRDZEQzAyOEQ2NzI2RkQwMjYxNTgxNTcwRUZDMTkifQ"
XERO_TOKEN = f"{ENCODED}.{ENCODED}.HeLRC5gFlV1t1TXFvnXYUbHjVrnGSRj8QqIhEa1yTn-UoWgWTeGkXYKJZDfa"
SALESFORCE_SESSION = "00D5g00000Ku9kK!AQ4AQFJZ.fhF2cbIVrGzvLHUbWtxzGwO3uo6P8JLOzYvEQb7YJ2w"
SALESFORCE_REFRESH = "5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrfMLrPJ3CCUwzrr2hrQ4CfUX0Rpe91bUMc"
CONSUMER_KEY = "3MVG9lKcPoNINVBIPJjdw1J9LLM82HnFVVX19KY1uA5mu0QqEWhqKpoW3svG3XHrXDiCQjK1"
CONSUMER_SECRET = "1955279925675241571"
XERO_SECRET = "kV0yLhWlP3FqTzR8uXn5cJ2mB7dG4sA9eH6oQ1iN"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"

LEAKS = {
    "a bearer header": (f"GET /x Authorization: Bearer {XERO_TOKEN}", XERO_TOKEN),
    "a lone token": (f"token was {XERO_TOKEN} today", XERO_TOKEN),
    "basic sign-in": ("Basic c2VjcmV0LWlkOnNlY3JldC1zZWNyZXQ=", "c2VjcmV0LWlk"),
    "a Salesforce session": (f"sid {SALESFORCE_SESSION}", SALESFORCE_SESSION),
    "a Salesforce refresh token": (f"got {SALESFORCE_REFRESH}", SALESFORCE_REFRESH),
    "a consumer key": (f"client {CONSUMER_KEY} unknown", CONSUMER_KEY),
    "a form": (f"grant_type=x&client_secret={XERO_SECRET}&scope=y", XERO_SECRET),
    "JSON": (f'{{"client_secret": "{CONSUMER_SECRET}", "a": 1}}', CONSUMER_SECRET),
    "a Python dictionary": (f"{{'refresh_token': '{XERO_SECRET}'}}", XERO_SECRET),
    "a sign-in code": ("https://x/back?code=4fA9Kd03kdLs&state=ok", "4fA9Kd03kdLs"),
    "a database address": ("postgres://counterpart:Tr0ub4dor&3@db/x", "Tr0ub4dor"),
    "a private key": (f"key:\n{PEM}", "MIIEpAIBAAKCAQEA"),
    "a Fernet token": ("gAAAAABl" + "x" * 90, "gAAAAABl" + "x" * 20),
    "a channel": ("POST https://hooks.slack.com/services/T0A1/B2C3/hU5h failed", "hU5h"),
    "an e-mail": ("no contact for priya.nair@fernhill.example", "priya.nair"),
    "a British phone": ("call 0117 496 0123 now", "496"),
    "an international phone": ("call +44 20 7946 0958", "7946"),
    "a German phone": ("Tel. +49 (30) 901820", "901820"),
    "an American phone": ("(212) 555-0147", "555"),
}
HARMLESS = [
    "invoice INV-0042 of GBP 45,250.00, due 2026-11-25",
    "2026-11-25T20:45:14.335041Z worker=vm:14088:1795639513",
    "opportunity 0065g00000AbCdEAAV of account 0015g00000XyZabAAB",
    "contact 9f1e0f4c-3d2b-4c1a-8a66-0b1c2d3e4f50 in 47 ms",
    "sent 1000 notices, 12 calls, 0.25 s, 200 4000",
    "Retry-After: 37, X-MinLimit-Remaining: 59",
    "total 1234567.89 is not 1234567.90",
    "port 127.0.0.1:9102 answered 503",
]


@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_is_removed_from_text(kind: str):
    text, secret = LEAKS[kind]
    assert secret not in redact_text(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_need_to_find_the_cause_stays(text: str):
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "authorisation", "access_token", "refreshToken", "client_secret"),
        *("Cookie", "Set-Cookie", "password", "api_key", "x-xero-signature", "private_key"),
        *("FIELD_ENCRYPTION_KEYS", "code_verifier", "client_assertion", "SECRET_KEY", "sid"),
    ],
)
def test_a_field_named_like_a_secret_never_appears(name: str):
    assert redact({name: "x1"}) == {name: REMOVED}
    assert redact({"a": [{name: ["x1", {"deep": 2}]}]}) == {"a": [{name: REMOVED}]}


def test_personal_fields_are_masked_and_the_domain_stays():
    clean = redact(
        {"Email": "priya@fernhill.example", "Phone": "0117 496 0123", "LastName": "Nair"}
    )
    assert clean == {"Email": "p***@fernhill.example", "Phone": "***23", "LastName": "***"}


def test_numbers_and_keys_of_idempotency_stay():
    line = {
        "total": Decimal("12.50"),
        "count": 3,
        "idempotency_key": "a" * 32,
        "ok": True,
        "x": None,
    }
    assert redact(line) == line


def test_bytes_and_errors_are_looked_through_too():
    assert XERO_SECRET not in redact(f"client_secret={XERO_SECRET}".encode())
    assert XERO_SECRET not in str(redact(ValueError(f"refresh_token={XERO_SECRET}")))


@given(st.text(alphabet="abcXYZ019-_.", min_size=12), st.text(max_size=40))
def test_no_bearer_token_survives_whatever_surrounds_it(token: str, around: str):
    assert token not in redact_text(f"{around} Bearer {token}").removeprefix(around)


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str):
    once = redact_text(text)
    assert redact_text(once) == once


@pytest.mark.parametrize("piece", ["1", "x", "0-", "a.", "eyJ", "a@a", "+1(", "://a", "code=", "%"])
def test_a_huge_body_is_redacted_in_no_time(piece: str):
    started = time.monotonic()
    redact_text(piece * 50_000)
    assert time.monotonic() - started < 2
