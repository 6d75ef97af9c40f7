"""What one night costs where thousands of open invoices fall due at once."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.address_books import A_DAY, A_MOMENT, calls_in_words, sign_in_afresh, sync
from benchmarks.address_books_box import Books, BooksBox, Distant, books_running

FLOW = "payment_status"
FEW = 2.5
"""Invoices of each account."""
BETWEEN = 5
"""Seconds from one invoice to the next."""
AIMS = {"xero": 30, "salesforce": 130}


@dataclass
class Ledger(Books):
    """Customers with deals, and an approved invoice for each deal, due in 30 days."""

    deals: list[tuple[str, str]] = field(default_factory=list)

    def bill(self, count: int) -> None:
        """Win deals of the customers one after the other, and bill them by hand."""
        with self.box.world.batch():
            for number in range(count):
                account, _, contact = self.rows[number % len(self.rows)]
                self.deals.append(self._billed(account, contact, number))
                self.later(BETWEEN)

    def _billed(self, account: str, contact: str, number: int) -> tuple[str, str]:
        now = self.box.world.clock.now().date()
        deal = self._make(
            *("salesforce", "Opportunity"), AccountId=account, Name=f"Survey {number}",
            StageName="Closed Won", CloseDate=now.isoformat(), Amount="100.00",
            CurrencyIsoCode="GBP",
        )  # fmt: skip
        line = {"Description": "Survey", "Quantity": 1, "UnitAmount": "100.00", "TaxType": "NONE"}
        invoice = self._make(
            *("xero", "Invoice"), Type="ACCREC", Contact={"ContactID": contact},
            Status="AUTHORISED", LineAmountTypes="NoTax", Date=now.isoformat(),
            DueDate=(now + timedelta(days=30)).isoformat(),
            LineItems=[line | {"AccountCode": "200"}],
        )  # fmt: skip
        return deal, invoice

    def billed(self) -> list[tuple[str, str]]:
        """Return the ids of each deal and its invoice."""
        return self.deals


def main() -> None:
    """Fill a sandbox and a database of its own, let every invoice fall due, print the calls."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.payment_status", description=__doc__
    )
    parser.add_argument("--invoices", type=int, default=10_000)
    wanted = parser.parse_args()
    with books_running(Ledger) as ledger:
        for line in _measured(ledger, wanted.invoices):
            print(line, flush=True)


def _measured(ledger: Distant, count: int) -> Iterator[str]:
    from benchmarks.__main__ import set_environment, set_up  # noqa: PLC0415

    set_environment("var/bench-books", BooksBox.xero)
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    set_up(BooksBox(), FLOW)
    ledger.fill(round(count / FEW))
    ledger.bill(count)
    _link(ledger)
    ledger.paths()
    yield f"{count:,} open invoices, told the first time: {_night(ledger)}"
    ledger.later(31 * A_DAY)
    yield f"the night on which all of them are overdue: {_night(ledger, AIMS)}"
    ledger.later(A_MOMENT)
    yield f"the sweep after it, which sees our own writes: {_night(ledger)}"
    ledger.later(A_DAY)
    yield f"the next night, all of them a day older: {_night(ledger, AIMS)}"


def _link(ledger: Distant) -> None:
    from connections.models import Pair  # noqa: PLC0415
    from sync.models import Link  # noqa: PLC0415

    pair = Pair.objects.get()
    Link.objects.bulk_create(
        Link(
            pair=pair, flow="account_contact", salesforce_kind="Account", salesforce_id=account,
            xero_kind="Contact", xero_id=contact,
        )
        for account, _, contact in ledger.ids()
    )  # fmt: skip
    Link.objects.bulk_create(
        Link(
            pair=pair, flow="won_opportunity_invoice", salesforce_kind="Opportunity",
            salesforce_id=deal, xero_kind="Invoice", xero_id=invoice,
        )
        for deal, invoice in ledger.billed()
    )  # fmt: skip


def _night(ledger: Distant, aims: dict[str, int] | None = None) -> str:
    """Sync once as the clock has it now; return what it took."""
    sign_in_afresh()
    started = time.monotonic()
    written = sync(FLOW)["writes"]["confirmed"]
    calls = Counter(system for system, _, _ in ledger.paths())
    over = [system for system, aim in (aims or {}).items() if calls[system] > aim]
    words = f"{written:,} writes, {calls_in_words(calls)}, {time.monotonic() - started:.0f} s"
    return words + (f"; MORE CALLS THAN AIMED AT: {', '.join(over)}" if over else "")


if __name__ == "__main__":
    main()
