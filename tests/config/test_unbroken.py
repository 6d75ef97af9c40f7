"""Numbers, amounts and days in running text are kept on one line, and nothing else changes."""

from __future__ import annotations

import re

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from config.template_words import unbroken


@pytest.mark.parametrize(
    "whole",
    [
        "INV-0012", "2026-11-01", "GBP 1,200.00", "3 Nov 2026", "SO/24-117.2", "CN-A-7",
        "EUR −40.50",
    ],
)  # fmt: skip
def test_a_number_an_amount_and_a_day_stay_on_one_line(whole: str) -> None:
    shown = unbroken(f"Of {whole}, late.")
    assert shown == f'Of <span class="nowrap">{whole}</span>, late.'


def test_words_with_hyphens_and_sentences_may_break() -> None:
    text = "A part-paid invoice of 12 days - the first."
    assert unbroken(text) == text


@given(st.text(max_size=80))
def test_the_words_stay_as_they_are_and_are_escaped(text: str) -> None:
    assert re.sub(r'<span class="nowrap">|</span>', "", unbroken(text)) == str(escape(text))
