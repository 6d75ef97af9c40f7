"""Refusals that show the place in the query, as Salesforce writes them."""

from sandbox.salesforce.errors import RefusedError

_AROUND = 60  # characters of the query that are shown before the place


def refused_at(text: str, place: int, code: str, reason: str) -> RefusedError:
    """A refusal with the piece of the query, a caret under the place, and the reason."""
    line_start = text.rfind("\n", 0, place) + 1
    row, column = text.count("\n", 0, place) + 1, place - line_start + 1
    start = max(line_start, place - _AROUND)
    line = text[start:].split("\n", 1)[0][: _AROUND * 2]
    caret = " " * (place - start) + "^"
    message = f"\n{line}\n{caret}\nERROR at Row:{row}:Column:{column}\n{reason}"
    return RefusedError(code, message)


def malformed(text: str, place: int, token: str) -> RefusedError:
    """The query cannot be read from this place on."""
    return refused_at(text, place, "MALFORMED_QUERY", f"unexpected token: {token}")
