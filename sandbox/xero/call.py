"""One call of the accounting API: the organisation it is for, and what it asks."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from werkzeug.wrappers import Request

from sandbox.xero.books import Books
from sandbox.xero.errors import bad_body, bad_query
from sandbox.xero.reading import read_json
from sandbox.xero.stamps import read_since

LARGEST_BODY = 10 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """What a view needs to know."""

    books: Books
    request: Request
    client_id: str

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters by their names in lower case: Xero minds no case there."""
        return {name.lower(): value for name, value in self.request.args.items()}

    def flag(self, name: str, *, usual: bool = False) -> bool:
        """A true or false of the query, in any case, as xero-python sends `True`."""
        text = self.query.get(name.lower())
        return usual if text is None else text.lower() == "true"

    def whole(self, name: str, usual: int) -> int:
        """A whole number of the query. Raises a 400 for anything else."""
        text = self.query.get(name.lower(), "")
        try:
            return int(text) if text else usual
        except ValueError as error:
            raise bad_query(f"{name} must be a whole number") from error

    def several(self, name: str) -> list[str] | None:
        """A comma list of the query, or None where it was not given."""
        text = self.query.get(name.lower())
        return None if not text else [one.strip() for one in text.split(",") if one.strip()]

    @property
    def places(self) -> int:
        """The places of unit amounts: 2, or 4 with unitdp=4."""
        return 4 if self.query.get("unitdp") == "4" else 2

    @property
    def since(self) -> str:
        """The stamp of If-Modified-Since, or an empty text. Raises a 400 for what is no date.

        Whether Xero means later, or later and at that very instant, is not known: here it is later.
        """
        header = self.request.headers.get("If-Modified-Since", "")
        try:
            return read_since(header) if header else ""
        except ValueError as error:
            raise bad_query(f"If-Modified-Since '{header}' is not a date") from error

    def elements(self, collection: str) -> list[dict[str, Any]]:
        """The elements of the body: the named collection, a bare list, or one object alone."""
        body = read_json(self.request.get_data())
        if isinstance(body, dict):
            body = body.get(collection, [body])
        if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
            raise bad_body(f"The body holds no {collection}.")
        return body
