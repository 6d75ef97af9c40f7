"""Price drift: all linked products of a pair held against their items; a person makes them equal.

Reading takes nothing but the local index. Making equal keeps the person's word for each difference
as it was seen, and lets the usual steps carry it out: there is no other way to write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connections.models import Pair
from mappings.rules import rules_for
from sync.core import snapshots, zones
from sync.core.flow import Surroundings
from sync.core.merging import SEEN, TYPED, as_seen
from sync.core.records import Key, Record, System
from sync.flows.shapes import product, product_drift, product_tables
from sync.flows.shapes.product_drift import Drift
from sync.models import Cursor, Decision, FlowSwitch, KnownOrganisation, Link, ReviewItem

from . import noticing, surroundings
from .price_drift_couples import belong, couples, linked, to_be_linked

FLOW = "product_catalogue"
ITEM = "Item"
MADE, OF_FIELD = "make_equal:", "conflict:"
"""How the causes begin of what was made equal, and of the word for one field."""
NAMES = {"price": "price", "name": "name", "account": "sales account", "tax": "sales tax rate"}


@dataclass(frozen=True)
class Difference:
    """One difference of one product; `mark` names it as it was seen, to be given back.

    `code` is the item's; `sought` has in small letters all that it is looked for by.
    """

    product: Key
    item: Key
    name: str
    code: str
    drift: Drift
    sought: str = ""

    @property
    def mark(self) -> str:
        """Product, field and both values as one word."""
        seen = as_seen(self.drift.salesforce, self.drift.xero)
        return f"{self.product.id}.{self.drift.field}.{seen.removeprefix(SEEN)}"


@dataclass(frozen=True)
class Comparison:
    """What was compared: the differences, how many products, and as of when each side is known."""

    differences: tuple[Difference, ...]
    compared: int
    currency: str
    book: str
    prices: bool
    salesforce_at: datetime | None
    xero_at: datetime | None
    mode: str
    lacks_book: str = ""
    """The id of the price book that the table names and that is not there; usually empty."""
    names: Mapping[tuple[str, str], str] = field(default_factory=dict, hash=False)
    """What the organisation calls its accounts and tax rates, by field and code."""
    ahead: int = 0
    """How many of those compared are not linked yet, and will be by their codes."""
    said: int = 0
    """How many more were made equal since both sides were read; the next reading tells of them."""

    @property
    def ready(self) -> bool:
        """Whether both catalogues have been read at all."""
        return self.salesforce_at is not None and self.xero_at is not None

    @property
    def as_of(self) -> datetime | None:
        """The time of the older of the two readings."""
        return min(self.salesforce_at, self.xero_at) if self.ready else None  # type: ignore[type-var]


@dataclass(frozen=True)
class Made:
    """What came of making equal.

    How many differences were taken up, how many had moved, and how many a person had made equal
    already. `resting`: the flow is not on, so that nothing was kept.
    """

    taken: int
    moved: int
    said: int = 0
    resting: bool = False


def compare(pair: Pair, only: Collection[str] = ()) -> Comparison:
    """Return how the pair's linked products differ from their items; nothing is asked or written.

    `only` are the ids of the products to be looked at, all where empty.
    """
    around = _around(pair)
    found: list[Difference] = []
    compared = ahead = 0
    mode = _mode(pair)
    ours_at, theirs_at = _read_at(pair.salesforce_id, product.KIND), _read_at(pair.xero_id, ITEM)
    for ours, theirs in couples(pair, linked(pair, only)) if around is not None else ():
        compared += 1
        found += _differences(ours, theirs, around) if around is not None else ()
    # what is on links within minutes: before that, codes tell what will be one
    to_come = to_be_linked(pair, only) if mode != FlowSwitch.Mode.ON else {}
    for ours, theirs in couples(pair, to_come) if around is not None else ():
        if around is not None and belong(ours, theirs, around):
            ahead += 1
            found += _differences(ours, theirs, around)
    book = product_tables.book(around) if around is not None else None
    said = _said_since(pair, _known_at(pair))
    open_still = [one for one in found if one.mark not in said]
    return Comparison(
        tuple(sorted(open_still, key=lambda one: (one.name.casefold(), one.product.id))),
        compared + ahead,
        around.reference.base_currency if around is not None else "",
        book.name if book is not None else "",
        around is not None and product.compares_prices(around),
        ours_at,
        theirs_at,
        mode=mode,
        lacks_book=product_tables.lacks_book(around) if around is not None else "",
        names=_names(around) if around is not None else {},
        ahead=ahead,
        said=len(found) - len(open_still),
    )


def make_equal(pair: Pair, marks: Sequence[str], side: System, by: str) -> Made:
    """Let one side's values be the other's too; what has moved since it was seen is left out.

    Each is kept as the person's word for the two values as they were seen, and planned: should one
    of them change before it is carried out, nothing is written. Nothing is kept while the flow is
    not on: a word must not lie in wait for months.
    """
    wanted = set(marks)
    if _mode(pair) != FlowSwitch.Mode.ON:
        return Made(0, 0, resting=True)
    said = wanted & _said_since(pair, _known_at(pair))
    ids = {mark.partition(".")[0] for mark in wanted}
    chosen = [
        one
        for one in (compare(pair, ids).differences if ids else ())
        if one.mark in wanted and side in one.drift.can
    ]
    if chosen:
        with transaction.atomic():
            _keep(pair, chosen, side, by)
            keys = {one.product for one in chosen}
            noticing.note(pair, FLOW, keys, "decision")
    return Made(len(chosen), len(wanted) - len(chosen) - len(said), len(said))


def _known_at(pair: Pair) -> datetime | None:
    """Return the time of the older of the two readings, or None."""
    read = (_read_at(pair.salesforce_id, product.KIND), _read_at(pair.xero_id, ITEM))
    return min(filter(None, read), default=None)


def mark_of(pair: Pair) -> str:
    """Return what changes whenever a comparison might: for those who keep one for a while."""
    reads = [_read_at(pair.salesforce_id, product.KIND), _read_at(pair.xero_id, ITEM)]
    links = Link.objects.filter(pair=pair, flow=FLOW).order_by("-pk")
    newest = links.values_list("pk", "changed_at").first()
    said = _made_equal(pair).order_by("-pk").values_list("pk", flat=True).first()
    lists = KnownOrganisation.objects.filter(connection__in=(pair.salesforce_id, pair.xero_id))
    facts = list(lists.order_by("connection").values_list("read_at", flat=True))
    return repr([pair.pk, reads, newest, said, facts, _mode(pair), rules_for(pair, FLOW).version])


def _made_equal(pair: Pair) -> QuerySet[ReviewItem]:
    return ReviewItem.objects.filter(pair=pair, flow=FLOW, cause__startswith=MADE)


def _said_since(pair: Pair, when: datetime | None) -> set[str]:
    """Return the marks of what was made equal since then: what is known is older than the word."""
    if when is None:
        return set()
    words = Decision.objects.filter(item__in=_made_equal(pair).filter(last_seen__gt=when))
    return {
        f"{Key.parse(subject).id}.{cause.removeprefix(OF_FIELD)}.{about.removeprefix(SEEN)}"
        for subject, cause, about in words.values_list("subject", "cause", "about")
    }


def _keep(pair: Pair, chosen: Sequence[Difference], side: System, by: str) -> None:
    """Keep the word for each difference, under one answered question that tells who said so."""
    now = timezone.now()
    kinds = sorted({NAMES[one.drift.field] for one in chosen})
    products = len({one.product for one in chosen})
    noun = "product" if products == 1 else "products"
    item = ReviewItem.objects.create(
        pair=pair,
        flow=FLOW,
        kind=ReviewItem.Kind.APPROVAL,
        cause=f"{MADE}{uuid4()}",
        title=f"{' and '.join(kinds).capitalize()} of {products} {noun} made equal: "
        f"{side.label}’s stands",
        explanation="Chosen on the page of products that differ.",
        choices=[{"value": TYPED, "label": f"{side.label}’s stands", "effect": ""}],
        state=ReviewItem.State.SOLVED,
        holds=False,
        last_seen=now,
        solved_at=now,
        solved_by=by[:150],
    )
    Decision.objects.bulk_create(
        Decision(
            item=item,
            pair=pair,
            flow=FLOW,
            subject=str(one.product),
            cause=f"{OF_FIELD}{one.drift.field}",
            choice=TYPED,
            values=snapshots.dump({one.drift.field: getattr(one.drift, side.value)}),
            about=as_seen(one.drift.salesforce, one.drift.xero),
            by=by[:150],
        )
        for one in chosen
    )


def _around(pair: Pair) -> Surroundings | None:
    """Return the surroundings as they were last read; None where either side never was."""
    reference, own = surroundings.known(pair.xero_id), surroundings.known(pair.salesforce_id)
    if reference is None or own is None:
        return None
    multi = frozenset({"CurrencyIsoCode"} if len(own.currencies) > 1 else ())
    return Surroundings(
        reference=reference,
        rules=rules_for(pair, FLOW),
        today=timezone.now().astimezone(zones.zone(reference.timezone)).date(),
        home_currency=own.base_currency,
        salesforce=own,
        fields={product.ENTRY: multi},
    )


def _names(around: Surroundings) -> dict[tuple[str, str], str]:
    accounts, rates = around.reference.accounts, around.reference.tax_rates
    often = Counter(rate.name for rate in rates)
    return {("account", one.code): one.name for one in accounts} | {
        ("tax", one.tax_type): one.name if often[one.name] == 1 else f"{one.name} ({one.tax_type})"
        for one in rates
    }


def _differences(ours: Record, theirs: Record, around: Surroundings) -> Iterator[Difference]:
    for drift in product_drift.drifts(ours, theirs, around):
        name = product_drift.whole_name(ours, around)
        code = str(theirs.get("Code") or "")
        own = product.text(ours, around.rules, "code")
        sought = "\n".join((name, code, own, str(theirs.get("Name") or ""))).casefold()
        yield Difference(ours.key, theirs.key, name, code, drift, sought)


def _read_at(connection_id: int, kind: str) -> datetime | None:
    cursor = Cursor.objects.filter(connection_id=connection_id, purpose=f"index:{kind}").first()
    return cursor.read_at if cursor is not None else None


def _mode(pair: Pair) -> str:
    """Return the mode of the pair's flow; whatever it says, a pair that is not active rests."""
    rows = FlowSwitch.objects.filter(pair=pair, flow=FLOW, pair__active=True)
    return str(rows.values_list("mode", flat=True).first() or FlowSwitch.Mode.OFF)


Totals = Mapping[str, int]


def by_field(comparison: Comparison) -> Totals:
    """Return how many products differ in each field."""
    found: dict[str, int] = dict.fromkeys(product_drift.FIELDS, 0)
    for one in comparison.differences:
        found[one.drift.field] += 1
    return found
