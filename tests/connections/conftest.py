"""Connections to talk about, and an endpoint to sign in at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone
from pytest_django import Settings

from connections.models import Connection, Credential, Grant
from tests.connections import token_endpoint
from tests.connections.token_endpoint import ORG, Endpoint


@pytest.fixture
def endpoint(settings: Settings) -> Iterator[Endpoint]:
    """A token endpoint in Xero's place, and in Salesforce's."""
    with token_endpoint.running() as running:
        settings.XERO_IDENTITY_URL = settings.XERO_LOGIN_URL = running.url
        settings.XERO_API_URL = running.url
        yield running


def make_credential(**values: Any) -> Credential:
    """Return a saved Xero sign-in by a person, whose access token has ended."""
    defaults = {
        "system": "xero",
        "grant": Grant.AUTHORIZATION_CODE,
        "client_id": "app",
        "client_secret": "right",
        "access_token": "old",
        "refresh_token": "refresh-0",
        "expires_at": timezone.now() - timedelta(minutes=1),
        "refreshed_at": timezone.now() - timedelta(minutes=31),
    }
    return Credential.objects.create(**(defaults | values))


def make_connection(credential: Credential | None = None, **values: Any) -> Connection:
    """Return a saved connection of the credential's system."""
    credential = credential or make_credential()
    defaults = {"name": f"Books {credential.pk}", "system": credential.system}
    if credential.system == "salesforce":
        defaults |= {"host": credential.host, "organisation_id": ORG}
    return Connection.objects.create(credential=credential, **(defaults | values))


def make_salesforce(endpoint: Endpoint, **values: Any) -> Connection:
    """Return a saved Salesforce connection that signs in at the endpoint."""
    defaults = {
        "system": "salesforce",
        "host": endpoint.url,
        "access_token": "",
        "expires_at": None,
    }
    return make_connection(make_credential(**(defaults | values)))


@pytest.fixture(scope="session")
def rsa_key() -> str:
    """A private key in PEM form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
