"""Marks what differs between two short texts, down to the parts of an address or a number."""

from __future__ import annotations

import difflib
import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PART = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE = 0.4
"""Below this share of common text everything differs, and marks would only be noise."""


def differing(left: str, right: str) -> tuple[SafeString | str, SafeString | str]:
    """Return both texts with the parts that differ in `mark`; plain where little is alike."""
    a, b = PART.findall(left), PART.findall(right)
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    common = sum(len(a[i]) for i in _common(matcher))
    if not left or not right or 2 * common < ALIKE * (len(left) + len(right)):
        return left, right
    codes = matcher.get_opcodes()
    ours = [("".join(a[i:j]), op != "equal") for op, i, j, _, _ in codes if j > i]
    theirs = [("".join(b[i:j]), op != "equal") for op, _, _, i, j in codes if j > i]
    return _marked(ours), _marked(theirs)


def _common(matcher: difflib.SequenceMatcher[str]) -> list[int]:
    blocks = matcher.get_matching_blocks()
    return [place for block in blocks for place in range(block.a, block.a + block.size)]


def _marked(parts: list[tuple[str, bool]]) -> SafeString:
    pieces = [format_html("<mark>{}</mark>" if new else "{}", text) for text, new in parts]
    return format_html_join("", "{}", ((piece,) for piece in pieces))
