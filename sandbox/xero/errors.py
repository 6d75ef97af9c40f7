"""What Xero refuses, and the shapes in which it says so."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

ZERO_ID = "00000000-0000-0000-0000-000000000000"  # the id of what was never made


class RefusedError(ValueError):
    """One record breaks a rule of Xero's; `messages` are the rules in Xero's words."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


class HttpError(Exception):
    """A whole call is refused: status, body (None, text or JSON-able) and headers."""

    def __init__(
        self, status: int, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, dict(headers or {})


def problem(status: int, title: str, detail: str, **headers: str) -> HttpError:
    """The shape of Xero's gateway, used for 401 and 403; underscores in headers are dashes."""
    body: dict[str, Any] = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid4()),
        "Extensions": {},
    }
    return HttpError(
        status, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def unauthorised(detail: str = "AuthenticationUnsuccessful", **headers: str) -> HttpError:
    """No token, a wrong one, an expired one, or one without the scope."""
    return problem(401, "Unauthorized", detail, **headers)


def forbidden() -> HttpError:
    """The token is good, but not for this organisation."""
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")


def not_found() -> HttpError:
    """No such record or path: plain text, no JSON."""
    return HttpError(404, "The resource you're looking for cannot be found")


def bad_query(message: str) -> HttpError:
    """A `where` or `order` that cannot be read."""
    return HttpError(400, {"ErrorNumber": 16, "Type": "QueryParseException", "Message": message})


def bad_body(message: str) -> HttpError:
    """A body that cannot be read."""
    wrong = {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": message}
    return HttpError(400, wrong)


def invalid(elements: Sequence[Mapping[str, Any]]) -> HttpError:
    """The answer to a batch with refused elements, unless they were asked for one by one."""
    wrong = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": list(elements),
    }
    return HttpError(400, wrong)


def messages(texts: Sequence[str]) -> list[dict[str, str]]:
    """The texts as Xero lists its ValidationErrors and Warnings."""
    return [{"Message": text} for text in texts]
