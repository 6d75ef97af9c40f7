"""Several calls in one: composite, whose parts may refer to one another, and composite/batch."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from werkzeug.datastructures import Headers, MultiDict

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.catalogue import check_version
from sandbox.salesforce.errors import BadBodyError, RefusedError
from sandbox.store import Record

MOST_PARTS = 25
MOST_QUERIES = 5
_COUNTED = re.compile(r"/(query|queryAll|composite/sobjects)(/|$|\?)")
_REFERENCE = re.compile(r"@\{([^}]+)\}")
_ALONE = re.compile(r"@\{([^}]+)\}\Z")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."
_BARRED = ("/composite", "/composite/batch", "/composite/tree", "/composite/graph")
Answer = Callable[[Call], Reply]


class _Halted(Exception):
    pass


def composite(call: Call, answer: Answer) -> Reply:
    """Up to 25 calls; later ones may use what earlier ones answered."""
    parts = _parts(call, "compositeRequest")
    _check_parts(parts)
    done: dict[str, Record] = {}
    try:
        with call.org.transaction():
            for part in parts:
                done[part["referenceId"]] = _run(call, answer, part, done)
                failed = done[part["referenceId"]]["httpStatusCode"] >= 300
                if failed and call.fields.get("allOrNone") is True:
                    raise _Halted
    except _Halted:
        done = _all_halted(parts, done)
    return Reply(200, {"compositeResponse": list(done.values())})


def batch(call: Call, answer: Answer, count: Callable[[], None]) -> Reply:
    """Up to 25 calls that know nothing of one another; each counts as a call of its own."""
    results: list[Record] = []
    halt = call.fields.get("haltOnError") is True
    for place, part in enumerate(_parts(call, "batchRequests")):
        if place:
            count()
        if halt and any(result["statusCode"] >= 400 for result in results):
            error = RefusedError("BATCH_PROCESSING_HALTED", "Batch processing halted", status=412)
            results.append({"statusCode": 412, "result": error.as_answer()})
            continue
        url = f"/services/data/{str(part.get('url', '')).lstrip('/')}"
        reply = _reply(call, answer, part, url, part.get("richInput"))
        results.append({"statusCode": reply.status, "result": reply.body})
    failed = any(result["statusCode"] >= 400 for result in results)
    return Reply(200, {"hasErrors": failed, "results": results})


def _parts(call: Call, name: str) -> list[Record]:
    parts = call.fields.get(name)
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise BadBodyError("JSON_PARSER_ERROR", f"The body must hold a list {name}")
    if len(parts) > MOST_PARTS:
        message = f"Limit exceeded: at most {MOST_PARTS} subrequests are allowed"
        raise RefusedError("LIMIT_EXCEEDED", message)
    return parts


def _check_parts(parts: list[Record]) -> None:
    names = [part.get("referenceId") for part in parts]
    if not all(isinstance(name, str) and re.fullmatch(r"\w+", name) for name in names):
        raise RefusedError("INVALID_INPUT", "Each subrequest needs a referenceId")
    if len(set(names)) < len(names):
        raise RefusedError("INVALID_INPUT", "The referenceIds must be unique")
    if sum(bool(_COUNTED.search(str(part.get("url")))) for part in parts) > MOST_QUERIES:
        message = f"Limit exceeded: at most {MOST_QUERIES} queries and collections are allowed"
        raise RefusedError("LIMIT_EXCEEDED", message)


def _run(call: Call, answer: Answer, part: Record, done: dict[str, Record]) -> Record:
    try:
        part = _filled(part, done)
        reply = _reply(call, answer, part, str(part.get("url", "")), part.get("body"))
    except RefusedError as error:
        reply = Reply(error.status, error.as_answer())
    return {
        "body": reply.body,
        "httpHeaders": dict(reply.headers),
        "httpStatusCode": reply.status,
        "referenceId": part["referenceId"],
    }


def _reply(call: Call, answer: Answer, part: Record, url: str, body: Any) -> Reply:
    parts = urlsplit(url)
    found = re.match(r"(/services/data/v(\d+)\.(\d+))(/.*)", parts.path)
    path = unquote(found.group(4)).rstrip("/") if found else ""
    if not found or path in _BARRED:
        return _refused(RefusedError("INVALID_INPUT", f"Invalid subrequest URL: {url}"))
    check_version(*found.group(2, 3))
    inner = Call(
        call.org,
        call.user,
        str(part.get("method", "")).upper(),
        found.group(1),
        path,
        MultiDict(parse_qsl(parts.query, keep_blank_values=True)),
        _headers(call, part),
        given=body,
        host=call.host,
    )
    try:
        return answer(inner)
    except RefusedError as error:
        return _refused(error)


def _headers(call: Call, part: Record) -> Headers:
    """The outer call's options and the part's own headers."""
    kept = [(name, value) for name, value in call.headers if name.lower().startswith("sforce-")]
    own = part.get("httpHeaders")
    own = own if isinstance(own, dict) else {}
    return Headers([*kept, *((str(name), str(value)) for name, value in own.items())])


def _refused(error: RefusedError) -> Reply:
    return Reply(error.status, error.as_answer())


def _all_halted(parts: list[Record], done: dict[str, Record]) -> dict[str, Record]:
    """What the answers become where one failed and all is taken back: it alone keeps its own."""
    *_, failed = done
    halted = [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}]
    return {
        name: done[name]
        if name == failed
        else {"body": halted, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": name}
        for name in (part["referenceId"] for part in parts)
    }


def _filled(value: Any, done: dict[str, Record]) -> Any:
    """The part with its references replaced. Raises PROCESSING_HALTED for one that fails."""
    if isinstance(value, dict):
        return {name: _filled(one, done) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, done) for one in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    if found := _ALONE.match(value):
        return _look_up(found.group(1), done)
    return _REFERENCE.sub(lambda found: str(_look_up(found.group(1), done)), value)


def _look_up(path: str, done: dict[str, Record]) -> Any:
    name, _, rest = path.partition(".")
    try:
        answer = done[re.sub(r"\[\d+\]\Z", "", name)]
        if answer["httpStatusCode"] >= 300:
            raise LookupError
        value = answer["body"]
        for step in re.findall(r"\w+", name.removeprefix(answer["referenceId"]) + "." + rest):
            value = value[int(step)] if isinstance(value, list) else value[step]
        return value
    except (LookupError, TypeError, ValueError) as error:
        message = f"Invalid reference specified. No value for {path} found in {name}."
        raise RefusedError("PROCESSING_HALTED", message) from error
