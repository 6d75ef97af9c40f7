"""The command line says in one sentence what is missing, however early it is used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection

from config.environment import ROOT


@pytest.fixture
def without_tables(outside_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Return the environment of somebody who has not run `migrate` yet."""
    used = str(connection.settings_dict["NAME"])
    name = f"{used}_bare"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    address = outside_environment["DATABASE_URL"].removesuffix(used) + name
    yield {**outside_environment, "DATABASE_URL": address}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.parametrize("command", ["pair S X", "sync --json", "review"])
def test_a_database_that_was_never_set_up_is_told_in_one_sentence(
    without_tables: dict[str, str], command: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        cwd=ROOT,
        env=without_tables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        "The database is not set up for this version: run `manage.py migrate` first.\n"
    )
