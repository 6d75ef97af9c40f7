"""How the text of an environment variable becomes a value; what it must be is said in words.

Each reading takes the text and returns the value, or raises ValueError with the second half of a
sentence whose first half is the variable's name.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet

YES = {"yes", "true", "on", "1"}
NO = {"no", "false", "off", "0"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SHORTEST_SECRET = 50


def choice(*allowed: str) -> Callable[[str], str]:
    """Return a reading that accepts one of the words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}; it is '{text}'.")
        return text

    return read


def yes_or_no(text: str) -> bool:
    """Return the truth of yes, true, on, 1 and their opposites."""
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError(f"must be yes or no; it is '{text}'.")


def whole(least: int, most: int = 10**9) -> Callable[[str], int]:
    """Return a reading of a whole number within bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,12}", text) or not least <= int(text) <= most:
            bounds = f"from {least} to {most}" if most < 10**9 else f"of at least {least}"
            raise ValueError(f"must be a whole number {bounds}; it is '{text}'.")
        return int(text)

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Return a reading of a number of seconds within bounds."""

    def read(text: str) -> float:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text) or not least <= float(text) <= most:
            raise ValueError(f"must be seconds from {least:g} to {most:g}; it is '{text}'.")
        return float(text)

    return read


def words(text: str) -> list[str]:
    """Return the comma-separated parts."""
    return [part.strip() for part in text.split(",") if part.strip()]


def secret_key(text: str) -> str:
    """Return the key, or an empty text when there is none; a short one is refused."""
    if text and len(text) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters; it has {len(text)}.")
    return text


def fernet_keys(text: str) -> list[str]:
    """Return the keys; each must be one that Fernet accepts. They are never repeated in errors."""
    keys = words(text)
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as error:
            raise ValueError(
                f"has a key (number {place}) that is not 32 bytes in URL-safe base64; make one "
                "with: python -c 'from cryptography.fernet import Fernet; "
                "print(Fernet.generate_key().decode())'"
            ) from error
    return keys


def database_url(text: str) -> str:
    """Return the address of a PostgreSQL; it may hold a password, so errors do not repeat it."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError("is not an address; special characters must be %-encoded.") from error
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("must begin with postgres://; PostgreSQL is the only database.")
    if not parts.path.strip("/") or port == 0:
        raise ValueError("must end with the name of the database: postgres://user@host/name")
    return text


def folder(root: Path) -> Callable[[str], Path]:
    """Return a reading of a path; one that is not absolute is below `root`."""

    def read(text: str) -> Path:
        path = root / text
        if path.exists() and not path.is_dir():
            raise ValueError(f"must be a folder; {text} is a file.")
        return path

    return read


def address(text: str) -> str:
    """Return host:port."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"must be host:port, such as 0.0.0.0:8000; it is '{text}'.")
    return text


def origins(text: str) -> list[str]:
    """Return addresses of the form https://host."""
    found = words(text)
    for one in found:
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
            raise ValueError(f"must hold addresses such as https://sync.example.com; not '{one}'.")
    return found


def time_zone(text: str) -> str:
    """Return the name of a time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"must be a time zone such as Europe/London; it is '{text}'.") from error
    return text


def remote_url(text: str) -> str:
    """Return https://host without a slash at its end; http is for this machine only."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"must be an https address; it is '{text}'.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"must be https: plain http is accepted for this machine only; '{text}'.")
    return text.rstrip("/")


def remote_url_or_none(text: str) -> str:
    """Return https://host without a slash at its end, or an empty text when there is none."""
    return remote_url(text) if text else ""
