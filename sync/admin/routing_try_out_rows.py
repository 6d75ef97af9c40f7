"""What the try-out of routing rows shows: organisations with their money, and the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from mappings.admin.routing_lines import Given
from mappings.admin.routing_places import RoutingPlace
from mappings.routing import kinds_of
from sync.core.money import Money
from sync.core.records import Key
from sync.core.routing import Route, Way
from sync.engine.routing import Tried, TriedRows

LISTED = 100
HEADINGS = (
    *("kind", "record", "name", "amount", "currency", "in use now", "by the draft"),
    *("stands in", "marked"),
)
NOWHERE: Mapping[Way, str] = {
    Way.ASK: "asked each time",
    Way.NONE: "left alone",
    Way.UNMATCHED: "fits no row: asked",
    Way.UNREAD: "a field is hidden: asked",
}
NAMES = {Way.UNMATCHED: "Fits no row", Way.ASK: "Asked each time", Way.NONE: "Left alone"}


@dataclass
class Share:
    """What one organisation, or none, gets: how many records, and their money by currency."""

    given: Given
    now: int = 0
    then: int = 0
    sums_now: dict[str, Decimal] = field(default_factory=dict)
    sums_then: dict[str, Decimal] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[str, Decimal | None, Decimal | None]]:
        """The money by currency, before and after."""
        codes = sorted({*self.sums_now, *self.sums_then})
        return [(code, self.sums_now.get(code), self.sums_then.get(code)) for code in codes]


@dataclass(frozen=True)
class Shown:
    """One record in words."""

    key: Key
    name: str
    money: Money | None
    now: str
    then: str
    stands: Sequence[str]
    marks: Sequence[str]


@dataclass(frozen=True)
class KindTried:
    """One kind: its title, who gets what, and the records worth a look."""

    kind: str
    title: str
    total: int
    left_out: int
    shares: Sequence[Share]
    lists: Sequence[tuple[str, str, Sequence[Shown], int]]
    """Each list's title, what it means, its first records and how many more there are."""
    every: Sequence[Shown]

    @property
    def has_money(self) -> bool:
        """Whether any of the records is about money."""
        return any(one.money is not None for one in self.every)


def kinds(at: RoutingPlace, found: Mapping[str, TriedRows]) -> list[KindTried]:
    """Return what was tried, kind by kind in their order."""
    titles = kinds_of(at.connection)
    return [_kind(at, title, found[kind]) for kind, title in titles.items() if kind in found]


def _kind(at: RoutingPlace, title: str, tried: TriedRows) -> KindTried:
    shown = {one.key: _shown(at, one, tried) for one in tried.records}
    things = title.lower()
    lists = [
        _list(f"{title} that would change", "Sent elsewhere than now.", tried.moved, shown),
        _list(
            f"{title} that would be asked about",
            f"Nothing would be made of these {things} until somebody says where they belong.",
            tried.unmatched,
            shown,
        ),
        _list(
            f"{title} that stand in another organisation",
            "What stands there stays; a person is asked whether it is voided and made anew.",
            tried.elsewhere,
            shown,
        ),
    ]
    return KindTried(
        tried.kind,
        title,
        len(tried.records),
        tried.left_out,
        _shares(at, tried),
        [each for each in lists if each[2]],
        list(shown.values()),
    )


def _list(
    title: str, meaning: str, tried: Sequence[Tried], shown: Mapping[Key, Shown]
) -> tuple[str, str, list[Shown], int]:
    ranked = sorted(tried, key=lambda one: -(one.money.amount if one.money else Decimal(0)))
    return (
        title,
        meaning,
        [shown[one.key] for one in ranked[:LISTED]],
        max(len(ranked) - LISTED, 0),
    )


def _shares(at: RoutingPlace, tried: TriedRows) -> list[Share]:
    """Return every active pair with what it gets, and after them what no pair gets."""
    places: dict[object, Share] = {
        int(key): Share(at.telling.given(key)) for key, pair in at.telling.pairs.items()
    }
    for one in tried.records:
        now, then = _place(at, places, one.now), _place(at, places, one.then)
        now.now += 1
        then.then += 1
        if one.money is not None:
            code, amount = one.money.currency, one.money.amount
            now.sums_now[code] = now.sums_now.get(code, Decimal(0)) + amount
            then.sums_then[code] = then.sums_then.get(code, Decimal(0)) + amount
    return [
        share
        for share in places.values()
        if share.now or share.then or (share.given.pair and share.given.pair.active)
    ]


def _place(at: RoutingPlace, places: dict[object, Share], route: Route) -> Share:
    if route.way is Way.PAIR:
        return places.setdefault(route.pair, Share(at.telling.given(str(route.pair))))
    words = NAMES.get(route.way, "A field is hidden")
    return places.setdefault(route.way, Share(Given(words)))


def _shown(at: RoutingPlace, one: Tried, tried: TriedRows) -> Shown:
    marks = []
    if one.moves:
        marks.append("would change")
    if one.elsewhere:
        marks.append("stands elsewhere")
    if tried.ruled and not one.then.known:
        marks.append("asked")
    stands = [at.telling.given(str(pair)).words for pair in one.stands]
    return Shown(
        one.key, one.name, one.money, _said(at, one.now), _said(at, one.then), stands, marks
    )


def _said(at: RoutingPlace, route: Route) -> str:
    if route.way is not Way.PAIR:
        return NOWHERE[route.way]
    name = at.telling.given(str(route.pair)).words
    if route.by:
        return f"{name}, said by {route.by}"
    return f"{name}, row “{route.row}”" if route.row else name
