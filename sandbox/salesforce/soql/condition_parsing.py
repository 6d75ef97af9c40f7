"""Understands the conditions of a query."""

from collections.abc import Callable

from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import (
    Both,
    Comparison,
    Condition,
    Either,
    Membership,
    Negation,
    Query,
    Value,
)
from sandbox.salesforce.soql.words import Words

ReadQuery = Callable[[Words], Query]
_SIGNS = ("=", "!=", "<>", "<", "<=", ">", ">=")
LONGEST_TEXT = 4_000  # Salesforce's limits of queries
_PLAIN = ("string", "number", "date", "datetime")


def read_condition(words: Words, read_query: ReadQuery) -> Condition:
    """Read what stands behind WHERE. Raises MALFORMED_QUERY."""
    first = _part(words, read_query)
    if not words.says("AND", "OR"):
        return first
    parts, joint = [first], words.now.text.upper()
    while words.skip(joint):
        parts.append(_part(words, read_query))
    if words.says("AND", "OR"):  # the two may be mixed in brackets only
        raise words.unexpected()
    return Both(tuple(parts)) if joint == "AND" else Either(tuple(parts))


def _part(words: Words, read_query: ReadQuery) -> Condition:
    if words.says("NOT"):
        words.take()
        with words.deeper():
            return Negation(_part(words, read_query))
    if words.skip("("):
        with words.deeper():
            inner = read_condition(words, read_query)
        words.must(")")
        return inner
    return _simple(words, read_query)


def _simple(words: Words, read_query: ReadQuery) -> Condition:
    path = words.path()
    if words.skip("LIKE"):
        return Comparison(path, "LIKE", _value(words))
    negated = words.says("NOT")
    if negated:
        words.take()
    if negated or words.says("IN"):
        words.must("IN")
        return _membership(words, read_query, Membership(path, negated, ()))
    sign = words.must(*_SIGNS).text
    return Comparison(path, "!=" if sign == "<>" else sign, _value(words))


def _membership(words: Words, read_query: ReadQuery, made: Membership) -> Membership:
    words.must("(")
    if words.says("SELECT"):
        with words.deeper():
            query = read_query(words)
        words.must(")")
        return Membership(made.path, made.negated, (), query)
    values = [_value(words)]
    while words.skip(","):
        values.append(_value(words))
    words.must(")")
    return Membership(made.path, made.negated, tuple(values))


def _value(words: Words) -> Value:
    word = words.now
    if word.sort in _PLAIN:
        words.take()
        if len(word.text) > LONGEST_TEXT + len("''"):
            reason = f"A text in a condition cannot be longer than {LONGEST_TEXT} characters."
            raise refused_at(words.text, word.place, "MALFORMED_QUERY", reason)
        return Value(word.sort, word.text, word.place)
    if word.sort == "symbol" and word.text == ":":
        message = "Only variable references are allowed in dynamic SOQL/SOSL."
        raise refused_at(words.text, word.place, "MALFORMED_QUERY", message)
    text = words.name().text.upper()
    if text in ("TRUE", "FALSE"):
        return Value("boolean", text, word.place)
    if text == "NULL":
        return Value("null", text, word.place)
    if words.skip(":"):
        text = f"{text}:{words.whole()}"
    return Value("moving", text, word.place)
