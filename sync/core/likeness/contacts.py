"""E-mail addresses, telephones and web sites in the form in which they are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from .folding import fold
from .vocabulary import FREE_MAIL, SHARED_MAILBOXES, listed

_ADDRESS = re.compile(r"[^\s,;<>:\"()|]+@[^\s,;<>:\"()|]+\.[^\s,;<>:\"()|]+")
_PLUS = re.compile(r"\+.*")
_EXTENSION = re.compile(r"(?:ext|extension|x|durchwahl|#)\.?\s*:?\s*\d+\s*$", re.IGNORECASE)
_SEVERAL = re.compile(r"[;,|/]|\bor\b|\band\b")
_NOT_DIGITS = re.compile(r"\D")
_TWO_LEVELS = listed("co com net org gov ac edu ltd plc me or ne gob nom gen")
TELLING_DIGITS = 8
"""The last digits tell a telephone: with or without the country's and the trunk prefix."""


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail address. `domain` is empty at a free provider, `shared` is true of info@ …"""

    address: str
    local: str
    domain: str
    shared: bool


def emails_of(text: str, free: frozenset[str], shared: frozenset[str]) -> tuple[Email, ...]:
    """Return the addresses in the text; `free` and `shared` are added to the built-in lists."""
    found = []
    for address in dict.fromkeys(_ADDRESS.findall(text.lower())):
        local, _, host = address.strip(".'").rpartition("@")
        local = _PLUS.sub("", local) or local
        if host == "googlemail.com":
            host = "gmail.com"
        if host == "gmail.com":
            local = local.replace(".", "")
        domain = "" if host in FREE_MAIL or host in free else registered(host)
        words = set(re.split(r"[._-]", local)) | {local}
        is_shared = not words.isdisjoint(shared | SHARED_MAILBOXES)
        found.append(Email(f"{local}@{host}", local, domain, is_shared))
    return tuple(found)


@lru_cache(maxsize=100_000)
def registered(host: str) -> str:
    """Return the part of a host name that its owner registered: shop.acme.co.uk is acme.co.uk."""
    parts = fold(host).strip(".").split(".")
    keep = 3 if len(parts) > 2 and parts[-2] in _TWO_LEVELS and len(parts[-1]) == 2 else 2
    return ".".join(parts[-keep:])


def website_of(text: str, free: frozenset[str]) -> str:
    """Return the registered domain of a web address, or nothing where it is a free host's."""
    host = re.sub(r"^\s*[a-z]+://", "", text.strip().lower()).split("/")[0].split("?")[0]
    host = host.rpartition("@")[2].split(":")[0].removeprefix("www.")
    if "." not in host or " " in host:
        return ""
    domain = registered(host)
    return "" if domain in FREE_MAIL or domain in free or domain in _HOSTS else domain


_HOSTS = listed(
    "facebook.com linkedin.com instagram.com twitter.com x.com wix.com wordpress.com blogspot.com "
    "google.com youtube.com etsy.com tiktok.com"
)


def phones_of(text: str) -> tuple[str, ...]:
    """Return the telling digits of each telephone in the text.

    The last eight of the number without country code and leading zeros: the national and the
    international form of a number give the same.
    """
    found = []
    for part in _SEVERAL.split(text):
        digits = _telling(_EXTENSION.sub("", part.replace("(0)", "")))
        if len(digits) >= 5 and len(set(digits)) > 1:
            found.append(digits)
    return tuple(dict.fromkeys(found))


def _telling(text: str) -> str:
    digits = _NOT_DIGITS.sub("", text)
    international = text.strip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if digits.startswith("00") else digits
    if international:
        size = next((n for n in (1, 2, 3) if _is_country(digits[:n])), 0)
        digits = digits[size:]
    return digits.lstrip("0")[-TELLING_DIGITS:]


def _is_country(digits: str) -> bool:
    return digits.isdigit() and int(digits) in COUNTRY_CODE_TO_REGION_CODE
