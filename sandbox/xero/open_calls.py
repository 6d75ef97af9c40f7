"""Counts the calls that are in progress: Xero allows an app five at once per organisation."""

import threading
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COUNT = "sandbox.open_calls"  # where the count stands, this call with it


def counting(app: "WSGIApplication") -> "WSGIApplication":
    """Wrap Xero, or whatever slows it down, so that slow calls count for as long as they take.

    The outermost wrapping counts.
    """
    lock, calls = threading.Lock(), Counter[str]()

    def counted(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if COUNT in environ:
            return app(environ, start_response)
        whose = f"{environ.get('HTTP_XERO_TENANT_ID')}{environ.get('HTTP_AUTHORIZATION')}"
        with lock:
            calls[whose] += 1
            environ[COUNT] = calls[whose]
        try:
            return list(app(environ, start_response))
        finally:
            with lock:
                calls[whose] -= 1
                if not calls[whose]:
                    del calls[whose]

    return counted
