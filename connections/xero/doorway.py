"""xero-python as a catalogue of paths and headers, over our own transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient

from connections.transport import Call, Caller, Reply
from sync.core.errors import OutcomeUnknown, TryAgain

from . import values


class _Wire:
    """Stands in xero-python for its own HTTP: same call, but ours in everything."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def request(
        self,
        method: str,
        url: str,
        query_params: Sequence[tuple[str, Any]] | None = None,
        headers: Mapping[str, Any] | None = None,
        body: str | None = None,
        **_unused: Any,
    ) -> Reply:
        """Return a good reply; raises the design's errors."""
        query = urlencode([(name, _word(each)) for name, each in query_params or ()])
        return self._caller.call(
            Call(
                method=method,
                url=f"{url}?{query}" if query else url,
                writes=method != "GET",
                headers={name: str(each) for name, each in (headers or {}).items() if each},
                body=None if body is None else body.encode(),
            )
        )

    def __getattr__(self, name: str) -> Callable[..., Reply]:
        """Return the way that xero-python asks for one method: `GET(url, …)`, `PUT(url, …)`."""
        if name not in ("GET", "PUT", "POST", "DELETE"):
            raise AttributeError(name)
        return lambda url, **how: self.request(name, url, **how)


class _Client(ApiClient):  # type: ignore[misc]
    """Xero-python's client without tokens of its own: the transport signs every call."""

    def update_params_for_auth(self, headers: Any, querys: Any, auth_settings: Any) -> None:
        """Leave the call unsigned."""


class Doorway:
    """The accounting API of one organisation: named calls in, JSON with exact numbers out."""

    def __init__(self, caller: Caller, tenant_id: str) -> None:
        client = _Client()
        client.rest_client = _Wire(caller)
        client.user_agent = "Counterpart"
        self._api = AccountingApi(client, base_url=f"{settings.XERO_API_URL}/api.xro/2.0")
        self._tenant_id = tenant_id

    def get(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to one of xero-python's reading methods."""
        return self._ask(name, (), parameters, TryAgain("Xero’s answer cannot be read."))

    def write(self, name: str, body: Mapping[str, Any], **parameters: Any) -> dict[str, Any]:
        """Return the answer to one of xero-python's writing methods; nothing is sent twice.

        The body goes through xero-python as text, since that would make floats of its numbers.
        """
        unreadable = OutcomeUnknown("Xero’s answer cannot be read.")
        return self._ask(name, (values.body(body),), parameters, unreadable)

    def _ask(
        self,
        name: str,
        bodies: tuple[Any, ...],
        parameters: Mapping[str, Any],
        unreadable: Exception,
    ) -> dict[str, Any]:
        method: Callable[..., Reply] = getattr(self._api, name)
        reply = method(self._tenant_id, *bodies, _preload_content=False, **parameters)
        if reply.status == 304 or not reply.content:
            return {}
        try:
            answer = values.parse(reply.text)
        except ValueError as error:  # Xero has been seen to answer 200 with half a body
            raise unreadable from error
        if not isinstance(answer, dict):
            raise unreadable
        return answer


def _word(value: Any) -> str:
    """Xero takes booleans in lower case only."""
    return str(value).lower() if isinstance(value, bool) else str(value)
