"""Evidence of addresses: country, street and number, postcode, city, region."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from .keys import address_of
from .naming import word_likeness
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
    near = _weigh_postcode(weighing, ours, theirs) | _weigh_city(weighing, ours, theirs)
    _weigh_street(weighing, ours, theirs, near)


def _weigh_postcode(weighing: Weighing, ours: Place, theirs: Place) -> bool:
    points = weighing.rules.points
    if not ours.postcode or not theirs.postcode:
        return False
    if ours.postcode == theirs.postcode:
        weighing.add("same postcode", points.postcode)
        return True
    if OSA.distance(ours.postcode, theirs.postcode, score_cutoff=1) <= 1:
        weighing.add("similar postcode", points.similar_postcode)
        return True
    weighing.add("other postcode", points.other_postcode)
    return False


def _weigh_city(weighing: Weighing, ours: Place, theirs: Place) -> bool:
    points = weighing.rules.points
    if not ours.city or not theirs.city:
        return False
    if ours.city == theirs.city:
        weighing.add("same city", points.city)
        return True
    if word_likeness(ours.city, theirs.city) >= 0.6:
        weighing.add("similar city", points.similar_city)
        return True
    weighing.add("other city", points.other_city)
    return False


def _weigh_street(weighing: Weighing, ours: Place, theirs: Place, near: bool) -> None:
    """Add what the streets tell: an address only counts where the town agrees or is unknown."""
    points = weighing.rules.points
    if not (ours.street or ours.numbers) or not (theirs.street or theirs.numbers):
        return
    alike = _streets_alike(ours.street, theirs.street)
    same_number = bool(set(ours.numbers) & set(theirs.numbers))
    if alike and same_number and near:
        own = min(
            weighing.usage.own("address", address_of(party))
            for party in (weighing.left, weighing.right)
        )
        weighing.add("same address", points.address * max(own, 0.25))
    elif alike and (near or same_number):
        weighing.add("same street", points.same_street)
    else:
        weighing.add("other street", points.other_street)


def _streets_alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Return whether most words of the shorter street stand in the other."""
    if not ours or not theirs:
        return ours == theirs
    few, many = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    found = sum(1 for word in few if any(word_likeness(word, other) >= 0.55 for other in many))
    return found / len(few) > 0.5 or "".join(ours) == "".join(theirs)
