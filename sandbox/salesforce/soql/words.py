"""Reads a query's words one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.soql.lexing import Word, cut
from sandbox.salesforce.soql.places import malformed
from sandbox.salesforce.soql.syntax import Path

DEEPEST = 50  # so few that no client meets it by chance
LONGEST_COUNT = 10  # digits


class Words:
    """The words of a query and how far they have been read."""

    def __init__(self, text: str) -> None:
        self.text, self._words, self._next = text, cut(text), 0
        self._depth = 0

    @property
    def now(self) -> Word:
        """The word that comes next."""
        return self._words[self._next]

    @property
    def after(self) -> Word:
        """The word behind the next one."""
        return self._words[min(self._next + 1, len(self._words) - 1)]

    def take(self) -> Word:
        """Read the next word."""
        word = self.now
        if word.sort != "end":
            self._next += 1
        return word

    def says(self, *texts: str) -> bool:
        """Whether the next word is one of these."""
        return self.now.sort in ("name", "symbol") and self.now.text.upper() in texts

    def skip(self, *texts: str) -> bool:
        """Read the next word if it is one of these; whether it was."""
        said = self.says(*texts)
        if said:
            self.take()
        return said

    def must(self, *texts: str) -> Word:
        """Read the next word, which must be one of these. Raises MALFORMED_QUERY."""
        if not self.says(*texts):
            raise self.unexpected()
        return self.take()

    def name(self) -> Word:
        """Read a name. Raises MALFORMED_QUERY."""
        if self.now.sort != "name":
            raise self.unexpected()
        return self.take()

    def path(self) -> Path:
        """Read a field with the relationships that lead to it. Raises MALFORMED_QUERY."""
        word = self.name()
        return Path(tuple(word.text.split(".")), word.place)

    def whole(self) -> int:
        """Read a whole number. Raises MALFORMED_QUERY."""
        if not self.now.text.isdigit() or len(self.now.text) > LONGEST_COUNT:
            raise self.unexpected()
        return int(self.take().text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Read what stands within something else. Raises QUERY_TOO_COMPLICATED at some depth."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise RefusedError("QUERY_TOO_COMPLICATED", "The query is nested too deeply.")
        yield
        self._depth -= 1

    def unexpected(self) -> RefusedError:
        """The refusal of the next word."""
        word = self.now
        return malformed(self.text, word.place, f"'{word.text or '<EOF>'}'")
