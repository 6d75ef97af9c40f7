"""How much memory this process and its children hold at most, each counted whole."""

from __future__ import annotations

import threading
from types import TracebackType

import psutil

EVERY = 0.2


class Peak:
    """While entered, watches the resident memory of this process and its children, in sum."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        """Begin to watch."""
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self._end.set()
        self._watch.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._end.wait(EVERY):
            held = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    held += process.memory_info().rss
                except psutil.Error:  # it has just ended
                    continue
            self.megabytes = max(self.megabytes, held / 1e6)
