"""The questions that routing raises, in finance's words; pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from .errors import Fix
from .questions import LEAVE, RETRY, Choice, Question, QuestionKind
from .records import Key
from .routing import ACCOUNT, CONTACT, DEAL, QUOTE, Route, Way, new_row

CAUSE = "routing:"
"""How the causes begin that ask where records belong."""
DOUBT = "belongs_elsewhere:"
PAIR = "pair:"
"""How a choice begins that names a pair; its primary key follows."""
THINGS: Mapping[str, str] = {
    DEAL: "deals", ACCOUNT: "accounts", CONTACT: "contacts", QUOTE: "quotes",
}  # fmt: skip
_MADE: Mapping[str, str] = {
    DEAL: "billed",
    ACCOUNT: "made in Xero",
    CONTACT: "made in Salesforce",
    QUOTE: "made a deal",
}
_WORDS = {"CurrencyIsoCode": "currency", "CurrencyCode": "currency", "DefaultCurrency": "currency"}
_SAYS_NOTHING = ("Name", "DeveloperName", "Label")
Group = Sequence[tuple[str, str]]
"""(path, value) of all that the rows ask, the same for records that no row tells apart."""


def words_of_path(path: str) -> str:
    """Return a field path as people say it: `Territory2.Name` is the territory."""
    *above, field = path.split(".")
    if field in _WORDS:
        return _WORDS[field]
    steps = above if above and field in _SAYS_NOTHING else [*above, field]
    return "’s ".join(_words_of(step) for step in steps)


def _words_of(step: str) -> str:
    bare = re.sub(r"__[cr]$", "", step)
    bare = re.sub(r"(?<=[a-z])(Id|2)$", "", bare).replace("_", " ")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).lower()


def values_in_words(group: Group) -> str:
    """Return a group's values: “currency EUR, no territory”."""
    return ", ".join(_value_in_words(path, value) for path, value in group)


def _value_in_words(path: str, value: str) -> str:
    field, compared, rest = path.partition(" ")
    if compared:
        return f"{words_of_path(field)} {rest}: {value}"
    return f"{words_of_path(path)} {value}" if value else f"no {words_of_path(path)}"


def which_organisation(
    kind: str, route: Route, group: Group, pairs: Mapping[int, str], connection_id: int
) -> Question:
    """Return the question where the records of a group belong; one for all of them.

    `pairs` are those that may be chosen by primary key, each as people know it: by its name and
    its organisation's.
    """
    if route.way is Way.UNREAD:
        return _unread(kind, route, connection_id)
    things, asked = THINGS[kind], values_in_words(group)
    with_these = f"{things} with {asked}" if group else things
    title = f"No routing row for {with_these}"
    if route.way is not Way.UNMATCHED:
        title = f"The row “{route.row}” asks where {with_these} belong"
    if route.by:
        title = f"{route.by} said where an account belongs that was merged into that of {things}"
    if not group and route.way is Way.UNMATCHED:
        title = f"No routing rows for {things}"
        if route.row:
            title = f"The row “{route.row}” sends deals where no row places their accounts"
    names = " or ".join(f"“{name}”" for name in pairs.values())
    offered = tuple(
        Choice(f"{PAIR}{pk}", f"They belong to “{name}”", _effect(kind, name))
        for pk, name in pairs.items()
    )
    return Question(
        QuestionKind.PROBLEM,
        f"{CAUSE}{kind}:{_digest(route, group)}",
        title,
        f"They may belong to {names}, and no row says to which. Nothing is {_MADE[kind]} until a "
        "row takes them or you say where they belong.",
        _fix(kind, connection_id, f"Add a row for such {things}, and all of them go on."),
        choices=(*(offered if group or route.way is Way.ASK else ()), RETRY),
        details=_details(kind, group, connection_id),
    )


def _effect(kind: str, name: str) -> str:
    made = {
        DEAL: f"Each is billed in “{name}”, whatever the rows say.",
        ACCOUNT: f"Each gets its contact in “{name}”, whatever the rows say.",
    }
    return made.get(kind, f"Each is made for “{name}”, whatever the rows say.")


def _unread(kind: str, route: Route, connection_id: int) -> Question:
    return Question(
        QuestionKind.PROBLEM,
        f"{CAUSE}{kind}:field:{route.path}"[:255],
        f"The routing row “{route.row}” asks for {route.path}, which is not shown to Counterpart",
        f"Whether the row takes them cannot be told, so nothing is {_MADE[kind]} of the "
        f"{THINGS[kind]} that get as far as this row.",
        _fix(
            kind,
            connection_id,
            f"Let Counterpart’s user read {route.path}, or correct the row; they go on then.",
        ),
        choices=(RETRY,),
        details=_details(kind, (), connection_id),
    )


def _fix(kind: str, connection_id: int, hint: str) -> Fix:
    return Fix(hint, "routing", f"{connection_id}:{kind}")


def _details(kind: str, group: Group, connection_id: int) -> dict[str, object]:
    """Return what the page needs that opens the rows with a new one filled in."""
    conditions = [
        {"path": c.path, "operator": c.operator, "value": c.value} for c in new_row(group)
    ]
    return {"routing": {"connection": connection_id, "kind": kind, "conditions": conditions}}


def _digest(route: Route, group: Group) -> str:
    text = repr([route.way.value, route.row, sorted(group)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stands_elsewhere(
    route: Route, between: tuple[str, str], counterpart: Key, label: str
) -> Question:
    """Return the question about a counterpart that stands in one pair and belongs to another.

    `between` are the names of the two. One question for all records of the same row, or of the
    same person's word. It holds nothing.
    """
    by, thing, (here, there) = why_in_words(route), counterpart.kind.lower(), between
    end = "decline or delete it" if thing == "quote" else "void it (a draft: delete it)"
    return Question(
        QuestionKind.PROBLEM,
        f"{DOUBT}{route.pair}:{_digest(route, ())}",
        f"Belongs to “{there}” {by}, but its {thing} stands in “{here}”",
        f"{label} stays where it is and is kept in step. To move it, {end} in “{here}”: then "
        f"“{there}” goes on with the deal, once. Or leave it where it is.",
        choices=(LEAVE, RETRY),
        about=f"{counterpart.id} {route.pair}",
        holds=False,
    )


def why_in_words(route: Route) -> str:
    """Return why a record belongs where it does: by which row, or by whose word."""
    return f"by the row “{route.row}”" if route.row else f"by the word of {route.by}"


def billed_elsewhere(pair: str) -> Question:
    """Return the question about a deal that a pair which is not at work bills, or has billed."""
    return Question(
        QuestionKind.PROBLEM,
        f"billed_elsewhere:{pair}",
        f"Billed by “{pair}” already",
        f"A deal is billed once. “{pair}” has an invoice for it or is making one, so it is "
        "not billed here. If it should be, void the invoice there.",
    )


def billed_before(name: str, pair: str, label: str, counterpart: str) -> Question:
    """Return the question whether a deal is billed here whose invoice elsewhere was voided.

    Nobody has answered there whether it is to be billed again, and that flow is off.
    """
    return Question(
        QuestionKind.PROBLEM,
        f"billed_before:{counterpart}",
        f"“{name}” was billed in “{pair}”, and {label} was voided there",
        "A person ended that invoice, and nobody has said since that the deal is to be billed "
        "again. It is billed here only if you say so.",
        choices=(LEAVE, Choice("again", "Bill it here", "Makes one new invoice in Xero.")),
        about=counterpart,
        alone=True,
    )
