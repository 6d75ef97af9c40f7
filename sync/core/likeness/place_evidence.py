"""Evidence of addresses: country, street and number, postcode, city, region."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from sync.core.matching import IndexKey

from .keys import address_of, street_of
from .naming import word_likeness
from .parties import Party
from .places import Place
from .reasons import Strict, Weighing


def weigh(weighing: Weighing) -> None:
    """Add what the two parties' addresses tell."""
    ours, theirs = weighing.left.place, weighing.right.place
    points = weighing.rules.points
    if ours.country and theirs.country:
        if ours.country == theirs.country:
            weighing.add("same country", points.country)
        else:
            weighing.add("other country", points.other_country)
            weighing.hold(Strict.ASK, "another country")
    if ours.region and ours.region == theirs.region:
        weighing.add("same region", points.region)
    code, city = _weigh_postcode(weighing, ours, theirs), _weigh_city(weighing, ours, theirs)
    street = _weigh_street(weighing, ours, theirs, [code, city])
    if not (weighing.left.is_person or weighing.right.is_person):
        _weigh_branches(weighing, code, city, street)


def _weigh_branches(
    weighing: Weighing, code: bool | None, city: bool | None, street: bool | None
) -> None:
    """Take a company elsewhere for another branch where several of that name are known.

    One that is alone with its name may have moved: so its telephone or a person's mailbox says.
    """
    if street or (code and city is not False):
        return
    if False not in (code, city, street):
        return
    if weighing.several:
        weighing.add("another of several places", weighing.rules.points.other_branch)
        weighing.hold(Strict.ASK, "another of several places")
    elif not weighing.reached:
        weighing.hold(Strict.ASK, "another place")


def _weigh_postcode(weighing: Weighing, ours: Place, theirs: Place) -> bool | None:
    points = weighing.rules.points
    if not ours.postcode or not theirs.postcode:
        return None
    if ours.postcode == theirs.postcode:
        weighing.add("same postcode", points.postcode)
        weighing.specific = True
        return True
    if OSA.distance(ours.postcode, theirs.postcode, score_cutoff=1) <= 1:
        weighing.add("similar postcode", points.similar_postcode)
        return True
    weighing.add("other postcode", points.other_postcode)
    return False


def _weigh_city(weighing: Weighing, ours: Place, theirs: Place) -> bool | None:
    points = weighing.rules.points
    if not ours.city or not theirs.city:
        return None
    if ours.city == theirs.city:
        weighing.add("same city", points.city)
        weighing.specific = True
        return True
    if word_likeness(ours.city, theirs.city) >= 0.6:
        weighing.add("similar city", points.similar_city)
        return True
    weighing.add("other city", points.other_city)
    return False


def _weigh_street(
    weighing: Weighing, ours: Place, theirs: Place, near: list[bool | None]
) -> bool | None:
    """Add what the streets tell: an address only counts where no other town speaks against it."""
    points = weighing.rules.points
    if not (ours.street or ours.numbers) or not (theirs.street or theirs.numbers):
        return None
    alike = _streets_alike(ours.street, theirs.street)
    same_number = bool(set(ours.numbers) & set(theirs.numbers))
    if alike and same_number and (True in near or False not in near):
        weighing.add("same address", points.address * _sure(weighing, True in near))
        return True
    if alike and (same_number or True in near):
        open_number = not (ours.numbers and theirs.numbers) or _mistyped(ours, theirs)
        weighing.add("same street", points.same_street * (2 if open_number else 1))
        return None
    weighing.add("other street", points.other_street)
    return False


def _mistyped(ours: Place, theirs: Place) -> bool:
    """Return whether the house numbers differ by digits that are swapped, left out or added."""
    one, other = ours.numbers[-1], theirs.numbers[-1]
    return sorted(one) == sorted(other) or one in other or other in one


def _sure(weighing: Weighing, near: bool) -> float:
    """Return how much a shared address tells: most where nobody else is there."""
    usage = weighing.usage
    weighing.specific = True
    if not near:
        return 0.6
    addresses = [_key(party) for party in (weighing.left, weighing.right)]
    if all(usage.records.get(address, 1) <= 2 for address in addresses):
        weighing.alone = True
        return 1.3
    return max(0.25, min(usage.own(*address) for address in addresses))


def _key(party: Party) -> IndexKey:
    """Return the key by which a party's address is counted."""
    address = address_of(party)
    return ("address", address) if address else ("street", street_of(party))


def _streets_alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Return whether most words of the shorter street stand in the other."""
    if not ours or not theirs:
        return ours == theirs
    few, many = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    found = sum(1 for word in few if any(word_likeness(word, other) >= 0.55 for other in many))
    return found / len(few) > 0.5 or "".join(ours) == "".join(theirs)
