"""Xero's limits: calls per minute, per day, at once, and per minute for the whole app."""

import threading
from collections import Counter
from zlib import crc32

from sandbox.world import World
from sandbox.xero.books import SYSTEM
from sandbox.xero.errors import HttpError

PER_MINUTE, PER_DAY, AT_ONCE, APP_PER_MINUTE = 60, 1000, 5, 10_000
MINUTE, DAY = 60, 86_400
_Window = tuple[str, str, int]  # what is counted, for whom, since when


class Limits:
    """Counts the calls of each app to each organisation, by the world's clock.

    The settings minute_limit, day_limit, concurrent_limit and app_minute_limit replace the usual
    figures: 1,000 a day as on Xero's
    free tier.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._used: Counter[_Window] = Counter()

    def _limit(self, name: str, usual: int) -> int:
        return int(self._world.setting(SYSTEM, name, usual))

    def _window(self, name: str, whose: str, seconds: int) -> tuple[_Window, int]:
        """The fixed window of now and the seconds until it ends; each begins at its own second."""
        shifted = int(self._world.clock.now().timestamp()) + crc32(whose.encode()) % seconds
        return (name, whose, shifted // seconds), seconds - shifted % seconds

    def take(self, client_id: str, tenant: str, at_once: int) -> dict[str, str]:
        """Count a call; answers the headers that say what is left.

        Raises the 429 where a limit is reached; a refused call counts towards none.
        """
        whose = f"{client_id}/{tenant}"
        with self._lock:
            windows = {
                "minute": (*self._window("minute", whose, MINUTE),
                           self._limit("minute_limit", PER_MINUTE)),
                "day": (*self._window("day", whose, DAY), self._limit("day_limit", PER_DAY)),
                "appminute": (*self._window("appminute", client_id, MINUTE),
                              self._limit("app_minute_limit", APP_PER_MINUTE)),
            }  # fmt: skip
            problem = self._problem(windows, at_once)
            if not problem:
                self._forget_past({window for window, _, _ in windows.values()})
                self._used.update(window for window, _, _ in windows.values())
            headers = self._headers(windows)
        if not problem:
            return headers
        headers["X-Rate-Limit-Problem"] = problem
        if problem in ("minute", "day"):
            headers["Retry-After"] = str(windows[problem][1])
        raise HttpError(429, None, headers)

    def _problem(self, windows: dict[str, tuple[_Window, int, int]], at_once: int) -> str | None:
        if at_once > self._limit("concurrent_limit", AT_ONCE):
            return "concurrent"
        full = (n for n, (window, _, most) in windows.items() if self._used[window] >= most)
        return min(full, key=("day", "minute", "appminute").index, default=None)

    def _headers(self, windows: dict[str, tuple[_Window, int, int]]) -> dict[str, str]:
        left = {n: max(most - self._used[window], 0) for n, (window, _, most) in windows.items()}
        return {
            "X-DayLimit-Remaining": str(left["day"]),
            "X-MinLimit-Remaining": str(left["minute"]),
            "X-AppMinLimit-Remaining": str(left["appminute"]),
        }

    def _forget_past(self, present: set[_Window]) -> None:
        kinds = {(name, whose) for name, whose, _ in present}
        for window in [w for w in self._used if w[:2] in kinds and w not in present]:
            del self._used[window]
