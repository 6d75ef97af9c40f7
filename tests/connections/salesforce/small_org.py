"""A Salesforce that answers queries with the rows it is given, and keeps what it was asked."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import simplejson
from werkzeug.http import http_date
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

WON = "0065g00000AbcdeAAC"
STAMP = "2026-11-25T20:00:00.000+0000"
ROOT = "/services/data/v67.0/"
FIELDS: Mapping[str, str] = {
    "Opportunity": "Id:id SystemModstamp:datetime IsDeleted:boolean Name:string AccountId:Account "
    "Amount:currency CloseDate:date StageName:picklist IsWon:boolean IsClosed:boolean "
    "OwnerId:Owner=User Region__c:string",
    "Account": "Id:id SystemModstamp:datetime Name:string BillingCity:string OwnerId:Owner=User "
    "IsDeleted:boolean MasterRecordId:MasterRecord=Account "
    "Counterpart_Xero_Contact_Id__c:external",
    "OpportunityLineItem": "Id:id SystemModstamp:datetime OpportunityId:Opportunity "
    "Quantity:double UnitPrice:currency TotalPrice:currency Discount:percent SortOrder:int "
    "Description:string ServiceDate:date Product2Id:Product2 Site__c:string",
    "OpportunityContactRole": "Id:id ContactId:Contact IsPrimary:boolean",
    "Product2": "Id:id Name:string ProductCode:string",
    "Contact": "Id:id SystemModstamp:datetime IsDeleted:boolean AccountId:Account "
    "FirstName:string LastName:string Email:email",
    "User": "Id:id Name:string Email:email",
    "Organization": "Id:id Name:string OrganizationType:picklist IsSandbox:boolean "
    "TimeZoneSidKey:picklist DefaultLocaleSidKey:picklist Country:string",
}


@dataclass
class SmallOrg:
    """`answers` are given in order to queries and paths; what is left unsaid is empty."""

    url: str = ""
    fields: dict[str, str] = field(default_factory=lambda: dict(FIELDS))
    answers: deque[Any] = field(default_factory=deque)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    composed: int = 0
    """How many calls had several questions in them."""
    headers: list[dict[str, str]] = field(default_factory=list)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def app(self, environ: Any, start: Any) -> Any:
        """Answer one call."""
        request = Request(environ)
        status, body = self.answer(request)
        answer = Response(
            simplejson.dumps(body, use_decimal=True), status, mimetype="application/json"
        )
        answer.headers["Sforce-Limit-Info"] = "api-usage=18/15000"
        return answer(environ, start)

    def answer(self, request: Request) -> tuple[int, Any]:
        """Return status and body, and note what was asked: a query's text, else the JSON body."""
        path = request.path.removeprefix(ROOT)
        text = request.get_data(as_text=True)
        body: Any = simplejson.loads(text, use_decimal=True) if text else dict(request.args)
        if path == "composite" and body["compositeRequest"][0]["method"] == "GET":
            self.composed += 1
            return 200, {
                "compositeResponse": [self._part(each) for each in body["compositeRequest"]]
            }
        self.headers.append(dict(request.headers))
        return self._given(request.method, path, body.get("q", body))

    def _given(self, method: str, path: str, asked: Any) -> tuple[int, Any]:
        self.asked.append((method, path, asked))
        given = self.answers.popleft() if self.answers else []
        if isinstance(given, tuple):
            return given
        return 200, page(*given) if isinstance(given, list) and "query" in path else given

    def _part(self, asked: dict[str, str]) -> dict[str, Any]:
        if "/describe" in asked["url"]:
            return self._described(asked)
        address = urlsplit(asked["url"].removeprefix(ROOT))
        status, body = self._given("GET", address.path, parse_qs(address.query)["q"][0])
        reference = {"referenceId": asked["referenceId"], "httpHeaders": {}}
        return {**reference, "httpStatusCode": status, "body": body}

    def _described(self, asked: dict[str, str]) -> dict[str, Any]:
        kind = asked["url"].split("/")[-2]
        reference = {"referenceId": asked["referenceId"], "httpHeaders": {}}
        if kind not in self.fields:
            return {**reference, "httpStatusCode": 404, "body": [{"errorCode": "NOT_FOUND"}]}
        fields = [_field(each) for each in self.fields[kind].split()]
        fields = [each | self.lists.get(f"{kind}.{each['name']}", {}) for each in fields]
        return {**reference, "httpStatusCode": 200, "body": {"name": kind, "fields": fields}}

    def queries(self) -> list[str]:
        """The queries asked, as text."""
        return [body for _, path, body in self.asked if path.startswith("query") and body]


def _field(text: str) -> dict[str, Any]:
    name, kind = text.split(":")
    if kind == "external":
        return {"name": name, "type": "string", "externalId": True}
    if not name.endswith("Id") or kind == "id":
        return {"name": name, "type": kind, "relationshipName": None, "referenceTo": []}
    step, _, above = kind.partition("=")
    return {
        "name": name,
        "type": "reference",
        "relationshipName": step,
        "referenceTo": [above or step],
    }


def page(*rows: Any, more: str = "") -> dict[str, Any]:
    """One page of rows; `more` is the name under which it goes on."""
    found: dict[str, Any] = {"totalSize": len(rows), "done": not more, "records": list(rows)}
    return found | ({"nextRecordsUrl": f"{ROOT}query/{more}"} if more else {})


def row(kind: str, **values: Any) -> dict[str, Any]:
    """One row of a kind."""
    return {"attributes": {"type": kind, "url": f"{ROOT}sobjects/{kind}/x"}, **values}


@contextmanager
def running_org() -> Iterator[SmallOrg]:
    """Run a small org on a free port."""
    org = SmallOrg()

    class Handler(WSGIRequestHandler):
        def date_time_string(self, timestamp: float | None = None) -> str:
            return http_date(org.now)

        def log_request(self, *_: Any) -> None:
            pass

    server = make_server("127.0.0.1", 0, org.app, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    org.url = f"http://127.0.0.1:{server.server_port}"
    yield org
    server.shutdown()
    thread.join()
    server.server_close()


def deal(remote_id: str = WON, **values: Any) -> dict[str, Any]:
    """A row of this kind."""
    return row("Opportunity", Id=remote_id, SystemModstamp=STAMP, Name="Survey", **values)


def line(remote_id: str, **values: Any) -> dict[str, Any]:
    """A row of this kind."""
    return row("OpportunityLineItem", Id=remote_id, **values)
