"""The keys under which a party is found: few, selective, and the same for both systems."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sync.core.matching import IndexKey

from .folding import sound
from .names import Name
from .parties import Party
from .vocabulary import GROUP_WORDS

CAP = 40
"""A key that more records carry, of both systems together, finds nothing: it tells too little."""
_LONGEST = 600
_WORDS = 6

ALONE = frozenset(
    {"tax", "company", "email", "domain", "phone", "address", "street", "name", "word"}
)
"""The keys whose usage the scorer asks for."""


def keys_of(party: Party) -> frozenset[IndexKey]:
    """Return the normalised keys of a party: names of at most 20 letters, values of at most 600."""
    return frozenset((name, value[:_LONGEST]) for name, value in _keys(party) if value)


def _keys(party: Party) -> Iterator[IndexKey]:
    yield "tax", party.tax
    yield "company", party.company
    for field, value in party.ids:
        yield f"id:{field}"[:20], value
    for email in party.emails:
        yield "email", email.address
    for domain in party.domains:
        yield "domain", domain
    for phone in party.phones:
        yield "phone", phone
    yield "address", address_of(party)
    yield "street", street_of(party)
    for name in party.names:
        yield from _name_keys(name, party)
    if len(party.person.tokens) > 1:
        yield "name", party.person.whole


def address_of(party: Party) -> str:
    """Return what tells one address from all others; empty where the record's is too vague."""
    place = party.place
    return f"{place.postcode} {place.numbers[-1]}" if place.numbers and place.postcode else ""


def street_of(party: Party) -> str:
    """Return street and number without the town; empty where that is too vague."""
    place = party.place
    if not place.street or not (place.numbers or len(place.street) > 1):
        return ""
    return " ".join((*sorted(place.street), *place.numbers[-1:]))


def _name_keys(name: Name, party: Party) -> Iterator[IndexKey]:
    place, tokens = party.place, name.tokens[:_WORDS]
    yield "name", name.whole
    if place.city:
        yield "namecity", f"{name.whole} {place.city}"
    for token in tokens:
        yield "word", token
    sounds = list(dict.fromkeys(sound(token) for token in tokens if token not in GROUP_WORDS))[:3]
    for one, other in combinations(sorted(sounds), 2):
        yield "sounds", f"{one} {other}"
    if len(sounds) == 1:
        yield "sounds", sounds[0]
    for heard in sounds:
        if place.city:
            yield "soundcity", f"{heard} {sound(place.city)}"
        if place.postcode:
            yield "soundpost", f"{heard} {place.postcode}"
    if len(tokens) > 2:
        yield "initials", "".join(token[0] for token in tokens)
    elif len(tokens) == 1 and 3 <= len(tokens[0]) <= _WORDS:
        yield "initials", tokens[0]
