"""A link to a record in either system leads a person to that record on the play page."""

import pytest
import requests

from sandbox.play.links import with_record_pages
from sandbox.wire import Server

INVOICE = "0a6e6e0a-0000-4000-8000-000000000001"
DEAL = "0065g00000AbcdeAAC"


def nothing(environ: object, start: object) -> list[bytes]:
    start("404 Not Found", [])  # type: ignore[operator]
    return [b"no such page"]


@pytest.mark.parametrize(
    ("system", "path", "row"),
    [
        (
            "xero",
            f"/AccountsReceivable/View.aspx?InvoiceID={INVOICE}",
            f"?q={INVOICE}#xero-{INVOICE}",
        ),
        *(
            ("xero", f"/{page}{INVOICE}", f"?q={INVOICE}#xero-{INVOICE}")
            for page in (
                "Contacts/View/",
                "Accounts/Receivable/Quotes/View/",
                "AccountsReceivable/ViewCreditNote.aspx?creditNoteID=",
                "Bank/ViewTransaction.aspx?bankTransactionID=",
            )
        ),
        ("salesforce", f"/lightning/r/Opportunity/{DEAL}/view", f"?q={DEAL}#sf-{DEAL}"),
    ],
)
def test_a_records_page_is_its_row(system: str, path: str, row: str) -> None:
    server = Server("127.0.0.1", 0, with_record_pages(nothing, system, lambda: "http://play"))
    server.start()
    answer = requests.get(server.url + path, allow_redirects=False, timeout=5)
    other = requests.get(server.url + "/api.xro/2.0/Invoices", timeout=5)
    server.stop()
    assert answer.headers["Location"] == f"http://play/{row}"
    assert other.status_code == 404
