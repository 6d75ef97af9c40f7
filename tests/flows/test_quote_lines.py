"""A quote's lines become product lines to the cent, all of them, or none."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.flows.shapes import quote_lines
from tests.flows import quotes

CENT = Decimal("0.01")
PRICES = st.decimals("-9999", "9999", places=4)
QUANTITIES = st.decimals("0.01", "999", places=2)
DISCOUNTS = st.decimals("0", "100", places=2)


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Lines with ids of their own, some with prices of four decimals."""
    count = draw(st.integers(1, 4))
    return [
        quotes.line(
            str(draw(PRICES if draw(st.booleans()) else PRICES.map(lambda p: p.quantize(CENT)))),
            str(draw(QUANTITIES)),
            str(draw(DISCOUNTS)),
            Description=f"Line {place}",
        )
        for place in range(count)
    ]


@given(lines())
def test_what_salesforce_sums_is_the_quote_before_tax_however_it_rounds(rows: list[Any]) -> None:
    record = quotes.made("QU-0001", *rows)
    fitted = quote_lines.fit(record, quotes.sold())
    if fitted.why:
        assert fitted.lines == {}
        return
    for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        total = sum(
            (line["quantity"] * line["price"] * (1 - line["discount"] / 100)).quantize(
                CENT, rounding
            )
            for line in fitted.lines.values()
        )
        assert total == record.get("SubTotal")
    assert len(fitted.lines) == len([r for r in rows if r["LineAmount"] or r["ItemCode"]])


@given(lines())
def test_salesforces_decimals_hold_what_is_given(rows: list[Any]) -> None:
    fitted = quote_lines.fit(quotes.made("QU-0001", *rows), quotes.sold())
    for line in fitted.lines.values():
        for name in ("quantity", "price", "discount"):
            assert line[name] == line[name].quantize(CENT)


@pytest.mark.parametrize(
    ("price", "quantity", "discount", "fits"),
    [
        ("33.33", "3", "0", True),
        ("33.3333", "3", "0", False),  # 99.99 is not 100.00
        ("0.3333", "1", "0", True),  # 0.33 either way
        ("10.005", "2", "0", False),
        ("19.99", "2", "12.5", True),
        ("0.05", "1", "50", False),  # 0.025 may be rounded either way
        ("100", "1", "33.333", False),  # three decimals of a percentage
        ("100", "0.125", "0", False),  # three decimals of a quantity
    ],
)
def test_a_line_fits_only_where_it_is_exact(
    price: str, quantity: str, discount: str, fits: bool
) -> None:
    record = quotes.made("QU-0001", quotes.line(price, quantity, discount))
    fitted = quote_lines.fit(record, quotes.sold())
    assert bool(fitted.lines) is fits
    assert bool(fitted.why) is not fits


def test_one_line_that_lacks_its_product_leaves_all_out_and_is_named() -> None:
    record = quotes.made(
        "QU-0001",
        quotes.line("10", Description="Known"),
        quotes.line("20", Description="Other", ItemCode="ODD"),
        quotes.line("30", Description="By hand", ItemCode=""),
    )
    fitted = quote_lines.fit(record, quotes.sold())
    assert fitted.lines == {}
    assert fitted.lacking == ("ODD", "“By hand”")
    assert "ODD" in fitted.why


def test_a_line_of_text_alone_is_no_line() -> None:
    text = quotes.line("0", "0", Description="With thanks", ItemCode="")
    record = quotes.made("QU-0001", quotes.line("10"), text)
    assert len(quote_lines.fit(record, quotes.sold()).lines) == 1


def test_prices_with_tax_are_given_without() -> None:
    line = {**quotes.line("120"), "LineAmount": Decimal(120), "TaxAmount": Decimal(20)}
    record = quotes.made("QU-0001", line, LineAmountTypes="INCLUSIVE", SubTotal=Decimal(100))
    (fitted,) = quote_lines.fit(record, quotes.sold()).lines.values()
    assert (fitted["price"], fitted["quantity"]) == (Decimal(100), Decimal(1))


def test_a_price_in_another_currency_or_no_longer_active_sells_nothing() -> None:
    product = quotes.product()
    for entry in (quotes.entry(product, "EUR"), quotes.entry(product, IsActive=False)):
        found = quote_lines.catalogue({"SURVEY": ""}, [product], [entry], "", "GBP")
        assert found.entries == {}


def test_the_price_book_of_the_deal_counts_and_not_the_standard_one() -> None:
    product = quotes.product()
    standard = quotes.entry(product)
    own = quotes.entry(product, "GBP", Pricebook2Id="01sOWN", Pricebook2={"IsStandard": False})
    found = quote_lines.catalogue({"SURVEY": ""}, [product], [own], "01sOWN", "GBP")
    assert found.entries[product.key.id] == own.key.id
    assert (
        quote_lines.catalogue({"SURVEY": ""}, [product], [standard], "01sOWN", "GBP").entries == {}
    )


def test_a_product_is_known_by_the_items_id_before_its_code_and_two_alike_are_none() -> None:
    marked = quotes.product("OTHER", **{quote_lines.ITEM: "item-1"})
    coded = quotes.product("SURVEY")
    found = quote_lines.catalogue({"SURVEY": "item-1"}, [coded, marked], [], "", "GBP")
    assert found.products["SURVEY"] == marked
    twins = [coded, quotes.product("SURVEX", ProductCode="survey")]
    assert quote_lines.catalogue({"SURVEY": ""}, twins, [], "", "GBP").products == {}


def test_the_item_of_another_organisation_on_a_product_hinders_nobody_here() -> None:
    theirs = quotes.product("SURVEY", **{quote_lines.ITEM: "ITEM-AU"})
    codes = {"SURVEY": "item-gb"}
    assert quote_lines.catalogue(codes, [theirs], [], "", "GBP").products == {}
    abroad = quote_lines.Kept(elsewhere=frozenset({"item-au"}))
    found = quote_lines.catalogue(codes, [theirs], [], "", "GBP", kept=abroad)
    assert found.products == {"SURVEY": theirs}


def test_a_product_that_is_linked_to_the_item_goes_before_one_of_its_code() -> None:
    linked, coded = quotes.product("OLD"), quotes.product("SURVEY")
    kept = quote_lines.Kept({"item-gb": linked.key.id})
    codes = {"SURVEY": "item-gb", "OLD": ""}
    found = quote_lines.catalogue(codes, [linked, coded], [], "", "GBP", kept=kept)
    assert found.products == {"SURVEY": linked}  # and OLD is no other item's product
