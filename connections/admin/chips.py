"""Small marks of the screens: a system's badge, and a state with its sign and word."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from connections.models import Connection, Environment, EventDoor
from sync.core.records import System

MARKS = {System.SALESFORCE: "sf", System.XERO: "xero"}
ENVIRONMENTS = {
    Environment.PRODUCTION: ("good", "●"),
    Environment.SANDBOX: ("warn", "~"),
    Environment.DEMO: ("warn", "~"),
}


def badge(system: str) -> SafeString:
    """Return the system's name with its colour and shape."""
    return format_html(
        '<span class="sys {}">{}</span>', MARKS[System(system)], System(system).label
    )


def chip(tone: str, sign: str, words: str) -> SafeString:
    """Return a state chip; `tone` is good, warn, bad or plain."""
    return format_html(
        '<span class="chip {}"><span class="sign" aria-hidden="true">{}</span>{}</span>',
        tone,
        sign,
        words,
    )


def environment(connection: Connection) -> SafeString:
    """Return what kind of books stand behind the connection."""
    kind = Environment(connection.environment)
    return chip(*ENVIRONMENTS[kind], str(kind.label))


def state(connection: Connection) -> SafeString:
    """Return whether the connection can be used, and if not why, in a word or two."""
    credential = connection.credential
    if connection.disconnected_at is not None:
        return chip("plain", "−", "disconnected")
    if credential.is_broken:
        return chip("bad", "✕", "connect again")
    if connection.is_paused:
        return chip("warn", "‖", "paused")
    if credential.failing_since is not None:
        since = localtime(credential.failing_since)
        return chip("warn", "!", f"no answer since {since:%-d %b %H:%M}")
    return chip("good", "✓", "signed in")


def days_left(connection: Connection) -> SafeString | str:
    """Return the days until the sign-in ends unless it is renewed."""
    days = connection.days_left
    if days is None:
        return "–"
    if days < 10:
        return chip("bad" if days < 3 else "warn", "!", f"{days} left")
    return f"{days}"


def events(door: EventDoor | None) -> SafeString:
    """Return whether events arrive at the door, or that there is none."""
    if door is None:
        return chip("plain", "−", "found by sweeps alone")
    if door.refused_at is not None and (door.heard_at is None or door.refused_at > door.heard_at):
        return chip("bad", "✕", f"turned away, last {localtime(door.refused_at):%-d %b %H:%M}")
    if door.heard_at is None:
        return chip("warn", "!", "none has come yet")
    return chip("good", "✓", f"arrive, last {localtime(door.heard_at):%-d %b %H:%M}")
