"""The rules of matching: points for each evidence, thresholds, and words that an admin adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from sync.core.flow import RuleSet, TableRow

from .folding import words
from .parties import Dictionaries


@dataclass(frozen=True)
class Points:
    """What each evidence counts; `name` is what a whole name adds to the points of its words.

    Contact values and numbers count less the more different names use them.
    """

    external_id: int = 70
    tax_number: int = 45
    company_number: int = 45
    name: int = 30
    company_name: int = 36
    word: int = 30
    extra_word: int = -8
    other_word: int = -16
    other_legal_form: int = -10
    email: int = 30
    mailbox: int = 20
    similar_email: int = 14
    other_email: int = -3
    domain: int = 16
    similar_domain: int = 8
    other_domain: int = -6
    phone: int = 20
    similar_phone: int = 6
    other_phone: int = -4
    address: int = 20
    same_street: int = 5
    other_street: int = -5
    postcode: int = 10
    similar_postcode: int = 4
    other_postcode: int = -4
    city: int = 8
    similar_city: int = 4
    other_city: int = -6
    other_branch: int = -30
    region: int = 1
    country: int = 1
    other_country: int = -25
    contact_person: int = 8
    other_tax_number: int = -30
    other_company_number: int = -30


@dataclass(frozen=True)
class MatchRules:
    """Points, thresholds and words. From `link` on two records are linked without asking, from
    `ask` on a person is asked, if no other record comes within `margin` points. Before a record is
    made anew, `new` points of one that is nobody's are doubt enough to ask.
    """

    points: Points = Points()
    link: int = 54
    ask: int = 40
    new: int = 25
    margin: int = 10
    words: Dictionaries = Dictionaries()


SHIPPED = MatchRules()
EVIDENCE = tuple(field.name for field in fields(Points))
"""The names of the evidence, as the rows of `match_points` name them."""
THRESHOLDS = ("link", "ask", "new", "margin")
LISTS = ("legal_forms", "free_mail", "shared_mailboxes", "group_words")


def match_rules(rules: RuleSet) -> MatchRules:
    """Return the rules that the rows of a flow's tables make; what they leave out is shipped.

    Rows whose value is no whole number are left out: the screens refuse them.
    """
    points = _numbers(rules.table("match_points"), "evidence", EVIDENCE)
    limits = _numbers(rules.table("match_thresholds"), "threshold", THRESHOLDS)
    return replace(
        SHIPPED,
        points=replace(SHIPPED.points, **points),
        words=_words(rules.table("match_words")),
        **limits,
    )


def _numbers(rows: Iterable[TableRow], path: str, names: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        name = _named(row, path)
        if name in names and name not in found and row.value.strip().lstrip("+-−").isdigit():
            found[name] = int(row.value.strip().replace("−", "-"))
    return found


def _named(row: TableRow, path: str) -> str:
    """Return what a row's condition `path is <name>` names."""
    return next(
        (c.value for c in row.when if c.path.lstrip("=") == path and c.operator == "is"), ""
    )


def _words(rows: Iterable[TableRow]) -> Dictionaries:
    found: dict[str, set[str]] = {name: set() for name in LISTS}
    for row in rows:
        name = _named(row, "list")
        if name in found:
            listed = {word.strip().casefold() for word in row.value.split(",")} - {""}
            as_words = name in {"legal_forms", "group_words"}
            found[name] |= {" ".join(words(word)) for word in listed} if as_words else listed
    return Dictionaries(
        legal_forms=frozenset(found["legal_forms"]),
        free_mail=frozenset(found["free_mail"]),
        shared_mailboxes=frozenset(found["shared_mailboxes"]),
        group_words=frozenset(found["group_words"]),
    )
