"""What a draft was made with: changed rows do not change its tax and accounts by themselves.

A draft follows its deal, but which tax and account its lines bear was decided when they were made.
Where that would come out otherwise today, one question tells of it for all such drafts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sync.core.couples import AFRESH, Couple
from sync.core.flow import Shared
from sync.core.lines import Line
from sync.core.organisation import Reference
from sync.core.questions import Check, Choice, Question, QuestionKind
from sync.core.records import System
from sync.core.tax import Amounts

from . import invoice

FOLLOW, STAY = "follow", "stay"
CHOICES = (
    Choice(FOLLOW, "Change the drafts", "Each is written anew as the rows say today."),
    Choice(STAY, "Leave them as they are", "Nothing is written; later changes are asked anew."),
)
AMOUNTS = {
    Amounts.EXCLUSIVE: "prices before tax",
    Amounts.INCLUSIVE: "prices with tax",
    Amounts.NO_TAX: "prices without any tax",
}
Moves = dict[tuple[str, str, str], None]
"""What would come out otherwise: (tax, account or amounts; the code it has; the code of today)."""


def stands(couple: Couple) -> bool:
    """Return whether there is a living invoice whose making counts."""
    ended = couple.xero is None or couple.xero.get("Status") in invoice.ENDED
    return not ended and AFRESH not in couple.facts


def made_lines(couple: Couple) -> list[Line]:
    """Return the lines as they were last agreed with a living invoice; none without one."""
    agreed = _agreed(couple, "lines")
    return [Line.from_shared(line) for line in agreed or []]


def taken(made: Sequence[Line], wanted: Sequence[Line], *, whole: bool) -> list[Line | None]:
    """Return for each wanted line the one that was made for this thing; None for a new one.

    What has not changed is itself, whatever its codes would be today. Of several things of one
    name it is then the one of the same quantity, in their order. What then is left was renamed
    where it is the same product, or as many at the same price; `whole`: where the one line is the
    deal itself.
    """
    left: list[Line] = list(made)
    found: dict[int, Line | None] = dict.fromkeys(range(len(wanted)))
    for is_same in (_is_itself, _by_name, _by_product, _by_price):
        for place, line in enumerate(wanted):
            same = [m for m in left if is_same(m, line)] if found[place] is None else []
            if same:
                rivals = [w for p, w in enumerate(wanted) if not found[p] and is_same(same[0], w)]
                found[place] = best = _best(same, line, in_order=len(rivals) == len(same))
                left.remove(best)
    if whole and len(made) == len(wanted) == 1:
        return [made[0]]
    return list(found.values())


def _best(same: list[Line], line: Line, *, in_order: bool) -> Line:
    """Return the likest line, the first of several; where some are gone, codes tell which."""
    return max(
        same,
        key=lambda m: (m.quantity == line.quantity, not in_order and _codes(m) == _codes(line)),
    )


def _is_itself(made: Line, line: Line) -> bool:
    return _by_name(made, line) and _figures(made) == _figures(line)


def _by_name(made: Line, line: Line) -> bool:
    return (made.description, made.item_code) == (line.description, line.item_code)


def _by_product(made: Line, line: Line) -> bool:
    return bool(line.item_code) and made.item_code == line.item_code


def _by_price(made: Line, line: Line) -> bool:
    return _figures(made) == _figures(line) and made.item_code == line.item_code


def _figures(line: Line) -> tuple[Decimal, Decimal, Decimal]:
    return line.quantity, line.unit_amount, line.discount_rate


def _codes(line: Line) -> tuple[str, str]:
    return line.account_code, line.tax_type


def amounts(couple: Couple, wanted: Amounts, moves: Moves) -> Amounts:
    """Return what prices mean: as the invoice was made, unless a person lets it follow."""
    agreed = _agreed(couple, "amounts_are")
    if agreed not in list(Amounts) or agreed == wanted:
        return wanted
    move = ("amounts", str(agreed), wanted.value)
    return wanted if _follows(couple, move, moves) else Amounts(agreed)


def line(couple: Couple, wanted: Line, made: Line | None, moves: Moves) -> Line:
    """Return a line with the tax and account it was made with, unless a person lets it follow."""
    if made is None:
        return wanted
    kept = wanted
    for what, name in (("account", "account_code"), ("tax", "tax_type")):
        old, new = getattr(made, name), getattr(wanted, name)
        if old and new and old != new and not _follows(couple, (what, old, new), moves):
            kept = replace(kept, **{name: old})
    return kept


def _follows(couple: Couple, move: tuple[str, str, str], moves: Moves) -> bool:
    """Return whether a person let such drafts follow; what nobody answered joins the moves."""
    said = couple.decided(_cause(move), _about(move))
    if said not in (FOLLOW, STAY):
        moves[move] = None
    return said == FOLLOW


def _agreed(couple: Couple, name: str) -> Any:
    common = couple.link.agreed.get(name) if couple.link and stands(couple) else None
    return common.salesforce if common is not None else None


def check(couple: Couple, shared: Shared, organisation: Reference) -> Iterator[Check]:
    """Yield the questions about a draft that today's rows would make otherwise."""
    if couple.xero is None or couple.xero.get("Status") != "DRAFT" or _was_edited(couple):
        return
    for what, old, new in shared.get("_moves") or []:
        yield Check("", _question((what, old, new), organisation))


def _was_edited(couple: Couple) -> bool:
    """Return whether finance wrote the draft's lines by hand, which stand as they are."""
    common = couple.link.agreed.get("lines") if couple.link else None
    theirs = couple.shared.get(System.XERO, {}).get("lines")
    return common is not None and (common.apart or common.xero != theirs)


def _question(move: tuple[str, str, str], organisation: Reference) -> Question:
    what, old, new = move
    before, after = _words(what, old, organisation), _words(what, new, organisation)
    return Question(
        QuestionKind.PROBLEM,
        _cause(move),
        f"Drafts were made with {before}; today it would be {after}",
        "Rows of the mapping have changed since, or what they ask for: a deal, its customer, a "
        "default in Xero. The drafts stand as they were made until you say otherwise; what is "
        "approved stays in any case.",
        choices=CHOICES,
        about=_about(move),
        holds=False,
    )


def _words(what: str, code: str, organisation: Reference) -> str:
    if what == "amounts":
        return AMOUNTS[Amounts(code)]
    if what == "account":
        account = organisation.account(code)
        return f"account {code} ({account.name})" if account else f"account {code}"
    rate = organisation.tax_rate(code)
    return f"{rate.name} ({code})" if rate else f"tax rate {code}"


def _cause(move: tuple[str, str, str]) -> str:
    what, old, new = move
    return f"moved_{what}:{old}:{new}"


def _about(move: tuple[str, str, str]) -> str:
    return " > ".join(move)
