"""A name taken apart: its telling words, numbers, legal form, and words that name a group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .folding import plain, words
from .vocabulary import (
    ALIKE,
    BUSINESS,
    COMMON,
    DESIGNATORS,
    FORMS_ANYWHERE,
    LEGAL_FORMS,
    STOP_WORDS,
    TITLES,
)

_TRADING_AS = re.compile(r"\b(?:t/a|d/b/a|dba|trading as|formerly|f/k/a|fka)\b[:.]?", re.IGNORECASE)
_LONG_WORD = 7
_LONG_WORDS = sorted(word for word in {*ALIKE, *map(plain, BUSINESS)} if len(word) >= _LONG_WORD)
_LONGEST_FORM = max(len(form) for form in LEGAL_FORMS)


@dataclass(frozen=True, slots=True)
class Name:
    """One name in normal form: `tokens` in their order, `numbers` apart, `whole` for equality."""

    tokens: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    form: str = ""
    whole: str = ""

    def __bool__(self) -> bool:
        return bool(self.tokens or self.numbers)


NO_NAME = Name(())


def name_of(text: str, forms: frozenset[str] = frozenset()) -> Name:
    """Return the name in normal form; `forms` are legal forms besides the built-in ones."""
    found = _without_singles(words(text))
    while len(found) > 1 and found[0] in TITLES:
        found = found[1:]
    found, form = _without_form(found, forms)
    told = [_meant(word) for word in _telling(found)] or found
    numbers = tuple(sorted({DESIGNATORS.get(w, w) for w in told[1:] if _is_number(w)}))
    tokens = tuple(dict.fromkeys(w for i, w in enumerate(told) if i == 0 or not _is_number(w)))
    return Name(tokens, numbers, form, "".join(sorted(tokens)) + "".join(numbers))


def _telling(found: list[str]) -> list[str]:
    """Return the words that tell something; a letter at either end is an initial."""
    ends = {0, len(found) - 1}
    return [
        word
        for place, word in enumerate(found)
        if word not in STOP_WORDS or (len(word) == 1 and place in ends)
    ]


@lru_cache(maxsize=100_000)
def _meant(word: str) -> str:
    """Return the usual spelling of a word of business, also of a long one with a typing error."""
    if word in ALIKE or len(word) < _LONG_WORD or word in COMMON or not word.isalpha():
        return ALIKE.get(word, word)
    found = process.extractOne(word, _LONG_WORDS, scorer=OSA.distance, score_cutoff=1)
    return ALIKE.get(found[0], found[0]) if found else word


def names_of(text: str, forms: frozenset[str] = frozenset()) -> tuple[Name, ...]:
    """Return the name, and the one that it trades as (or had before) when both are written."""
    parts = (name_of(part, forms) for part in _TRADING_AS.split(text, maxsplit=1))
    return tuple(dict.fromkeys(name for name in parts if name))


def _is_number(word: str) -> bool:
    return word.isdigit() or word in DESIGNATORS


def _without_singles(found: list[str]) -> list[str]:
    """Join letters that stand alone where they make a legal form or an abbreviation: "I B M"."""
    joined: list[str] = []
    run: list[str] = []
    for word in [*found, ""]:
        if len(word) == 1 and word.isalpha():
            run.append(word)
            continue
        together = "".join(run)
        is_form = (together,) in LEGAL_FORMS and joined
        joined += [together] if len(run) > 1 and (is_form or len(run) > 2) else run
        run = []
        joined += [word] if word else []
    return joined


def _without_form(found: list[str], more: frozenset[str]) -> tuple[list[str], str]:
    """Return the words without their legal form, and the form; a name is never emptied."""
    form = ""
    while len(found) > 1:
        size = next((n for n in _sizes(found) if _form_of(found[-n:], more)), 0)
        if not size or STOP_WORDS.issuperset(found[:-size]):
            break
        form, found = form or _form_of(found[-size:], more), found[:-size]
    kept = [word for word in found if word not in FORMS_ANYWHERE and word not in more]
    if len(kept) < len(found) and not STOP_WORDS.issuperset(kept):
        gone = next(word for word in found if word not in kept)
        return kept, form or LEGAL_FORMS.get((gone,), gone)
    if not form and len(found) > 2 and found[0] in {"ooo", "oao", "zao", "pt", "sa", "sas"}:
        return found[1:], found[0]
    return found, form


def _sizes(found: list[str]) -> range:
    return range(min(_LONGEST_FORM, len(found) - 1), 0, -1)


def _form_of(end: list[str], more: frozenset[str]) -> str:
    """Return the legal form that these words are, a common one with a typing error too."""
    if (together := " ".join(end)) in more:
        return together
    form = LEGAL_FORMS.get(tuple(end)) or LEGAL_FORMS.get(("".join(end),), "")
    if form or len(end) > 1 or len(end[0]) < 3 or end[0] in COMMON:
        return form
    return _mistyped_form(end[0])


@lru_cache(maxsize=10_000)
def _mistyped_form(word: str) -> str:
    """Return the legal form that a word is but for one typing error; letters swapped in short."""
    for form in _ONE_WORD:
        apart = OSA.distance(word, form, score_cutoff=1)
        if apart == 1 and (len(form) > 4 or form in _USUAL or sorted(word) == sorted(form)):
            return LEGAL_FORMS[form,]
    return ""


_ONE_WORD = tuple(form[0] for form in LEGAL_FORMS if len(form) == 1 and len(form[0]) > 2)
_USUAL = frozenset(("ltd", "gmbh", "sarl", "eurl"))
