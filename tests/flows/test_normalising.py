"""What Xero makes of a text or a price is no change of anybody, and never a conflict."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from sync.core.lines import Line
from sync.core.planning import Action
from sync.core.records import Record, System
from sync.core.tax import Amounts, totals
from sync.flows.won_opportunity_invoice import FLOW
from tests.builders import changed, deal, deal_line, with_lines
from tests.flows.books import Books

WORDS = st.text("ab \t·é", min_size=1, max_size=12).map(lambda words: f"x{words}")
LINES = st.lists(
    st.builds(
        lambda words, price, quantity, discount: deal_line(
            str(price), str(quantity), str(discount), Description=words
        ),
        WORDS,
        st.decimals(1, 999, places=5),
        st.decimals(1, 99, places=2),
        st.sampled_from([Decimal(0), Decimal("12.5"), Decimal("33.33")]),
    ),
    min_size=1,
    max_size=4,
)


def won(name: str, lines: list[dict[str, Any]]) -> Record:
    """Return a deal of these lines whose amount is what Xero counts."""
    counted = [Line("", x["Quantity"], x["UnitPrice"], x["Discount"] or Decimal(0)) for x in lines]
    net = totals(counted, Amounts.EXCLUSIVE, {}).net
    assume(net > 0)
    return with_lines(deal(Name=name), *lines, amount=str(net))


@given(WORDS, LINES)
def test_what_xero_trims_and_rounds_is_not_written_again(
    name: str, lines: list[dict[str, Any]]
) -> None:
    books, record = Books(FLOW), won(name, lines)
    assert books.sync(record).action is Action.CREATE
    again = books.prepare(record.key)
    assert (again.action, again.intents, again.questions) == (Action.NOTHING, (), ())


@given(WORDS, LINES)
def test_a_later_change_names_only_what_moved_and_is_no_conflict(
    name: str, lines: list[dict[str, Any]]
) -> None:
    books, record = Books(FLOW), won(name, lines)
    books.sync(record)
    moved = changed(books.records[record.key], CloseDate=date(2026, 11, 25))
    plan = books.sync(moved)
    assert not plan.questions
    assert [set(i.shared) for i in plan.intents] == [{"date", "due_date"}]
    longer = changed(won(name, [*lines, deal_line("1")]), CloseDate=date(2026, 11, 25))
    plan = books.sync(changed(books.records[record.key], **dict(longer.values)))
    assert not plan.questions
    assert ["lines" in i.shared for i in plan.intents if i.system is System.XERO] == [True]


@given(WORDS, LINES)
def test_what_finance_changes_among_it_stands(name: str, lines: list[dict[str, Any]]) -> None:
    books, record = Books(FLOW), won(name, lines)
    books.sync(record)
    (made,) = books.of("Invoice")
    first = {**made.get("LineItems")[0], "Description": "By finance"}
    edited = books.edit(made, LineItems=[first, *made.get("LineItems")[1:]])
    plan = books.sync(changed(books.records[record.key], CloseDate=date(2026, 11, 25)))
    assert not plan.questions
    assert books.records[edited.key].get("LineItems") == edited.get("LineItems")
