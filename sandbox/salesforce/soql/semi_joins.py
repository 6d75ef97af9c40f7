"""What Salesforce does not allow of a query within a condition."""

from collections.abc import Iterator

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import Both, Condition, Either, Membership, Negation, Query

MOST = 2
_TOP = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested "
    "WHERE expressions"
)
_OR = "Semi join sub-selects are not allowed with the 'OR' operator"
_NESTED = "Nesting of semi join sub-selects is not supported"
_SAME = "The inner and outer selects should not be on the same object type"


def check(query: Query) -> None:
    """Raise MALFORMED_QUERY for a query within the condition that may not stand there."""
    found = list(_within(query.where, top=True)) if query.where else []
    if len(found) > MOST:
        raise _refused(query, found[MOST], f"At most {MOST} semi join sub-selects are allowed")
    for one in found:
        _check_inner(query, one)
    for item in query.items:
        if isinstance(item, Query):
            check(item)


def _within(condition: Condition, *, top: bool, either: bool = False) -> Iterator[Membership]:
    """The conditions that hold a query. Raises where one is not among those that all must hold."""
    if isinstance(condition, Membership):
        if condition.query:
            if not top:
                raise _refused(condition.query, condition, _OR if either else _TOP)
            yield condition
    elif isinstance(condition, Negation):
        yield from _within(condition.part, top=False)
    elif isinstance(condition, Both | Either):
        one_of = isinstance(condition, Either)
        for part in condition.parts:
            yield from _within(part, top=top and not one_of, either=one_of)


def _check_inner(query: Query, outer: Membership) -> None:
    inner = outer.query
    if inner is None:
        return
    if len(outer.path.steps) > 1 and outer.path.steps[0].lower() not in _own_names(query):
        raise _refused(query, outer, "The left operand of a semi join cannot use a relationship")
    if inner.source.lower() == query.source.lower():
        raise _refused(query, outer, _SAME)
    if inner.order or inner.limit is not None or inner.offset:
        raise _refused(query, outer, "A semi join sub-select has neither ORDER BY nor LIMIT")
    if inner.where and any(True for _ in _within(inner.where, top=True)):
        raise _refused(query, outer, _NESTED)


def _own_names(query: Query) -> set[str]:
    return {query.source.lower(), query.alias.lower()} - {""}


def _refused(query: Query, where: Membership, reason: str) -> RefusedError:
    return refused_at(query.text, where.path.place, "MALFORMED_QUERY", reason)
