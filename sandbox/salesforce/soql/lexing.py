"""Cuts a query into its words."""

import re
from typing import NamedTuple

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.soql.places import malformed, refused_at

_WORDS = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d(?![\dT]))
  | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<symbol><=|>=|!=|<>|[(),=<>:])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class Word(NamedTuple):
    """One word of a query, its sort and where it stands."""

    sort: str
    text: str
    place: int


def cut(text: str) -> list[Word]:
    """The query's words, with an empty one at its end. Raises MALFORMED_QUERY."""
    words, place = [], 0
    while place < len(text):
        found = _WORDS.match(text, place)
        if not found:
            raise _unreadable(text, place)
        if found.lastgroup and found.lastgroup != "space":
            words.append(Word(found.lastgroup, found.group(), place))
        place = found.end()
    return [*words, Word("end", "", len(text))]


def unquote(text: str, word: Word, *, pattern: bool = False) -> str:
    r"""The text of a quoted word; in a pattern, \% and \_ stay as they are."""

    def plain(found: re.Match[str]) -> str:
        sign = found.group(1)
        if sign in "%_":
            return f"\\{sign}" if pattern else sign
        if sign in "\\'\"":
            return "\\\\" if pattern and sign == "\\" else sign
        if len(sign) == 5:
            return chr(int(sign[1:], 16))
        if sign.lower() in _ESCAPES:
            return _ESCAPES[sign.lower()]
        raise refused_at(
            text,
            word.place,
            "MALFORMED_QUERY",
            f"Invalid string literal {word.text}. Illegal character sequence '\\{sign}' in string "
            "literal",
        )

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, word.text[1:-1], flags=re.DOTALL)


def _unreadable(text: str, place: int) -> RefusedError:
    return malformed(text, place, "'<EOF>'" if text[place] == "'" else f"'{text[place]}'")
