"""The variables of messages: how people are told by e-mail, and where links lead to."""

from typing import Any
from urllib.parse import urlsplit

import environ

from config import readings
from config.variable import Variable

EMAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail")
EMAIL_SECONDS = 10  # a mail server that does not answer holds up no other message for longer


def email_url(text: str) -> str:
    """Return the address of a mail server; it may hold a password, so errors do not repeat it."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ValueError("is not an address; special characters must be %-encoded.") from error
    if parts.scheme not in EMAIL_SCHEMES:
        raise ValueError(f"must begin with one of {', '.join(EMAIL_SCHEMES)} and ://.")
    if parts.scheme.startswith("smtp") and (not host or port == 0):
        raise ValueError("must name the mail server: smtp+tls://user:password@host:587")
    if parts.scheme == "smtp" and parts.password and host not in readings.LOOPBACK:
        raise ValueError("must be smtp+tls or smtp+ssl: a password is never sent unencrypted.")
    return text


def email_settings(url: str) -> dict[str, Any]:
    """Return Django's settings of a mail server; none is spoken to where the address is empty."""
    found = environ.Env.email_url_config(url or "dummymail://")
    told = {name: value for name, value in found.items() if value not in (None, "")}
    if told.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend"):
        told.setdefault("EMAIL_PORT", 465 if told.get("EMAIL_USE_SSL") else 587)
    if path := told.get("EMAIL_FILE_PATH"):
        told["EMAIL_FILE_PATH"] = f"/{path}"  # filemail:///var/mail: the address drops the slash
    return {**told, "EMAIL_TIMEOUT": EMAIL_SECONDS}


MESSAGES = (
    Variable(
        "EMAIL_URL",
        "",
        "The mail server: `smtp+tls://user:password@host:587`, `smtp+ssl://…:465`, or "
        "`smtp://host:25` without a password. Unset: people are told in their inbox alone.",
        email_url,
    ),
    Variable(
        "DEFAULT_FROM_EMAIL",
        "Counterpart <counterpart@localhost>",
        "Whom e-mails come from: an address that your mail server may send for.",
    ),
    Variable(
        "SITE_URL",
        "",
        "`https://host` at which people open Counterpart: e-mails and tasks link there. "
        "Unset: PUBLIC_URL.",
        readings.remote_url_or_none,
    ),
    Variable(
        "MESSAGE_PRIVATE_HOSTS",
        "",
        "Hosts of your own network that messages may be posted to, comma-separated. All other "
        "webhooks must be on the public internet.",
        readings.words,
    ),
    Variable(
        "QUESTIONS_OLD_DAYS",
        "7",
        "After so many days a question that nobody has answered is told of.",
        readings.whole(1, 365),
    ),
    Variable(
        "MESSAGES_KEPT_DAYS",
        "90",
        "How long messages that are over stay in the inbox.",
        readings.whole(31, 3650),
    ),
)
