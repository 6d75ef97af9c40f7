"""Which rows a call has locked: until it is answered, no other call may write them."""

import time
from collections.abc import Iterable


class RowLocks:
    """The rows locked by calls that are not yet answered. Its callers hold the world's lock."""

    def __init__(self) -> None:
        self._holder: dict[str, int] = {}
        self._calls = 0
        self._now: int | None = None  # the call that is being worked on; None for a person's act

    def begin(self) -> int:
        """A new call's number, which is the one being worked on from now on."""
        self._calls += 1
        self._now = self._calls
        return self._calls

    def pause(self) -> None:
        """The work of the call is done, its answer not yet sent."""
        self._now = None

    def take(self, keys: Iterable[str]) -> str:
        """Lock these rows for the present call; a row that another call holds, or ""."""
        wanted = [key for key in keys if key]
        held = (key for key in wanted if self._holder.get(key, self._now) != self._now)
        taken = next(held, "")
        if not taken and self._now is not None:
            self._holder.update(dict.fromkeys(wanted, self._now))
        return taken

    def holds(self, call: int) -> bool:
        """Whether this call has locked any row."""
        return call in self._holder.values()

    def end(self, call: int) -> None:
        """The call is answered: its rows are free again."""
        for key in [key for key, holder in self._holder.items() if holder == call]:
            del self._holder[key]


def work_on(milliseconds: float) -> None:
    """Let a transaction last: triggers, roll-ups and sharing rules take their time."""
    time.sleep(max(0.0, milliseconds) / 1000)
