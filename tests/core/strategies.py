"""What Hypothesis draws from: values, rules, agreed values, lines."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from sync.core.agreed import Common
from sync.core.flow import BOTH, TO_SALESFORCE, TO_XERO, Empty, FieldRule, Owner
from sync.core.lines import Line

VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "a", "b", "c", Decimal("1.50"), Decimal(2), [], [{"x": "a"}], [{"x": "b"}]]
)
FILLED: st.SearchStrategy[Any] = st.sampled_from(["a", "b", "c", Decimal("1.50"), [{"x": "a"}]])
WRITES = st.sampled_from([BOTH, TO_XERO, TO_SALESFORCE])
COMMON = st.builds(Common, VALUES, VALUES, st.booleans())

RULES = st.builds(
    FieldRule,
    target=st.just("field"),
    owner=st.sampled_from(Owner),
    writes=WRITES,
    empty=st.sampled_from(Empty),
    create_only=st.booleans(),
)

MONEY = st.decimals(-99999, 99999, places=2)
RATES = st.sampled_from([Decimal(r) for r in ("0", "5", "10", "12.5", "15", "20", "15.47375")])
LINES = st.builds(
    Line,
    description=st.just("Survey day"),
    quantity=st.decimals(0, 999, places=2),
    unit_amount=st.decimals(-9999, 9999, places=5),
    discount_rate=st.decimals(0, 100, places=2),
    tax_type=st.just("OUTPUT2"),
)

_PLAIN: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(fold=0)),
)
STORABLE: st.SearchStrategy[Any] = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
