"""Wording: the subject and the text of a task, without undoing what a person wrote there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sync.core.texts import text_key

from .cases import Holds

LONGEST_SUBJECT = 255
LONGEST_TEXT = 10_000
"""Salesforce takes 32,000 characters; the rest is for what people write below."""
LONGEST = 32_000
END = "(Kept by Counterpart up to this line. Write below it.)"
CLOSED = "Closed by Counterpart on "


def subject(title: str, account: str) -> str:
    """Return a task's subject: the rule and the customer, the same as long as it is open."""
    return fitted(" ".join(f"{title}: {account}".split()), LONGEST_SUBJECT)


def body(lines: Iterable[str], links: Sequence[str]) -> str:
    """Return the part of a task's text that is Counterpart's, up to its last line."""
    told = [*lines, "", "Counterpart closes this task when the reason is gone.", *links]
    return f"{fitted(chr(10).join(told), LONGEST_TEXT)}\n{END}"


def waiting(holds: Holds, today: date) -> str:
    """Return the line that says why nothing is asked of anybody now; empty where nothing waits."""
    why = [f"promised for {holds.promised_on:%-d %b %Y}"] if holds.trusts(today) else []
    why += ["disputed"] if holds.disputed else []
    return f"It waits: {' and '.join(why)}." if why else ""


def renewed(now: str, was: str, wanted: str) -> str | None:
    """Return a task's text with our part as wanted and a person's words kept; None: leave it.

    It is left alone where a person has changed our part, until the next level is told.
    """
    ours, theirs = parted(now)
    if text_key(ours) == text_key(wanted):
        return None
    if text_key(ours) != text_key(was):
        return None
    return joined(wanted, theirs)


def retold(now: str, was: str, wanted: str) -> str:
    """Return a task's text with our part as wanted, above everything that a person wrote."""
    ours, theirs = parted(now)
    kept = theirs if text_key(ours) in (text_key(was), text_key(wanted)) else now
    return joined(wanted, kept)


def closing(now: str, day: date, why: str) -> str:
    """Return a task's text with the reason why it is closed above everything else."""
    told = f"{CLOSED}{day:%-d %b %Y}: {why}"
    return fitted(f"{told}\n\n{now}" if now.strip() else told, LONGEST)


def closed_by_us(text: str) -> bool:
    """Return whether a task's text tells that Counterpart closed it."""
    return text.startswith(CLOSED)


def parted(text: str) -> tuple[str, str]:
    """Return Counterpart's part of a text and what stands below it; all is ours without the line.

    Salesforce's own screens break lines by two characters.
    """
    plain = text.replace("\r\n", "\n")
    ours, line, theirs = plain.partition(END)
    return (ours + line, theirs.strip("\n")) if line else (plain, "")


def joined(ours: str, theirs: str) -> str:
    """Return both parts as one text."""
    return f"{ours}\n{theirs}" if theirs.strip() else ours


def fitted(text: str, longest: int) -> str:
    """Return the text, cut where it is too long for its field."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
