"""What an address or a form names: whatever was typed there, none of it is a fault of ours."""

from __future__ import annotations

DIGITS = 18
"""Fewer than the largest number that the database keeps has."""


def number_in(text: str) -> int:
    """Return the number that a text is; 0, which nothing has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
