"""Evidence of names: shared and differing words, numbers in names, legal forms, group words."""

from __future__ import annotations

from .names import Name
from .naming import NOTHING_ALIKE, NameLikeness, compare
from .parties import Party
from .places import country_code
from .reasons import Strict, Weighing
from .vocabulary import GROUP_WORDS

_MOST_WORDS = 1.2
"""However many words two names share, no more than this many rare ones count."""


def weigh(weighing: Weighing) -> None:
    """Add what the two parties' names tell."""
    ours, theirs, alike = _best(weighing)
    if alike is NOTHING_ALIKE:
        weighing.hold(Strict.ASK, "a name is missing")
        return
    _weigh_words(weighing, ours, theirs, alike)
    _weigh_numbers(weighing, ours, theirs)
    if weighing.several and not weighing.specific:
        weighing.hold(Strict.ASK, "nothing tells it from others of that name")
    points = weighing.rules.points
    if ours.form and theirs.form and ours.form != theirs.form:
        weighing.add("other legal form", points.other_legal_form)


def _best(weighing: Weighing) -> tuple[Name, Name, NameLikeness]:
    """Return the two names that are most alike, of those that the parties go by."""
    found = [
        (ours, theirs, compare(ours, theirs, weighing.usage.telling))
        for ours in weighing.left.names
        for theirs in weighing.right.names
    ]
    if not found:
        return Name(()), Name(()), NOTHING_ALIKE
    return max(found, key=lambda pair: pair[2].agreed * pair[2].ratio)


def _weigh_words(weighing: Weighing, ours: Name, theirs: Name, alike: NameLikeness) -> None:
    points, usage = weighing.rules.points, weighing.usage
    told = points.word * min(alike.agreed, _MOST_WORDS)
    over = _without_places(alike.left, weighing), _without_places(alike.right, weighing)
    full = alike.agreed > 0 and not over[0] and not over[1]
    if full:
        unique = min(usage.unique(ours.whole), usage.unique(theirs.whole))
        bonus = points.name if weighing.persons else points.company_name
        told += bonus * unique * alike.likeness**2
    weighing.add("same name" if alike.ratio == 1 else f"name {alike.ratio:.2f}", told)
    if full:
        if weighing.persons and weighing.other_email and alike.likeness < 1:
            weighing.hold(Strict.ASK, "another e-mail, and not quite the same name")
        return
    telling = [max(map(usage.telling, words), default=0.0) for words in over]
    if over[0] and over[1]:
        weighing.add("other words in the name", points.other_word * (0.5 + min(telling)))
        if not (weighing.persons and weighing.numbered):
            strict = Strict.ASK if weighing.proven or weighing.alone else Strict.LEAVE
            weighing.hold(strict, "other words in the name")
        return
    doubt = 0.5 if weighing.persons else 0.5 + max(telling)
    weighing.add("a word more in the name", points.extra_word * doubt)
    shared = set(ours.tokens) & set(theirs.tokens)
    _hold_for_extra(weighing, over[0] or over[1], shared)


def _hold_for_extra(weighing: Weighing, extra: tuple[str, ...], shared: set[str]) -> None:
    """Never link by itself what one side alone calls a group, a branch abroad or a trust.

    Nor what has a word more, where others share the words that remain: sisters are about.
    """
    words = GROUP_WORDS | weighing.rules.words.group_words
    if any(word in words for word in extra):
        weighing.hold(Strict.ASK, f"“{' '.join(extra)}” on one side only")
    elif any(len(word) > 2 and country_code(word) for word in extra):
        weighing.hold(Strict.ASK, "a country in one name only")
    elif not (weighing.persons or weighing.numbered):
        records = weighing.usage.records
        if min((records.get(("word", word), 1) for word in shared), default=1) > 2:
            weighing.hold(Strict.ASK, "a word in one name only, and others share the rest")


def _without_places(words: tuple[str, ...], weighing: Weighing) -> tuple[str, ...]:
    """Return the words without those that only repeat where both parties are."""
    if not words:
        return words
    places = [_places(party) for party in (weighing.left, weighing.right)]
    both = places[0] & places[1]
    return tuple(word for word in words if word not in both)


def _places(party: Party) -> set[str]:
    return {party.place.city, party.place.region} - {""}


def _weigh_numbers(weighing: Weighing, ours: Name, theirs: Name) -> None:
    if ours.numbers == theirs.numbers:
        return
    if ours.numbers and theirs.numbers:
        strict = Strict.ASK if weighing.proven else Strict.LEAVE
        weighing.hold(strict, "another number in the name")
    else:
        weighing.hold(Strict.ASK, "a number in one name only")
    weighing.add("other number in the name", weighing.rules.points.other_word)
