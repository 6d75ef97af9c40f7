"""Removes secrets and personal data from what is about to be logged."""

import re
from collections.abc import Mapping
from typing import Any

REMOVED = "[removed]"

# A field so named never appears, whatever it holds.
SECRET_NAME = re.compile(
    r"authori[sz]ation|cookie|token|secret|passw(or)?d|assertion|api_?key|private_?key"
    r"|encryption_?keys?|credential|signature|session_?(id|key)|code_verifier|^(code|state|sid)$",
    re.IGNORECASE,
)
PERSONAL_NAME = re.compile(
    r"e_?mail|phone|mobile|fax|first_?name|last_?name|contact_?name|street|postal_?code|birth",
    re.IGNORECASE,
)
HARMLESS_NAME = re.compile(r"(tokens?|keys?)_(count|left|age|days)|idempotency_key|token_days")

_QUOTE = r"""["']?"""
SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", re.S),
    re.compile(r"\b(?P<kept>Bearer|Basic|OAuth)\s+[A-Za-z0-9+/=_.~!-]{8,}", re.I),
    re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]+){1,2}"),  # a JSON web token
    re.compile(r"\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{16,}"),  # a Salesforce session
    re.compile(r"\b5Aep[A-Za-z0-9._]{40,}"),  # a Salesforce refresh token
    re.compile(r"\b3MVG[A-Za-z0-9._]{20,}"),  # a Salesforce consumer key
    re.compile(r"\bgAAAA[A-Za-z0-9_=-]{40,}"),  # something Fernet encrypted
    re.compile(r"(?P<kept>://[^/\s:@]+:)[^/\s@]+(?=@)"),  # a password in an address
    re.compile(r"(?P<kept>/events/salesforce/\d+/)[A-Za-z0-9_-]+"),  # who knows it may ring
    re.compile(r"(?P<kept>\bhooks\.slack\.com/[a-z]+/)[\w/-]+"),  # or may post
    re.compile(
        rf"(?P<kept>\b(access_token|refresh_token|id_token|client_secret|client_assertion|assertion"
        rf"|code_verifier|password|passwd|secret|api_?key|token|code){_QUOTE}\s*[=:]\s*{_QUOTE})"
        r"""[^\s"'&,;}\]]{4,}""",
        re.I,
    ),
)
EMAIL = re.compile(r"(?<![\w.+'%-])[\w.+'%-]++@[\w-]+(\.[\w-]+)+")
PHONES = (
    re.compile(r"(?<![\w.,/-])(\+|00)\d{1,3}([\s./-]?\(?\d{1,5}\)?){2,6}(?![\w-])"),
    re.compile(r"(?<![\w.,:/+-])\(?0\d{2,4}\)?[\s/-]\d{3,4}[\s-]?\d{2,4}(?![\w:-])"),
    re.compile(r"(?<![\w.,:/+-])(\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\w:-])"),
)


def redact(value: Any, name: str = "") -> Any:
    """Return the value without secrets and personal data; `name` is the field it stands in."""
    if value is None or isinstance(value, bool | int | float):
        return REMOVED if value and _is_secret(name) else value
    if _is_secret(name):
        return REMOVED
    if isinstance(value, Mapping):
        return {key: redact(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(each, name) for each in value]
    if PERSONAL_NAME.search(name):
        return _masked(str(value))
    return _clean(value)


def redact_text(text: str) -> str:
    """Return the text with each secret removed and each e-mail address and phone masked."""
    for pattern in SECRETS:
        text = pattern.sub(_keeping, text)
    text = EMAIL.sub(lambda found: _masked(found[0]), text)
    for pattern in PHONES:
        text = pattern.sub(lambda found: _masked(found[0]), text)
    return text


def _keeping(found: re.Match[str]) -> str:
    kept = found.groupdict().get("kept") or ""
    return f"{kept}{' ' if kept.isalpha() else ''}{REMOVED}"


def _masked(text: str) -> str:
    if "@" in text:
        return f"{text[:1]}***@{text.rsplit('@', 1)[1]}"
    digits = re.sub(r"\D", "", text)
    return f"***{digits[-2:]}" if len(digits) >= 6 else "***"


def _is_secret(name: str) -> bool:
    return bool(SECRET_NAME.search(name)) and not HARMLESS_NAME.search(name)


def _clean(value: Any) -> Any:
    """Return text redacted, and an object as it is unless its own text holds something to hide."""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    text = str(value)
    clean = redact_text(text)
    return value if clean == text else clean
