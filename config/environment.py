"""What the environment says: every variable with its default, meaning and faults."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import environ

from config import readings
from config.message_variables import MESSAGES
from config.variable import Variable

ROOT = Path(__file__).resolve().parent.parent
DEMO_ENVIRONMENT = ROOT / "var" / "demo" / "environment"


VARIABLES = (
    Variable(
        "ENVIRONMENT",
        "development",
        "`production` asks for every secret and for HTTPS; `development` makes its own secrets.",
        readings.choice("development", "production"),
    ),
    Variable(
        "SECRET_KEY",
        "",
        "Signs sessions and queued work: at least 50 random characters, such as `openssl rand -hex "
        "32` makes.",
        readings.secret_key,
        required=True,
    ),
    Variable(
        "SECRET_KEY_FALLBACKS",
        "",
        "Former SECRET_KEYs, comma-separated: sessions signed with them still hold.",
        readings.words,
    ),
    Variable(
        "FIELD_ENCRYPTION_KEYS",
        "",
        "Encrypt stored tokens: Fernet keys, comma-separated, the newest first; `openssl rand "
        "-base64 32` makes one. Keep them safe: without them every connection must be made again.",
        readings.fernet_keys,
        required=True,
    ),
    Variable(
        "ALLOWED_HOSTS",
        "127.0.0.1,localhost",
        "The host names people use in the browser, comma-separated.",
        readings.words,
        required=True,
    ),
    Variable(
        "DATABASE_URL",
        "",
        "`postgres://user:password@host:5432/name`. Unset: an embedded PostgreSQL.",
        readings.database_url,
        required=True,
    ),
    Variable(
        "VAR_DIRECTORY",
        "var",
        "Where the embedded database, made secrets and pid files are kept.",
        readings.folder(ROOT),
    ),
    Variable(
        "DEMO",
        "yes",
        "In a checkout where `make demo` was run, all commands speak to the demo: its database "
        "and its sandbox. `no` leaves it aside; so does production.",
        readings.yes_or_no,
    ),
    Variable(
        "DEBUG",
        "no",
        "Shows errors in the browser; never on a server that others can reach.",
        readings.yes_or_no,
    ),
    Variable(
        "HTTPS_ONLY",
        "no",
        "Redirects http to https and keeps cookies to https.",
        readings.yes_or_no,
        production="yes",
    ),
    Variable(
        "HSTS_SECONDS",
        "0",
        "How long browsers shall refuse plain http here.",
        readings.whole(0),
        production="31536000",
    ),
    Variable(
        "BEHIND_PROXY",
        "no",
        "Trusts X-Forwarded-Proto; only where a proxy sets or removes it on every request.",
        readings.yes_or_no,
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS",
        "",
        "`https://host` of each proxy whose host name differs, comma-separated.",
        readings.origins,
    ),
    Variable(
        "TIME_ZONE",
        "UTC",
        "The time zone of the screens, such as `Europe/London`.",
        readings.time_zone,
    ),
    Variable(
        "LOG_FORMAT",
        "console",
        "`json`: one object per line; `console`: for people.",
        readings.choice("console", "json"),
        production="json",
    ),
    Variable(
        "LOG_LEVEL",
        "INFO",
        "The least important level that is written.",
        readings.choice("DEBUG", "INFO", "WARNING", "ERROR"),
    ),
    Variable(
        "WEB_BIND",
        "127.0.0.1:8000",
        "Where gunicorn listens.",
        readings.address,
    ),
    Variable("WEB_PROCESSES", "2", "Processes of gunicorn.", readings.whole(1, 64)),
    Variable("WEB_THREADS", "4", "Threads of each of them.", readings.whole(1, 64)),
    Variable("QUEUE_PROCESSES", "4", "Tasks one worker runs at once.", readings.whole(1, 64)),
    Variable(
        "QUEUE_POLL_SECONDS",
        "0.5",
        "How often an idle worker looks for queued tasks.",
        readings.seconds(0.05, 60),
    ),
    Variable(
        "QUICK_LOOK_SECONDS",
        "30",
        "How often Salesforce is asked for newly won deals.",
        readings.seconds(1, 3600),
    ),
    Variable(
        "SWEEP_SECONDS",
        "300",
        "How often both systems are asked for every change, such as an invoice paid in Xero; "
        "less often while Xero's calls of the day are few.",
        readings.seconds(10, 86400),
    ),
    Variable(
        "LEASE_SECONDS",
        "120",
        "How long records claimed by a worker that died wait until another takes them over; "
        "longer than any one call to either system.",
        readings.whole(1, 3600),
    ),
    Variable(
        "WORKER_SILENCE_SECONDS",
        "180",
        "A worker whose tasks have not run for so long is killed, to be started again.",
        readings.seconds(30, 3600),
    ),
    Variable(
        "WORKER_STOP_SECONDS",
        "20",
        "How long a stopping worker may finish its tasks.",
        readings.seconds(1, 600),
    ),
    Variable(
        "SALESFORCE_BACKGROUND_PERCENT",
        "80",
        "Background work stops when so much of the org's calls of a day is used, by anybody.",
        readings.whole(1, 100),
    ),
    Variable(
        "XERO_CALLS_PER_MINUTE",
        "60",
        "Xero allows 60 calls in a minute, and more only where it has agreed to.",
        readings.whole(5, 10_000),
    ),
    Variable(
        "XERO_BACKGROUND_PERCENT",
        "80",
        "Background work stops when so much of the calls that Xero allows in a day is used.",
        readings.whole(1, 100),
    ),
    Variable(
        "PUBLIC_URL",
        "",
        "`https://host` at which others reach this server: Xero and Salesforce are told to send "
        "their events there. Unset: the address of the page that shows it.",
        readings.remote_url_or_none,
    ),
    Variable(
        "SALESFORCE_CERTIFICATE_HEADER",
        "",
        "The header in which your proxy says whether Salesforce showed its client certificate; "
        "only where the proxy sets or removes it on every request. Unset: none is asked for.",
    ),
    Variable(
        "SALESFORCE_CERTIFICATE",
        "SUCCESS",
        "What that header says of the right certificate, comma-separated: the word of the proxy, "
        "or fingerprints.",
        readings.words,
    ),
    Variable(
        "XERO_API_URL",
        "https://api.xero.com",
        "Xero's API; another one for the sandbox.",
        readings.remote_url,
    ),
    Variable(
        "XERO_IDENTITY_URL",
        "https://identity.xero.com",
        "Where Xero gives tokens.",
        readings.remote_url,
    ),
    Variable(
        "XERO_LOGIN_URL",
        "https://login.xero.com",
        "Where people sign in to Xero.",
        readings.remote_url,
    ),
    *MESSAGES,
)


class BadEnvironment(ValueError):
    """The environment cannot be used; `problems` holds one sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"- {problem}" for problem in problems))


def read_environment(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of every variable by its name.

    Raises BadEnvironment with a sentence for each missing or malformed one, all at once. A secret
    that a checkout makes for itself comes back empty when unset.
    """
    production = given.get("ENVIRONMENT", "").strip() == "production"
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable in VARIABLES:
        text = given.get(variable.name, "").strip()
        if not text and variable.required and production:
            problems.append(f"{variable.name} is missing. {variable.meaning}")
            continue
        try:
            values[variable.name] = variable.read(text or default_of(variable, production))
        except ValueError as error:
            problems.append(f"{variable.name} {error}")
    if problems:
        raise BadEnvironment(problems)
    return values


def default_of(variable: Variable, production: bool) -> str:
    """Return what an unset variable means."""
    if production and variable.production is not None:
        return variable.production
    return variable.default


def load_environment() -> dict[str, Any]:
    """Return the values from the process's environment and the file `.env` beside manage.py.

    Ends the program with exit code 1 and one sentence for each fault.
    """
    dotenv = ROOT / ".env"
    if dotenv.is_file():
        environ.Env.read_env(dotenv)  # what is set already stands
    aside = os.environ.get("DEMO", "").lower() in readings.NO
    if DEMO_ENVIRONMENT.is_file() and not aside and os.environ.get("ENVIRONMENT") != "production":
        environ.Env.read_env(DEMO_ENVIRONMENT)
    try:
        return read_environment(os.environ)
    except BadEnvironment as error:
        raise SystemExit(
            f"Counterpart cannot start; the environment needs a change:\n{error}"
        ) from None
