"""A quote's item is exchanged: its line is made anew, whatever else is in the deal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sync.flows.shapes import quote_lines
from tests.builders import changed
from tests.flows import quotes

WARES = (quotes.product("SURVEY"), quotes.product("DIVE"))
OWN = {"Id": "00kOWN", "Quantity": Decimal(1), "UnitPrice": Decimal(7), "Product2Id": "01tX"}


@pytest.mark.parametrize("more", [[], [OWN]])
def test_the_only_line_of_a_deal_is_made_anew_beside_a_salespersons_own(
    more: list[dict[str, Any]],
) -> None:
    made = quotes.Pipeline(catalogue=quotes.sold(*WARES))
    made.settle(quotes.made("QU-0001", quotes.line("10", Description="One")))
    made.edit(OpportunityLineItems=[*made.lines, *more])
    exchanged = quotes.line("10", Description="One", ItemCode="DIVE")
    made.settle(quotes.made("QU-0001", exchanged))
    (ours,) = [row for row in made.lines if row["Id"] != "00kOWN"]
    assert ours["Product2Id"] == WARES[1].key.id
    assert len(made.lines) == 1 + len(more)


def test_an_amount_of_a_salespersons_outlives_lines_that_fit_later() -> None:
    made = quotes.Pipeline(catalogue=quotes.sold(WARES[1]))
    row = quotes.line("10", Description="One")
    made.settle(quotes.made("QU-0001", row))
    assert made.lines == []
    made.edit(Amount=Decimal(9))
    made.catalogue = quotes.sold(*WARES)
    made.settle(quotes.made("QU-0001", row))
    assert made.lines == []
    assert made.deal is not None
    assert made.deal.get("Amount") == Decimal(9)


def test_lines_that_fit_later_are_given_to_a_deal_that_nobody_touched() -> None:
    made = quotes.Pipeline(catalogue=quotes.sold(WARES[1]))
    row = quotes.line("10", Description="One")
    made.settle(quotes.made("QU-0001", row))
    made.catalogue = quotes.sold(*WARES)
    made.settle(quotes.made("QU-0001", row))
    assert len(made.lines) == 1


def test_an_old_quotes_line_stays_though_its_product_was_retired() -> None:
    made = quotes.Pipeline(catalogue=quotes.sold(*WARES))
    row = quotes.line("10", Description="One")
    made.settle(quotes.made("QU-0001", row))
    retired = changed(WARES[0], IsActive=False)
    made.catalogue = quotes.sold(retired, WARES[1])
    assert made.quote is not None
    fitted = quote_lines.fit(made.quote, made.catalogue, made.deal)
    assert len(fitted.lines) == 1
    assert quote_lines.fit(made.quote, made.catalogue).lacking == ("SURVEY",)
