"""What Salesforce refuses, in its own codes, words and statuses."""

from collections.abc import Mapping, Sequence
from typing import Any

STATUS = {
    "INVALID_SESSION_ID": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "UNSUPPORTED_API_VERSION": 410,
    "PRECONDITION_FAILED": 412,
    "URI_TOO_LONG": 414,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}


class RefusedError(ValueError):
    """A call, or one record of a call, that Salesforce refuses; its text is Salesforce's."""

    def __init__(
        self,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        status: int = 0,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, fields
        self.status = status or STATUS.get(code, 400)
        self.more, self.headers = dict(more or {}), dict(headers or {})

    def as_answer(self) -> list[dict[str, Any]]:
        """The body of a call that was refused as a whole."""
        body: dict[str, Any] = {**self.more, "message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = list(self.fields)
        return [body]

    def as_element(self, *, more: bool = False) -> dict[str, Any]:
        """One error of one record among others, which has a `statusCode` instead.

        Which duplicates were found is told with `more` only: real orgs seem to keep it back there.
        """
        return {
            **(self.more if more else {}),
            "statusCode": self.code,
            "message": self.message,
            "fields": list(self.fields or ()),
        }


class BadBodyError(RefusedError):
    """A body that cannot be read: it fails the whole call, however many records it has."""


def not_found(message: str = "The requested resource does not exist") -> RefusedError:
    """There is nothing at this address."""
    return RefusedError("NOT_FOUND", message)


def deleted() -> RefusedError:
    """The record lies in the recycle bin, or has left it."""
    return RefusedError("ENTITY_IS_DELETED", "entity is deleted", [])


def no_column(field: str, kind: str) -> BadBodyError:
    """A body names a field that the kind does not have, or does not show."""
    return BadBodyError("INVALID_FIELD", f"No such column '{field}' on sobject of type {kind}")


def unreadable(wanted: str, token: str, value: object) -> BadBodyError:
    """A body holds a value of another type than its field's."""
    return BadBodyError(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {wanted} from {token} value {value} or request may be "
        "missing a required field",
    )
