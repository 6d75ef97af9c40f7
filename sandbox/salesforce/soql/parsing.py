"""Understands a query's words."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.soql.condition_parsing import read_condition
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.semi_joins import check
from sandbox.salesforce.soql.syntax import Column, EveryField, Order, Path, Query, Total
from sandbox.salesforce.soql.words import Words

LONGEST = 100_000
FARTHEST_OFFSET = 2_000
_TOTALS = ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX")
_CLAUSES = ("USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL")


def parse(text: str) -> Query:
    """The query that the text asks. Raises MALFORMED_QUERY."""
    if len(text) > LONGEST:
        message = f"SOQL statements cannot be longer than {LONGEST} characters."
        raise RefusedError("MALFORMED_QUERY", message)
    words = Words(text)
    query = _query(words)
    if words.now.sort != "end":
        raise words.unexpected()
    check(query)
    return query


def _query(words: Words) -> Query:
    words.must("SELECT")
    items = [_item(words)]
    while words.skip(","):
        items.append(_item(words))
    words.must("FROM")
    source = words.name()
    alias = _alias(words)
    if words.skip("USING"):
        words.must("SCOPE")
        words.name()
    where = read_condition(words, _query) if words.skip("WHERE") else None
    group = _group(words)
    order = _order(words)
    limit = words.whole() if words.skip("LIMIT") else None
    offset = _offset(words)
    if words.skip("FOR"):
        words.must("VIEW", "REFERENCE")
    return Query(
        words.text,
        tuple(items),
        source.text,
        source.place,
        alias,
        where,
        group,
        order,
        limit,
        offset,
    )


def _item(words: Words) -> Column | Total | EveryField | Query:
    if words.skip("("):
        with words.deeper():
            below = _query(words)
        words.must(")")
        return below
    if words.after.text == "(" and words.now.sort == "name":
        return _function(words)
    return Column(words.path(), _alias(words, "FROM"))


def _function(words: Words) -> Column | Total | EveryField:
    word = words.name()
    name = word.text.upper()
    if name == "FIELDS":
        words.must("(")
        which = words.must("ALL", "STANDARD", "CUSTOM").text.upper()
        words.must(")")
        return EveryField(which, word.place)
    if name == "CONVERTCURRENCY":
        words.must("(")
        path = words.path()
        words.must(")")
        return Column(path, _alias(words, "FROM"), converts=True)
    total = _total(words, name, word.place)
    return Total(total.function, total.path, _alias(words, "FROM"), word.place)


def _total(words: Words, name: str, place: int) -> Total:
    if name not in _TOTALS:
        message = f"Unknown function: {name}"
        raise refused_at(words.text, place, "MALFORMED_QUERY", message)
    words.must("(")
    path = None if words.says(")") and name == "COUNT" else words.path()
    words.must(")")
    return Total(name, path, "", place)


def _alias(words: Words, *stops: str) -> str:
    if words.now.sort != "name" or words.says(*_CLAUSES, *stops):
        return ""
    return words.take().text


def _group(words: Words) -> tuple[Path, ...]:
    if not words.skip("GROUP"):
        return ()
    words.must("BY")
    group = [words.path()]
    while words.skip(","):
        group.append(words.path())
    return tuple(group)


def _order(words: Words) -> tuple[Order, ...]:
    if not words.skip("ORDER"):
        return ()
    words.must("BY")
    order = [_one_order(words)]
    while words.skip(","):
        order.append(_one_order(words))
    return tuple(order)


def _one_order(words: Words) -> Order:
    what: Path | Total
    if words.after.text == "(":
        word = words.name()
        what = _total(words, word.text.upper(), word.place)
    else:
        what = words.path()
    descending = words.says("DESC")
    words.skip("ASC", "DESC")
    nulls_last = descending
    if words.skip("NULLS"):
        nulls_last = words.must("FIRST", "LAST").text.upper() == "LAST"
    return Order(what, descending, nulls_last)


def _offset(words: Words) -> int:
    place = words.now.place
    offset = words.whole() if words.skip("OFFSET") else 0
    if offset > FARTHEST_OFFSET:
        message = f"Maximum SOQL offset allowed is {FARTHEST_OFFSET}"
        raise refused_at(words.text, place, "NUMBER_OUTSIDE_VALID_RANGE", message)
    return offset
