"""Calls that hold only where a record is still as the caller knows it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256

from werkzeug.datastructures import Headers

from sandbox.salesforce import stamps
from sandbox.salesforce.errors import RefusedError
from sandbox.store import Record

WITH_ETAG = ("Account",)  # the only kind that has them


def etag_of(kind: str, record: Record) -> str:
    """The record's ETag; empty for kinds that have none."""
    if kind not in WITH_ETAG:
        return ""
    text = repr(sorted((name, str(value)) for name, value in record.items()))
    return f'"{sha256(text.encode()).hexdigest()[:32]}--gzip"'


def check_unchanged(headers: Headers, kind: str, record: Record) -> None:
    """Raise 412 where the record is another than the caller's headers say."""
    tag = etag_of(kind, record)
    if tag and "If-Match" in headers and tag not in _tags(headers["If-Match"]):
        raise _failed()
    if tag and "If-None-Match" in headers and tag in _tags(headers["If-None-Match"]):
        raise _failed()
    known = _moment(headers, "If-Unmodified-Since")
    if known and _changed(record) > known:
        raise _failed()
    since = _moment(headers, "If-Modified-Since")
    if since and _changed(record) <= since:
        raise _failed()


def is_known(headers: Headers, kind: str, record: Record) -> bool:
    """Whether a reader has the record as it is already (304)."""
    tag = etag_of(kind, record)
    if tag and "If-None-Match" in headers:
        return tag in _tags(headers["If-None-Match"])
    since = _moment(headers, "If-Modified-Since")
    return bool(since and _changed(record) <= since)


def etag_header(kind: str, record: Record) -> Mapping[str, str]:
    """The headers that tell a record's state."""
    moment = _changed(record).strftime("%a, %d %b %Y %H:%M:%S GMT")
    tag = etag_of(kind, record)
    return {"Last-Modified": moment} | ({"ETag": tag} if tag else {})


def _changed(record: Record) -> datetime:
    stamp = record.get("LastModifiedDate") or record.get("SystemModstamp")
    return stamps.read(stamp) if stamp else datetime.min.replace(tzinfo=UTC)


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


def _moment(headers: Headers, name: str) -> datetime | None:
    if name not in headers:
        return None
    try:
        moment = parsedate_to_datetime(headers[name])
    except ValueError as error:
        message = f"Invalid value in {name}: {headers[name]}"
        raise RefusedError("INVALID_HEADER", message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _failed() -> RefusedError:
    return RefusedError("PRECONDITION_FAILED", "The record was changed after it was read")
