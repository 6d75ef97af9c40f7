"""simple-salesforce as a catalogue of paths, over our own transport."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from simple_salesforce.api import Salesforce

from connections.transport import Call, Caller, Reply
from sync.core.errors import OutcomeUnknown, SyncError, TryAgain

from . import values

VERSION = "67.0"
ROOT = f"/services/data/v{VERSION}/"
QUERIES_IN_A_CALL = 5  # Salesforce, composite resources

_told: dict[str, tuple[datetime, float]] = {}
"""The time that each host told last, and when that was by a clock that nobody sets."""


def forget_clocks() -> None:
    """Forget what every host told of its time, as a process that has asked none yet."""
    _told.clear()


class _Answer:
    """An answer in the form that simple-salesforce looks at."""

    headers: Mapping[str, str] = {}  # it would parse the usage by itself

    def __init__(self, reply: Reply, unreadable: SyncError) -> None:
        self.status_code, self.text, self.content = reply.status, reply.text, reply.content
        self._unreadable = unreadable

    def json(self, **_hooks: Any) -> Any:
        """Return the body with exact numbers."""
        try:
            return json.loads(self.text, parse_float=Decimal)
        except ValueError as error:
            raise self._unreadable from error


class _Session:
    """Stands in simple-salesforce for a requests session: same call, but ours in everything."""

    proxies: Mapping[str, str] = {}

    def __init__(self, caller: Caller, host: str) -> None:
        self._caller, self._host = caller, host
        self.sent_at: datetime | None = None

    def request(self, method: str, url: str, headers: Mapping[str, str], **how: Any) -> _Answer:
        """Return a good answer; raises the design's errors. `how` may say that a POST only reads.

        simple-salesforce knows https alone, so the host is put back as the connection has it.
        """
        path = url[url.index("/services/") :]
        writes = method != "GET" and "reads" not in how
        text = how.get("data")
        kept = {name: each for name, each in headers.items() if name.startswith("Sforce-")}
        kept |= {"Content-Type": "application/json"} if text is not None else {}
        reply = self._caller.call(
            Call(
                method=method,
                url=self._host + path,
                writes=writes,
                headers={**kept, "Accept": "application/json"},
                parameters=how.get("params"),
                body=None if text is None else text.encode(),
            )
        )
        self.sent_at = reply.sent_at
        if reply.sent_at is not None:
            _told[self._host] = reply.sent_at, time.monotonic()
        words = "Salesforce’s answer cannot be read."
        return _Answer(reply, OutcomeUnknown(words) if writes else TryAgain(words))


class Doorway:
    """The REST API of one org: queries and paths in, JSON with exact numbers out."""

    def __init__(self, caller: Caller, host: str) -> None:
        self._host = host
        self._session = _Session(caller, host)
        self._api = Salesforce(
            instance_url=host,
            session_id="signed by the transport",
            session=self._session,  # type: ignore[arg-type]  # it has what is used of one
            version=VERSION,
            parse_float=Decimal,
            object_pairs_hook=dict,
        )

    @property
    def sent_at(self) -> datetime | None:
        """Salesforce's own time of the last answer (aware UTC), or None."""
        return self._session.sent_at

    def now(self) -> datetime:
        """Return the present by Salesforce's clock, never by this machine's, which may be set.

        Where no answer has told it yet, the list of versions is asked for, which costs nothing.
        """
        if self._host not in _told:
            self._session.request("GET", f"{self._host}/services/data/", {})
        told, then = _told.get(self._host) or (timezone.now(), time.monotonic())
        return told + timedelta(seconds=time.monotonic() - then)

    def pages(self, soql: str, *, with_deleted: bool = False) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of a query page by page, to its end."""
        answer = self._api.query(soql, include_deleted=with_deleted)
        yield answer["records"]
        while not answer["done"]:
            answer = self._api.query_more(answer["nextRecordsUrl"], identifier_is_url=True)
            yield answer["records"]

    def together(
        self, queries: Sequence[str], *, with_deleted: bool = False
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of several queries, page by page; five of them cost one call."""
        for start in range(0, len(queries), QUERIES_IN_A_CALL):
            part = queries[start : start + QUERIES_IN_A_CALL]
            if len(part) == 1:
                yield from self.pages(part[0], with_deleted=with_deleted)
                continue
            for answer in self._composed(part, "queryAll" if with_deleted else "query"):
                yield answer["records"]
                yield self.more("" if answer["done"] else str(answer["nextRecordsUrl"]))

    def _composed(self, queries: Sequence[str], resource: str) -> list[dict[str, Any]]:
        parts = [
            {
                "method": "GET",
                "url": f"{ROOT}{resource}/?{urlencode({'q': soql})}",
                "referenceId": f"q{place}",
            }
            for place, soql in enumerate(queries)
        ]
        answer = self.ask("composite", {"compositeRequest": parts})
        answers = {each["referenceId"]: each for each in answer["compositeResponse"]}
        found = [answers.get(f"q{place}") for place in range(len(queries))]
        if not all(each and int(each["httpStatusCode"]) == 200 for each in found):
            # alone, each is refused or answered with its own words
            return [
                self._api.query(soql, include_deleted=resource == "queryAll") for soql in queries
            ]
        return [each["body"] for each in found if each]

    def more(self, address: str) -> list[dict[str, Any]]:
        """Return the rest of the rows that a `nextRecordsUrl` leads to."""
        rows: list[dict[str, Any]] = []
        while address:
            answer = self._api.query_more(address, identifier_is_url=True)
            rows += answer["records"]
            address = "" if answer["done"] else answer["nextRecordsUrl"]
        return rows

    def get(self, path: str, **parameters: str) -> Any:
        """Return the JSON at a path below `/services/data/vXX/`."""
        return self._api.restful(path, params=parameters)

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON that comes of a body posted to a path that only reads."""
        data = values.body(body)
        return self._api.restful(path, method="POST", data=data, reads=True)

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Any:
        """Return the JSON that comes of a body sent to a path; `headers` are Salesforce's own."""
        data = values.body(body)
        return self._api.restful(path, method=method, data=data, headers=headers)

    def remove(self, path: str, **parameters: str) -> Any:
        """Return the JSON that comes of deleting what the parameters name."""
        return self._api.restful(path, params=parameters, method="DELETE")
