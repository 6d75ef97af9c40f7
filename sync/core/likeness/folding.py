"""Text in one form: accents, case, German digraphs, Greek and Cyrillic letters, and sounds."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        **{"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae"},
        **{"œ": "oe", "’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-"},
        **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziiklmnoprstufhye", strict=True)),
        **{"ё": "e", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": ""},
        **{"ю": "yu", "я": "ya", "і": "i", "ї": "i", "є": "e", "ґ": "g"},
        **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "abgdeziiklmnxoprsstyfo", strict=True)),
        **{"θ": "th", "χ": "ch", "ψ": "ps"},
    }
)
_DIGRAPHS = re.compile(r"([aou])e")
_WORDS = re.compile(r"\w+")
_DOTTED = re.compile(r"\b\w(?:\.\w){2,}\b\.?|\bu\.[ks]\b\.?")
_DOTS = re.compile(r"\.\.+")
_POSSESSIVE = re.compile(r"'s\b")


def fold(text: str) -> str:
    """Return the text in lower case, without accents, other alphabets in Latin letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS)
    return text.lower()


def plain(word: str) -> str:
    """Return a folded word with ae, oe and ue as a, o and u: "mueller" and "müller" are one."""
    return _DIGRAPHS.sub(r"\1", word)


def words(text: str) -> list[str]:
    """Return the folded words; three and more dotted letters are one ("S.A.R.L." is "sarl")."""
    text = _POSSESSIVE.sub("s", _DOTS.sub(".", fold(text).replace("_", " ")))
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    return [plain(word) for word in _WORDS.findall(text.replace("'", ""))]


_SOUNDS = {
    **dict.fromkeys("bp", "p"),
    **dict.fromkeys("ckqgxjh", "k"),
    **dict.fromkeys("dt", "t"),
    **dict.fromkeys("fvw", "f"),
    **dict.fromkeys("szß", "s"),
    **dict.fromkeys("mn", "n"),
    **{"l": "l", "r": "r"},
}


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return about how a word sounds: its first letter's class and up to four more consonants.

    Words with digits are themselves. Wrong vowels, doubled letters and an h too many make no
    difference.
    """
    if not word.isalpha():
        return word
    word = word.replace("ph", "f").replace("sch", "s").replace("ch", "k").replace("th", "t")
    first = _SOUNDS.get(word[0], "a")
    found = [first]
    for letter in word[1:]:
        code = "" if letter == "h" else _SOUNDS.get(letter, "")
        if code and code != found[-1]:
            found.append(code)
    return "".join(found[:5])
