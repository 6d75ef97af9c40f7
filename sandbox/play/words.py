"""How figures, times and states are said on the page."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

WITHOUT_CENTS = {"JPY", "KRW", "CLP", "VND", "ISK", "HUF"}
SIGNS = {
    "PAID": ("good", "✓"),
    "ACCEPTED": ("good", "✓"),
    "INVOICED": ("good", "✓"),
    "DECLINED": ("bad", "✕"),
    "SENT": ("", "→"),
    "AUTHORISED": ("good", "✓"),
    "VOIDED": ("bad", "✕"),
    "DELETED": ("bad", "✕"),
    "DRAFT": ("", "~"),
    "SUBMITTED": ("warn", "?"),
}


def money(amount: Any, currency: str) -> Markup:
    """The currency's code before the figure, or a dash where there is no amount."""
    if amount is None or isinstance(amount, Undefined):
        return Markup('<span class="money soft">–</span>')
    return Markup('<span class="money"><span class="c">{}</span>{}</span>').format(
        currency, figure(amount, currency)
    )


def figure(amount: Any, currency: str = "") -> str:
    """The amount with thousands set apart and the currency's own number of decimals."""
    digits = 0 if currency in WITHOUT_CENTS else 2
    return f"{Decimal(str(amount)):,.{digits}f}"


def bare(amount: Any) -> str:
    """The amount as one types it into a field: no trailing zeros beyond the cents."""
    if amount is None or isinstance(amount, Undefined):
        return ""
    number = Decimal(str(amount))
    cents = number.quantize(Decimal("0.01"))
    return str(cents if cents == number else number.normalize())


def day(text: str | None) -> str:
    """A date such as 3 Dec 2026."""
    if not text:
        return "–"
    when = date.fromisoformat(text[:10])
    return f"{when.day} {when:%b %Y}"


def moment(text: str | None) -> Markup:
    """A time element; the script turns it into "12 s ago", without it the clock time stands."""
    if not text:
        return Markup("")
    when = datetime.fromisoformat(text)
    return Markup('<time datetime="{}">{}</time>').format(
        when.isoformat(), f"{when.day} {when:%b, %H:%M:%S}"
    )


def state(status: str) -> Markup:
    """A Xero status as a chip: a sign and a word."""
    tone, sign = SIGNS.get(status, ("", "~"))
    words = {"AUTHORISED": "approved"}.get(status, status.lower())
    return Markup('<span class="chip {}"><span aria-hidden="true">{}</span> {}</span>').format(
        tone, sign, words
    )


def phone(contact: Any) -> str:
    """A Xero contact's usual telephone number, its parts together."""
    sort, parts = "PhoneType", ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
    found = (_of_type(contact["Phones"], sort, "DEFAULT", part) for part in parts)
    return " ".join(part for part in found if part)


def billing(contact: Any, part: str) -> str:
    """A part of a Xero contact's billing address."""
    return _of_type(contact["Addresses"], "AddressType", "POBOX", part)


def _of_type(entries: Any, sort: str, wanted: str, part: str) -> str:
    return next((str(one.get(part) or "") for one in entries if one[sort] == wanted), "")


def pair(text: str) -> tuple[str, str]:
    """A choice that is called as it is written."""
    return text, text


def who(row: Any) -> tuple[str, str]:
    """A user as a choice: the id, and the name with what is to be known of it."""
    user = row[0]
    return user["Id"], f"{user['Name']}{'' if user['IsActive'] else ' (inactive)'}"


FILTERS = {
    "pair": pair,
    "who": who,
    "billing": billing,
    "phone": phone,
    "money": money,
    "figure": figure,
    "bare": bare,
    "day": day,
    "moment": moment,
    "state": state,
}
