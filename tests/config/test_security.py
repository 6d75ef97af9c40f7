"""What browsers are told, and that production is set up as Django's own check wants it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from config.environment import ROOT
from config.own_secrets import kept_secret, new_encryption_key
from config.policy import content_security_policy

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "s3cret-" * 10,
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "sync.example.com",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def manage(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    given = {**os.environ, **PRODUCTION, "DATABASE_URL": "postgres://u@127.0.0.1:1/x", **more}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


def test_pages_load_from_nowhere_else_and_cannot_be_framed(client: Client, db: None):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert parts["default-src"] == "'self'"
    assert parts["script-src"] == "'self' 'unsafe-eval'"
    assert parts["frame-ancestors"] == parts["object-src"] == "'none'"
    assert "https://login.xero.com" in parts["form-action"]


def test_production_sends_forms_only_here_and_to_the_two_systems():
    forms = content_security_policy("https://login.xero.com", production=True)["DIRECTIVES"]
    assert not [place for place in forms["form-action"] if place.startswith("http:")]


@pytest.mark.slow
def test_djangos_own_check_finds_nothing_wrong_in_production():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    silenced = "security.W005", "security.W021"  # subdomains and preload: the owner's to choose
    for line in done.stderr.splitlines():
        assert "security.W" not in line or any(name in line for name in silenced), line


@pytest.mark.slow
def test_production_serves_its_files_compressed_under_names_of_their_content(tmp_path: Path):
    script = (
        "from django.conf import settings; from django.core.management import call_command\n"
        f"settings.STATIC_ROOT = {str(tmp_path)!r}\n"
        "call_command('collectstatic', interactive=False, verbosity=0)\n"
        "from django.templatetags.static import static\n"
        "print(static('counterpart.css'))"
    )
    done = manage("shell", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    name = done.stdout.strip().removeprefix("/static/")
    assert name != "counterpart.css"
    assert (tmp_path / f"{name}.gz").exists()


@pytest.mark.parametrize("production", [True, False])
def test_https_is_kept_to_in_production_only(production: bool):
    names = "SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS"
    values = f"[bool(getattr(settings, name)) for name in {names.split()}]"
    script = f"from django.conf import settings\nprint({values})"
    more = {} if production else {"ENVIRONMENT": "development"}
    assert manage("shell", "-v", "0", "-c", script, **more).stdout.strip() == str([production] * 4)


def test_a_made_secret_is_kept_and_readable_by_its_owner_alone(tmp_path: Path):
    file = tmp_path / "secrets" / "key"
    first = kept_secret(file, new_encryption_key)
    assert kept_secret(file, new_encryption_key) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["key"]
