"""Secrets at rest: unreadable in the database, and their keys can be changed."""

import io
import json

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection as database
from pytest_django import Settings

from connections.models import Connection, Credential
from sync.core.errors import ConnectionBroken
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db

SECRETS = {name: f"{name}-in-plain-text" for name in Credential.SECRETS}


def stored() -> list[str]:
    """Return what the database holds in the secret columns."""
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(SECRETS)} FROM connections_credential")
        return [str(value) for row in cursor.fetchall() for value in row]


def rotate() -> str:
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_no_secret_is_readable_in_the_database() -> None:
    make_credential(**SECRETS)
    assert len(stored()) == 4
    assert not [value for value in stored() if "plain-text" in value]


def test_secrets_come_back_as_they_were() -> None:
    row = Credential.objects.get(pk=make_credential(**SECRETS).pk)
    assert {name: getattr(row, name) for name in SECRETS} == SECRETS


def test_the_same_secret_looks_different_each_time() -> None:
    make_credential(client_secret="same", access_token="same")
    assert len(set(stored())) == 4


def test_an_empty_secret_stays_empty() -> None:
    make_credential(private_key="")
    assert Credential.objects.get().private_key == ""


def test_a_secret_cannot_be_searched_for() -> None:
    with pytest.raises(FieldError, match="encrypted"):
        Credential.objects.filter(client_secret="right").count()


def test_a_dump_of_the_tables_leaves_secrets_out() -> None:
    dump = serializers.serialize("json", [make_credential(**SECRETS)])
    assert "plain-text" not in dump
    assert json.loads(dump)[0]["fields"]["client_secret"] == ""


def test_after_rotation_the_former_key_is_needed_no_more(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    row = make_credential(**SECRETS)
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert "1 rows" in rotate()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    row.refresh_from_db()
    assert row.refresh_token == SECRETS["refresh_token"]


def test_rotation_says_what_no_key_can_read_and_rotates_the_rest(settings: Settings) -> None:
    lost, old, new = (Fernet.generate_key().decode() for _ in range(3))
    settings.FIELD_ENCRYPTION_KEYS = [lost]
    make_credential(client_id="lost")
    settings.FIELD_ENCRYPTION_KEYS = [old]
    kept = make_credential(client_id="kept")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    with pytest.raises(CommandError, match="1 of 2 rows cannot be read"):
        rotate()
    settings.FIELD_ENCRYPTION_KEYS = [new]
    kept.refresh_from_db()
    assert kept.client_secret == "right"


def test_a_missing_key_is_told_in_words_and_leaves_the_list_readable(settings: Settings) -> None:
    make_connection()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ConnectionBroken, match="FIELD_ENCRYPTION_KEYS"):
        Credential.objects.get()
    assert Connection.objects.get().name
