"""Numbers on Salesforce's wire: doubles as Java writes them, rounded to their field's places."""

from decimal import ROUND_HALF_UP, Decimal

from simplejson import RawJSON

_PLAIN_FROM, _PLAIN_TO = Decimal("0.001"), Decimal(10_000_000)


def rounded(number: Decimal, places: int) -> Decimal:
    """The number with that many decimal places, half up."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def on_the_wire(number: Decimal) -> RawJSON:
    """A double in JSON: always with a point, and as 1.0E7 from ten millions on."""
    size = abs(number)
    if number == 0 or _PLAIN_FROM <= size < _PLAIN_TO:
        text = f"{number:f}"
        text = text.rstrip("0") if "." in text else f"{text}."
        return RawJSON(f"{text}0" if text.endswith(".") else text)
    sign, digits, _ = number.normalize().as_tuple()
    first, *rest = (str(digit) for digit in digits)
    return RawJSON(f"{'-' * sign}{first}.{''.join(rest) or '0'}E{number.adjusted()}")
