"""The environment: a clear sentence for each fault, all of them at once."""

import base64
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from config import environment_page
from config.environment import ROOT, VARIABLES, BadEnvironment, read_environment

KEY = Fernet.generate_key().decode()
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 50,
    "FIELD_ENCRYPTION_KEYS": KEY,
    "ALLOWED_HOSTS": "sync.example.com",
    "DATABASE_URL": "postgres://counterpart:hidden@db:5432/counterpart",
}
WRONG = {
    "ENVIRONMENT": ("staging", "must be one of development, production"),
    "SECRET_KEY": ("short", "at least 50 characters; it has 5"),
    "FIELD_ENCRYPTION_KEYS": (f"{KEY},nonsense", "has a key (number 2)"),
    "DATABASE_URL": ("mysql://db/x", "PostgreSQL is the only database"),
    "DEBUG": ("maybe", "must be yes or no; it is 'maybe'"),
    "HSTS_SECONDS": ("-1", "must be a whole number of at least 0"),
    "CSRF_TRUSTED_ORIGINS": ("sync.example.com", "such as https://sync.example.com"),
    "TIME_ZONE": ("Europe/Atlantis", "must be a time zone"),
    "LOG_LEVEL": ("loud", "must be one of DEBUG"),
    "WEB_BIND": ("8000", "must be host:port"),
    "WEB_THREADS": ("0", "from 1 to 64"),
    "QUEUE_POLL_SECONDS": ("often", "must be seconds"),
    "QUICK_LOOK_SECONDS": ("1e9", "must be seconds"),
    "XERO_API_URL": ("http://api.xero.com", "plain http is accepted for this machine only"),
    "XERO_LOGIN_URL": ("login.xero.com", "must be an https address"),
    "VAR_DIRECTORY": ("manage.py", "must be a folder"),
}


def problems(given: dict[str, str]) -> list[str]:
    with pytest.raises(BadEnvironment) as caught:
        read_environment(given)
    return caught.value.problems


def test_a_checkout_needs_no_variable_at_all():
    values = read_environment({})
    assert values["ENVIRONMENT"] == "development"
    assert values["VAR_DIRECTORY"] == ROOT / "var"
    assert set(values) == {variable.name for variable in VARIABLES}


def test_keys_are_taken_as_openssl_makes_them():
    key = base64.b64encode(b"\xfb\xff" * 16).decode()
    assert "+" in key
    assert "/" in key
    made = read_environment(PRODUCTION | {"FIELD_ENCRYPTION_KEYS": key, "SECRET_KEY": "0f" * 32})
    (taken,) = made["FIELD_ENCRYPTION_KEYS"]
    box = Fernet(taken)
    assert box.decrypt(box.encrypt(b"token")) == b"token"


@pytest.mark.parametrize("name", WRONG)
def test_a_malformed_variable_is_named_with_what_it_should_be(name: str):
    text, expected = WRONG[name]
    (problem,) = problems({name: text})
    assert problem.startswith(name)
    assert expected in problem


def test_all_faults_are_told_at_once():
    told = problems({name: text for name, (text, _) in WRONG.items()})
    assert {problem.split()[0] for problem in told} == set(WRONG)


def test_production_asks_for_every_secret_and_for_its_database():
    told = problems({"ENVIRONMENT": "production"})
    assert [problem.split(".")[0] for problem in told] == [
        "SECRET_KEY is missing",
        "FIELD_ENCRYPTION_KEYS is missing",
        "ALLOWED_HOSTS is missing",
        "DATABASE_URL is missing",
    ]


def test_production_is_strict_unless_told_otherwise():
    values = read_environment(PRODUCTION)
    assert values["HTTPS_ONLY"]
    assert values["HSTS_SECONDS"] == 31536000
    assert values["LOG_FORMAT"] == "json"
    assert not values["DEBUG"]
    assert not read_environment({**PRODUCTION, "HTTPS_ONLY": "no"})["HTTPS_ONLY"]


def test_a_fault_never_repeats_a_secret():
    told = problems(
        {
            "SECRET_KEY": "my-own-secret",
            "FIELD_ENCRYPTION_KEYS": "my-own-fernet-key",
            "DATABASE_URL": "postgres://me:my-own-password@host:no-port/name",
        }
    )
    assert len(told) == 3
    assert "my-own" not in "".join(told)


def test_a_secret_may_begin_with_a_dollar_sign_and_hold_commas():
    key = "$" + "a,b#c" * 12
    assert read_environment({"SECRET_KEY": key})["SECRET_KEY"] == key


def test_a_program_with_a_bad_environment_ends_with_1_and_the_sentences():
    given = {**os.environ, "ENVIRONMENT": "production", "DEBUG": "maybe", "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**given, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Counterpart cannot start" in done.stderr
    assert "- SECRET_KEY is missing." in done.stderr
    assert "- DEBUG must be yes or no" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_documents_are_written_from_the_table():
    assert environment_page.PAGE.read_text() == environment_page.page(), "run `make fmt`"
    assert environment_page.EXAMPLE.read_text() == environment_page.example(), "run `make fmt`"


def test_the_example_is_a_good_environment_once_its_gaps_are_filled():
    filled = environment_page.example()
    for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DATABASE_URL"):
        filled = filled.replace(f"\n{name}=\n", f"\n{name}={PRODUCTION[name]}\n")
    lines = [line for line in filled.splitlines() if line and not line.startswith("#")]
    values = read_environment(dict(line.split("=", 1) for line in lines))
    assert values["SECRET_KEY"] == PRODUCTION["SECRET_KEY"]


def test_a_database_out_of_reach_is_told_in_a_sentence_without_its_password():
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": "postgres://me:hidden-word@127.0.0.1:1/nothing",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be reached; check DATABASE_URL.")
    assert "hidden-word" not in done.stderr
    assert "Traceback" not in done.stderr
