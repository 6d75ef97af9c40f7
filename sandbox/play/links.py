"""Leads the addresses of both systems' own record pages to the record's row on the play page."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGES = {
    "salesforce": re.compile(r"/lightning/r/\w+/(\w{15,18})/view"),
    "xero": re.compile(
        r"/(?:AccountsReceivable/View\.aspx\?InvoiceID=|Contacts/View/"
        r"|AccountsReceivable/ViewCreditNote\.aspx\?creditNoteID="
        r"|Bank/ViewTransaction\.aspx\?bankTransactionID="
        r"|Accounts/Receivable/Quotes/View/)([\w-]{36})"
    ),
}
ROWS = {"salesforce": "sf", "xero": "xero"}


def with_record_pages(
    app: "WSGIApplication", system: str, play_page: Callable[[], str]
) -> "WSGIApplication":
    """Wrap a system so that a person who follows a link to a record sees that record."""

    def led(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        found = PAGES[system].fullmatch(request.full_path.rstrip("?"))
        if request.method != "GET" or not found:
            return app(environ, start_response)
        place = f"{play_page()}/?q={quote(found[1])}#{ROWS[system]}-{found[1]}"
        return Response(status=302, headers={"Location": place})(environ, start_response)

    return led
