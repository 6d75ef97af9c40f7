"""What each flow needs to be granted in Xero, and whether a sign-in has it.

Names are those of Xero's page “OAuth 2.0 scopes”: one without `.read` grants reading too.
"""

from __future__ import annotations

from collections.abc import Mapping

READ = ".read"
INVOICES, PAYMENTS = "accounting.invoices", "accounting.payments"
CONTACTS, SETTINGS = "accounting.contacts", "accounting.settings"
_BROAD = "accounting.transactions"
"""What older apps have instead of invoices and payments."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "won_opportunity_invoice": (INVOICES, CONTACTS, SETTINGS + READ),
    "payment_status": (INVOICES + READ, CONTACTS + READ, SETTINGS + READ),
    "account_contact": (CONTACTS, SETTINGS + READ),
    "quote_opportunity": (INVOICES + READ, CONTACTS + READ, SETTINGS + READ),
    "credit_risk": (INVOICES + READ, PAYMENTS + READ, CONTACTS + READ, SETTINGS + READ),
    "product_catalogue": (SETTINGS,),
}


def lacking(flow: str, granted: str) -> tuple[str, ...]:
    """Return the scopes that a flow needs and that are not granted, parted by spaces there.

    Where nothing is known of what was granted, nothing is said to be lacking.
    """
    known = set(granted.split())
    return tuple(s for s in NEEDS.get(flow, ()) if known and not _is_granted(s, known))


def _is_granted(scope: str, known: set[str]) -> bool:
    base = scope.removesuffix(READ)
    enough = {scope, base}
    if base in (INVOICES, PAYMENTS):
        enough |= {_BROAD, _BROAD + READ} if scope.endswith(READ) else {_BROAD}
    return bool(enough & known)
