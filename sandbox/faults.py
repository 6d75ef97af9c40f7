"""What goes wrong on purpose: refusals, delays, lost answers, limits and expired tokens."""

import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from sandbox import refusals

SYSTEMS = ("salesforce", "xero")
FOREVER = 1e9  # seconds
_NUMBERS = ("delay", "delay_after", "share", "seconds")  # JSON's exact ones do not go with floats
API_PATHS = {"salesforce": "/services/data/*", "xero": "/api.xro/*"}


class BadFaultError(ValueError):
    """A fault that cannot be understood; its text says why."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, for the calls it matches, for as long as it lasts."""

    system: str
    method: str = "*"
    path: str = "*"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    delay: float = 0.0  # seconds before the system sees the call
    delay_after: float = 0.0  # seconds between the work and its answer
    lost: str | None = None  # "before" or "after" the work: the connection ends unanswered
    rate_limit: str | None = None  # "minute", "day", "concurrent" or "appminute"
    expired_token: bool = False
    times: int | None = None  # calls it still strikes; None means without end
    share: float = 1.0  # of the matching calls
    seconds: float | None = None  # of real time until it ends by itself
    label: str = ""
    id: int = 0

    def __post_init__(self) -> None:
        if self.system not in (*SYSTEMS, "*"):
            raise BadFaultError(f"system is one of {', '.join(SYSTEMS)}, not {self.system!r}.")
        if self.lost not in (None, "before", "after"):
            raise BadFaultError("lost is 'before' or 'after'.")
        if self.rate_limit not in (None, *refusals.LIMITS):
            raise BadFaultError(f"rate_limit is one of {', '.join(refusals.LIMITS)}.")
        if not all(isinstance(one, str) for one in (self.method, self.path, self.label)):
            raise BadFaultError("method, path and label are texts.")
        if not isinstance(self.headers, dict):
            raise BadFaultError("headers is an object.")
        self._check_numbers()
        if not (self.refuses or self.lost or self.delay or self.delay_after):
            raise BadFaultError(
                "Say what goes wrong: status, delay, lost, rate_limit, expired_token."
            )

    def _check_numbers(self) -> None:
        if self.times is not None and self.times < 1:
            raise BadFaultError("times is at least 1.")
        if not 0 <= self.share <= 1:
            raise BadFaultError("share is between 0 and 1.")
        if not (0 <= self.delay < FOREVER and 0 <= self.delay_after < FOREVER):
            raise BadFaultError("delay and delay_after are seconds, from 0 on.")
        if self.seconds is not None and not 0 < self.seconds < FOREVER:
            raise BadFaultError("seconds is more than 0.")
        if self.status is not None and not 100 <= self.status <= 599:
            raise BadFaultError("status is one of HTTP's, from 100 to 599.")

    @property
    def refuses(self) -> bool:
        """Whether it answers in the system's place."""
        return bool(self.status or self.rate_limit or self.expired_token)

    def answer(self, system: str) -> refusals.Refusal:
        """The answer it gives in place of this system: status, headers, body."""
        if self.expired_token:
            return refusals.expired_token(system)
        if self.rate_limit:
            return refusals.rate_limited(system, self.rate_limit, self.headers)
        return refusals.plain(self.status or 500, self.headers, self.body)

    def matches(self, system: str, method: str, path: str) -> bool:
        """Whether this call is one it strikes; identity calls keep their tokens and limits."""
        wanted = self.path
        if wanted == "*" and (self.expired_token or self.rate_limit):
            wanted = API_PATHS[system]
        return (
            self.system in (system, "*")
            and fnmatchcase(method, self.method.upper())
            and fnmatchcase(path, wanted)
        )


class Faults:
    """The faults in force, in the order they were asked for."""

    def __init__(self, seed: int = 0, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._chance = random.Random(seed)
        self._numbers = itertools.count(1)
        self._faults: dict[int, Fault] = {}
        self._ends: dict[int, float] = {}

    def add(self, **wanted: Any) -> Fault:
        """Let something go wrong from now on; the fields are those of Fault.

        Raises BadFaultError, in words, for a fault that makes no sense.
        """
        try:
            numbers = {name: float(wanted[name]) for name in _NUMBERS if wanted.get(name)}
            fault = Fault(**{**wanted, **numbers, "id": next(self._numbers)})
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, BadFaultError):
                raise
            raise BadFaultError(f"A fault has no such field or value ({error}).") from error
        with self._lock:
            self._faults[fault.id] = fault
            if fault.seconds is not None:
                self._ends[fault.id] = self._now() + fault.seconds
        return fault

    def clear(self, number: int | None = None) -> None:
        """Let all be well again, or end one fault by its id."""
        with self._lock:
            for key in [number] if number else list(self._faults):
                self._faults.pop(key, None)
                self._ends.pop(key, None)

    def active(self) -> list[dict[str, Any]]:
        """The faults in force as plain dicts, with `seconds` being those that are left."""
        with self._lock:
            self._end_those_over()
            now = self._now()
            return [
                {**asdict(fault), "seconds": round(self._ends[key] - now, 1)}
                if key in self._ends
                else asdict(fault)
                for key, fault in self._faults.items()
            ]

    def strike(self, system: str, method: str, path: str) -> list[Fault]:
        """The faults for this call, each used up by one."""
        with self._lock:
            self._end_those_over()
            struck = []
            for fault in list(self._faults.values()):
                if not fault.matches(system, method, path) or self._chance.random() >= fault.share:
                    continue
                struck.append(fault)
                self._use(fault)
            return struck

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times == 1:
            self._faults.pop(fault.id)
            self._ends.pop(fault.id, None)
        else:
            self._faults[fault.id] = replace(fault, times=fault.times - 1)

    def _end_those_over(self) -> None:
        for key in [key for key, end in self._ends.items() if end <= self._now()]:
            self._faults.pop(key, None)
            self._ends.pop(key)
