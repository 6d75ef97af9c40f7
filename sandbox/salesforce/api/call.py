"""One call of the REST API, alone or within another, and its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import simplejson
from werkzeug.datastructures import Headers, MultiDict

from sandbox.salesforce.errors import BadBodyError, RefusedError, not_found
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.writing.change import Author

BODIES = ("POST", "PATCH", "PUT")


class Reply(NamedTuple):
    """Status, JSON body (None for none at all) and headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}


@dataclass(frozen=True)
class Call:
    """What a view needs to know. `root` is such as `/services/data/v67.0`."""

    org: Org
    user: str
    method: str
    root: str
    path: str  # behind the root
    query: MultiDict[str, str]
    headers: Headers
    data: bytes = b""
    given: Any = None  # the body of a call within another, which is read already
    host: str = ""
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """The API's version that is asked for."""
        return int(self.root.rsplit("v", 1)[1].split(".")[0])

    @property
    def body(self) -> Any:
        """The JSON that was sent. Raises JSON_PARSER_ERROR, UNSUPPORTED_MEDIA_TYPE."""
        if self.given is not None:
            return self.given
        sort = self.headers.get("Content-Type", "application/json").split(";")[0].strip().lower()
        if sort != "application/json":
            message = f"'{sort}' is not a supported media type"
            raise RefusedError("UNSUPPORTED_MEDIA_TYPE", message)
        return read_json(self.data)

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises JSON_PARSER_ERROR."""
        body = self.body
        if not isinstance(body, dict):
            raise BadBodyError("JSON_PARSER_ERROR", "The body must be a JSON object")
        return body

    @property
    def author(self) -> Author:
        """Who writes, and whether duplicates may be saved."""
        duplicates = _options(self.headers.get("Sforce-Duplicate-Rule-Header", ""), ";")
        return Author(
            self.user,
            allow_duplicates=duplicates.get("allowsave") == "true",
            show_duplicates=duplicates.get("includerecorddetails") == "true",
        )

    @property
    def batch_size(self) -> int:
        """The rows of a page, between 200 and 2,000."""
        wanted = _options(self.headers.get("Sforce-Query-Options", ""), ",").get("batchsize", "")
        return min(max(int(wanted[:5]), 200), 2000) if wanted.isdecimal() else 2000

    def kind(self) -> Kind:
        """The kind that the address names. Raises NOT_FOUND."""
        found = self.org.catalogue.find(self.args["kind"])
        if found is None:
            raise not_found()
        return found


View = Callable[[Call], Reply]


def read_json(data: bytes) -> Any:
    """The value of a JSON text, its numbers exact. Raises JSON_PARSER_ERROR."""
    try:
        body = simplejson.loads(data, use_decimal=True, parse_constant=_no_number)
        write_json(body)  # no half characters: nothing could write them again
        return body
    except (ValueError, RecursionError) as error:
        raise BadBodyError("JSON_PARSER_ERROR", f"Unexpected input: {error}") from error


def write_json(value: Any) -> bytes:
    """The JSON text of an answer."""
    text: str = simplejson.dumps(value, use_decimal=True, ensure_ascii=False)
    return text.encode()


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _options(header: str, between: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in header.split(between))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
