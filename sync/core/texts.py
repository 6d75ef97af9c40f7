"""Texts as keys: without spare spaces, odd Unicode and, where it carries nothing, case."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

_LOOK_ALIKE = str.maketrans("‘’ʼ`´“”„‐‑‒–—−", "'''''\"\"\"------")


def plain(value: Any) -> str:
    """Return a value as text; whole numbers without decimals, None as empty."""
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return "" if value is None else str(value)


def name_key(value: Any) -> str:
    """Return a name without spare spaces and typographic variants; its case counts."""
    text = unicodedata.normalize("NFKC", plain(value)).translate(_LOOK_ALIKE)
    shown = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(shown.split())


def text_key(value: Any) -> str:
    """Return a text as `name_key` does, without case."""
    return name_key(value).casefold()


def email_key(value: Any) -> str:
    """Return an e-mail address without spaces and case (no mail host tells case apart)."""
    return "".join(text_key(value).split())


def postcode_key(value: Any) -> str:
    """Return a postcode's letters and digits in capitals."""
    return re.sub(r"[\W_]", "", name_key(value)).upper()


def street_key(value: Any) -> str:
    """Return a street line by line: commas part lines as well as breaks do, and case is nothing."""
    text = unicodedata.normalize("NFKC", plain(value))
    lines = (text_key(line) for line in re.split(r"[\r\n,]", text))
    return "\n".join(line for line in lines if line)


def url_key(value: Any) -> str:
    """Return a web address without scheme, `www.`, closing slash, and case in the host."""
    text = re.sub(r"^[a-z][a-z0-9+.-]*://", "", name_key(value), flags=re.IGNORECASE)
    host, slash, path = text.partition("/")
    return (host.casefold().removeprefix("www.") + slash + path).rstrip("/")
