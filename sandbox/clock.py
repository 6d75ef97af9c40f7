"""The sandbox's time: the real time moved by an offset, or standing still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _real_now() -> datetime:
    return datetime.now(UTC)


EARLIEST, LATEST = 2000, 2199  # the years that the sandbox can tell, with room around them
_OUT_OF_REACH = f"The time has to lie in the years {EARLIEST} to {LATEST}."


class Clock:
    """Tells both systems what time it is, so that a person can let days pass in a second."""

    def __init__(self, on_change: Callable[[], None] | None = None) -> None:
        self._offset = timedelta(0)
        self._frozen: datetime | None = None
        self._on_change = on_change or (lambda: None)

    def now(self) -> datetime:
        """The sandbox's present instant, aware, in UTC."""
        return self._frozen or _real_now() + self._offset

    def advance(self, seconds: float) -> None:
        """Move on by this many seconds (back, if negative); a frozen clock stays frozen.

        Raises ValueError beyond the years that the sandbox can tell; so do `set` and `freeze`.
        """
        try:
            step = timedelta(seconds=seconds)
            _check(self.now() + step)
        except OverflowError as error:
            raise ValueError(_OUT_OF_REACH) from error
        if self._frozen:
            self._frozen += step
        else:
            self._offset += step
        self._on_change()

    def set(self, now: datetime) -> None:
        """Go on from this aware instant at the usual pace."""
        _check(now)
        self._offset, self._frozen = now.astimezone(UTC) - _real_now(), None
        self._on_change()

    def freeze(self, now: datetime | None = None) -> None:
        """Stand still at this aware instant, or at the present one."""
        _check(now or self.now())
        self._frozen = (now or self.now()).astimezone(UTC)
        self._on_change()

    def real(self) -> None:
        """Tell the real time again."""
        self._offset, self._frozen = timedelta(0), None
        self._on_change()

    def saved(self) -> dict[str, object]:
        """What has to be kept so that `restore` gives the same clock: seconds and ISO text."""
        frozen = self._frozen.isoformat() if self._frozen else None
        return {"offset_seconds": self._offset.total_seconds(), "frozen": frozen}

    def restore(self, saved: dict[str, object]) -> None:
        """Become the clock that `saved` described."""
        self._offset = timedelta(seconds=float(str(saved["offset_seconds"])))
        frozen = saved["frozen"]
        self._frozen = datetime.fromisoformat(str(frozen)) if frozen else None
        self._on_change()


def _check(moment: datetime) -> None:
    if not EARLIEST <= moment.year <= LATEST:
        raise ValueError(_OUT_OF_REACH)
