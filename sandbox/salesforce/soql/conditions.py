"""Turns a query's condition into a test of one record."""

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import TEXTS, Kind
from sandbox.salesforce.soql.currencies import in_own, read_amount
from sandbox.salesforce.soql.literals import Span, meant, pattern
from sandbox.salesforce.soql.paths import Found, find
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import (
    Both,
    Comparison,
    Condition,
    Membership,
    Negation,
    Path,
    Query,
)
from sandbox.store import Record

Test = Callable[[Record], bool]
Inner = Callable[[Query], Iterable[Any]]
"""Runs the query of a semi-join and gives the values of its one field."""

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Conditions:
    """Makes tests for the records of one kind in one query."""

    def __init__(self, org: Org, kind: Kind, query: Query, inner: Inner) -> None:
        self._org, self._kind, self._query, self._inner = org, kind, query, inner

    def test(self, condition: Condition) -> Test:
        """The test that a condition means. Raises RefusedError."""
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        if isinstance(condition, Membership):
            return self._membership(condition)
        if isinstance(condition, Negation):
            inner = self.test(condition.part)
            return lambda record: not inner(record)
        parts = [self.test(part) for part in condition.parts]
        if isinstance(condition, Both):
            return lambda record: all(part(record) for part in parts)
        return lambda record: any(part(record) for part in parts)

    def field(self, path: Path) -> Found:
        """The field that a condition is about. Raises where it cannot be filtered by."""
        found = find(self._org, self._kind, path, self._query)
        if not found.field.comparable:
            raise self._refused(path, f"field '{path}' can not be filtered in a query call")
        return found

    def _comparison(self, condition: Comparison) -> Test:
        found = self.field(condition.path)
        if condition.sign == "LIKE":
            return self._like(condition, found)
        if found.field.type == "currency":
            amount = read_amount(self._org, condition.value.text)
            if amount is not None:
                return self._amount(condition.sign, found, amount)
        wanted = meant(self._org, self._query, found.field, condition.value)
        org, sign = self._org, condition.sign
        if isinstance(wanted, Span):
            return lambda record: _in_span(found.value(org, record), sign, wanted)
        if sign not in ("=", "!=") and found.field.type == "boolean":
            raise self._refused(condition.path, "invalid operator on boolean field")
        if sign in ("=", "!="):
            equal = sign == "="
            return lambda record: (_plain(found, org, record) == wanted) == equal
        compare = _ORDERED[sign]

        def ordered(record: Record) -> bool:
            value = _plain(found, org, record)
            return value is not None and wanted is not None and compare(value, wanted)

        return ordered

    def _amount(self, sign: str, found: Found, amount: Decimal) -> Test:
        """A comparison with an amount in a currency that the query names."""
        org = self._org
        compare = {**_ORDERED, "=": operator.eq, "!=": operator.ne}[sign]

        def compared(record: Record) -> bool:
            value = in_own(org, found, record)
            return sign == "!=" if value is None else compare(value, amount)

        return compared

    def _like(self, condition: Comparison, found: Found) -> Test:
        if found.field.type not in TEXTS:
            raise self._refused(condition.path, f"invalid operator on {found.field.type} field")
        if condition.value.sort != "string":
            meant(self._org, self._query, found.field, condition.value)  # says what is wrong
        wanted, org = pattern(self._query, condition.value), self._org
        return lambda record: bool(wanted.fullmatch(found.value(org, record) or ""))

    def _membership(self, condition: Membership) -> Test:
        found, org = self.field(condition.path), self._org
        if condition.query:
            if found.field.type not in ("id", "reference"):
                raise self._refused(condition.path, "invalid operator: only ids are in a query")
            wanted = set(self._inner(condition.query)) - {None}
        else:
            wanted = {
                meant(org, self._query, found.field, value) for value in condition.values
            }  # fmt: skip
        spans = [one for one in wanted if isinstance(one, Span)]
        negated = condition.negated
        if not spans:
            return lambda record: (_plain(found, org, record) in wanted) != negated
        return lambda record: (
            any(_in_span(found.value(org, record), "=", one) for one in spans) != negated
        )

    def _refused(self, path: Path, reason: str) -> RefusedError:
        code = "INVALID_QUERY_FILTER_OPERATOR" if "operator" in reason else "INVALID_FIELD"
        return refused_at(self._query.text, path.place, code, reason)


def _plain(found: Found, org: Org, record: Record) -> Any:
    """The value as literals are: texts without their case, but ids and times as they are."""
    value = found.value(org, record)
    if isinstance(value, str) and found.field.type in TEXTS:
        return value.casefold()
    return value


def _in_span(value: Any, sign: str, wanted: Span) -> bool:
    if value is None:
        return sign == "!="
    holds: dict[str, bool] = {
        "=": wanted.first <= value < wanted.end,
        "!=": not wanted.first <= value < wanted.end,
        "<": value < wanted.first,
        "<=": value < wanted.end,
        ">": value >= wanted.end,
        ">=": value >= wanted.first,
    }
    return holds[sign]
