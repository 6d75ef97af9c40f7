"""Reads Xero's `where`: comparisons joined by AND and OR, with brackets and a few methods."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sandbox.store import Record
from sandbox.xero.books import fold
from sandbox.xero.errors import bad_query
from sandbox.xero.fields import TYPE_NAMES, field_type
from sandbox.xero.reading import is_guid
from sandbox.xero.stamps import stamp

Look = Callable[[Record, str], Any]
Test = Callable[[Record], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"[^"]*")|(?P<number>-?\d+(?:\.\d+)?)
    |(?P<op>==|!=|<>|>=|<=|=|>|<)|(?P<and>&&|AND\b|and\b)|(?P<or>\|\||OR\b|or\b)
    |(?P<open>\()|(?P<close>\))|(?P<comma>,)|(?P<name>\.?[A-Za-z_][\w.]*))""",
    re.VERBOSE,
)
DEEPEST = 50  # brackets within brackets; so few that no client meets it by chance
_ORDERED = ("number", "date", "instant")


class Token(NamedTuple):
    """A word of the query, what it is and where it stands."""

    kind: str
    text: str
    place: int


class Literal(NamedTuple):
    """A value in the query: its type (string, number, guid, date, bool, null) and itself."""

    type: str
    value: Any


@dataclass(frozen=True)
class Query:
    """The test of a `where`, and the equalities that must hold, for a quick first choice."""

    test: Test
    equal: tuple[tuple[str, str], ...]


def parse_where(where: str, kind: str, look: Look) -> Query:
    """The query over records of this kind; `look` finds a field's value by its dotted path.

    Raises a 400 QueryParseException for what it cannot read.
    """
    return _Parser(_tokens(where), kind, look).whole()


def _tokens(where: str) -> list[Token]:
    tokens, place = [], 0
    text = where.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            rest = text[place:].lstrip()
            unfinished = rest.startswith('"')
            raise bad_query(
                "Unterminated string literal" if unfinished else f"Syntax error '{rest[0]}'"
            )
        kind = str(found.lastgroup)
        tokens.append(Token(kind, found[kind], place))
        place = found.end()
    return [*tokens, Token("end", "", place)]


class _Parser:
    def __init__(self, tokens: list[Token], kind: str, look: Look) -> None:
        self._tokens, self._kind, self._look = tokens, kind, look
        self._at = self._depth = 0

    def whole(self) -> Query:
        query = self._any()
        if self._next.kind != "end":
            raise self._wrong()
        return query

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _wrong(self) -> Exception:
        if self._next.kind == "end":
            return bad_query("Expression expected")
        return bad_query(f"Syntax error at '{self._next.text}' (at index {self._next.place})")

    def _take(self, kind: str) -> Token:
        token = self._next
        if token.kind != kind:
            raise self._wrong()
        self._at += 1
        return token

    def _any(self) -> Query:
        queries = [self._all()]
        while self._next.kind == "or":
            self._at += 1
            queries.append(self._all())
        return _either(queries) if len(queries) > 1 else queries[0]

    def _all(self) -> Query:
        queries = [self._one()]
        while self._next.kind == "and":
            self._at += 1
            queries.append(self._one())
        return _both(queries) if len(queries) > 1 else queries[0]

    def _one(self) -> Query:
        if self._next.kind == "open":
            self._at += 1
            self._depth += 1
            if self._depth > DEEPEST:
                raise bad_query("The expression is nested too deeply")
            query = self._any()
            self._take("close")
            self._depth -= 1
            return query
        return self._comparison()

    def _comparison(self) -> Query:
        path = self._take("name").text
        if self._next.kind == "open":
            return self._method(path)
        kind = self._field(path)
        if self._next.kind != "op":
            if kind == "bool":
                return Query(lambda record: bool(self._look(record, path)), ())
            raise self._wrong()
        op = {"=": "==", "<>": "!="}.get(self._next.text, self._next.text)
        self._at += 1
        return self._compare(path, kind, op, self._literal())

    def _field(self, path: str) -> str:
        found = field_type(self._kind, path)
        if not found:
            raise bad_query(f"No property or field '{path}' exists in type '{self._kind}'")
        return found

    def _method(self, path: str) -> Query:
        """`Field.Contains("x")`, StartsWith or EndsWith; ToLower() and ToUpper() change nothing."""
        field, _, method = path.rpartition(".")
        if method in ("ToLower", "ToUpper"):
            self._take("open")
            self._take("close")
            if self._next.text.startswith("."):
                return self._method(field + self._take("name").text)
            op = self._take("op").text
            return self._compare(field, self._field(field), op, self._literal())
        tests = {
            "Contains": str.__contains__,
            "StartsWith": str.startswith,
            "EndsWith": str.endswith,
        }
        if method not in tests or self._field(field) != "string":
            raise bad_query(f"No applicable method '{method}' exists in type '{self._kind}'")
        self._take("open")
        part = fold(self._take("string").text[1:-1])
        self._take("close")
        test = tests[method]
        return Query(lambda record: test(fold(self._look(record, field) or ""), part), ())

    def _literal(self) -> Literal:
        token = self._next
        self._at += 1
        if token.kind == "string":
            return Literal("string", token.text[1:-1])
        if token.kind == "number":
            return Literal("number", Decimal(token.text))
        words = {"true": Literal("bool", True), "false": Literal("bool", False)}
        words["null"] = Literal("null", None)
        if token.kind == "name" and token.text in words:
            return words[token.text]
        if token.kind == "name" and token.text.lower() in ("guid", "datetime"):
            return self._made(token.text.lower())
        self._at -= 1
        if token.kind == "name":
            raise bad_query(f"No property or field '{token.text}' exists in type '{self._kind}'")
        raise self._wrong()

    def _made(self, maker: str) -> Literal:
        """`guid("…")` or `DateTime(2026,1,31)`, with hours, minutes and seconds if need be."""
        self._take("open")
        if maker == "guid":
            text = self._take("string").text[1:-1].strip("{}").lower()
            self._take("close")
            if not is_guid(text):
                raise bad_query("Guid should contain 32 digits with 4 dashes")
            return Literal("guid", text)
        figures = [self._take("number").text]
        while self._next.kind == "comma":
            self._at += 1
            figures.append(self._take("number").text)
        self._take("close")
        return Literal("date", _instant(figures))

    def _compare(self, path: str, kind: str, op: str, literal: Literal) -> Query:
        _check_types(kind, op, literal)
        if literal.type == "null":
            absent = op == "=="
            return Query(lambda record: (self._look(record, path) in (None, "")) is absent, ())
        wanted = fold(literal.value) if kind in ("string", "guid") else literal.value

        def test(record: Record) -> bool:
            value = _comparable(self._look(record, path), kind)
            if value is None:
                return op == "!="
            return _OPERATORS[op](value, wanted)

        certain = ((path, str(literal.value)),) if op == "==" and kind in ("string", "guid") else ()
        return Query(test, certain)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
}


def _instant(figures: list[str]) -> str:
    """The kept form of a DateTime's figures. Raises the 400 where they make no instant."""
    if len(figures) not in (3, 6):
        raise bad_query("No applicable constructor exists in type 'DateTime'")
    try:
        year, month, day, hour, minute, second = [*map(int, figures), 0, 0, 0][:6]
        return stamp(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except ValueError as error:
        raise bad_query(f"DateTime({','.join(figures)}) is no date") from error


def _check_types(kind: str, op: str, literal: Literal) -> None:
    same = literal.type == {"instant": "date"}.get(kind, kind) or literal.type == "null"
    if not same or (op not in ("==", "!=") and kind not in _ORDERED):
        left, right = TYPE_NAMES[kind], TYPE_NAMES.get(literal.type, "null")
        raise bad_query(f"Operator '{op}' incompatible with operand types '{left}' and '{right}'")


def _comparable(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind in ("string", "guid"):
        return fold(value)
    return f"{value}T00:00:00.000Z" if kind == "date" else value


def _either(queries: list[Query]) -> Query:
    return Query(lambda record: any(one.test(record) for one in queries), ())


def _both(queries: list[Query]) -> Query:
    equal = tuple(pair for one in queries for pair in one.equal)
    return Query(lambda record: all(one.test(record) for one in queries), equal)
