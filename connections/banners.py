"""What every screen must say of the connections: a sign-in that ended, or will end soon."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse
from django.utils.timezone import localtime

from connections.models import Connection, Credential
from connections.organisations import LOST

WARN_BELOW_DAYS = 10

Level = Literal["warn", "bad"]


@dataclass(frozen=True)
class Banner:
    """A bold fact, what it means for the reader, and one action (a link to a page that asks)."""

    level: Level
    sign: str
    fact: str
    meaning: str
    action: str
    address: str


def current() -> list[Banner]:
    """Return the banners of all connections in use, the worst first; one query."""
    secrets = [f"credential__{name}" for name in Credential.SECRETS]
    connections = Connection.objects.select_related("credential").defer(*secrets)
    banners = [banner for each in connections for banner in _banners(each)]
    return sorted(banners, key=lambda banner: banner.level)


def _banners(connection: Connection) -> Iterator[Banner]:
    credential = connection.credential
    if connection.disconnected_at is not None:
        if connection.disconnected_why == LOST:
            yield _banner(connection, "bad", "has ended", connection.disconnected_why)
        return
    if credential.broken_since is not None:
        since = localtime(credential.broken_since)
        yield _banner(
            connection,
            "bad",
            f"ended on {since:%-d %B at %H:%M}",
            f"{credential.broken_reason} Nothing is read or written there until then.",
        )
        return
    if connection.days_left is not None and connection.days_left < WARN_BELOW_DAYS:
        days = f"{connection.days_left} day" + ("" if connection.days_left == 1 else "s")
        yield _banner(
            connection,
            "warn",
            f"ends in {days}",
            "It is renewed by itself each day, and that has not worked lately. "
            f"{credential.failing_reason}".strip(),
        )


def _banner(connection: Connection, level: Level, what: str, meaning: str) -> Banner:
    return Banner(
        level=level,
        sign="✕" if level == "bad" else "!",
        fact=f"The sign-in of {connection.name} {what}.",
        meaning=meaning,
        action="Connect again",
        address=reverse("connections:reconnect", args=[connection.pk]),
    )
