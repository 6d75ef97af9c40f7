"""List the review items and answer them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Prefetch

from sync.engine import deciding
from sync.management.doors import Door
from sync.management.summing import figure
from sync.models import ReviewItem, ReviewSubject


class Command(Door):
    """`manage.py review [list | decide ID CHOICE [--value TEXT] | leave ID REASON]`."""

    help = "List what waits for a person, and decide it; a decision is carried out as always."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the action, the item and the choice."""
        parser.add_argument(
            "action", nargs="?", default="list", choices=["list", "decide", "leave"]
        )
        parser.add_argument("item", nargs="?", type=int, metavar="ID")
        parser.add_argument(
            "choice", nargs="?", help="One of the item's choices; for `leave`, the reason."
        )
        parser.add_argument(
            "--value", metavar="TEXT", help="What both sides are to have, with the choice “value”."
        )
        parser.add_argument("--by", default="the command line", help="Who decides; it is kept.")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the action."""
        if options["action"] == "list":
            self._list(as_json=options["json"])
            return
        if options["item"] is None or not options["choice"]:
            raise CommandError(f"Say which: `manage.py review {options['action']} ID …`.")
        try:
            count = self._answer(options)
        except (deciding.NotOffered, ReviewItem.DoesNotExist) as error:
            unknown = isinstance(error, ReviewItem.DoesNotExist)
            text = f"There is no item {options['item']}." if unknown else str(error)
            raise CommandError(text) from error
        if options["json"]:
            self.print_json({"item": options["item"], "planned_again": count})
        else:
            self.stdout.write(f"Kept. {count} to be planned again by the worker or `sync`.")

    def _answer(self, options: dict[str, Any]) -> int:
        if options["action"] == "leave":
            deciding.leave_alone(options["item"], options["by"], options["choice"])
            return 0
        typed, choice = str(options["value"] or "").strip(), options["choice"]
        if bool(typed) != (choice == deciding.TYPED):
            raise CommandError("--value TEXT goes with the choice “value”, and that with it.")
        item = ReviewItem.objects.get(pk=options["item"])
        values = {item.field: typed} if typed else None
        return deciding.decide(item.pk, choice, options["by"], values=values)

    def _list(self, *, as_json: bool) -> None:
        still_open = Prefetch(
            "subjects", ReviewSubject.objects.filter(closed_at__isnull=True), to_attr="held"
        )
        items = (
            ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
            .select_related("pair")
            .prefetch_related(still_open)
            .order_by("id")
        )
        if as_json:
            self.print_json({"items": [_as_json(item) for item in items]})
            return
        for item in items:
            for line in _as_lines(item):
                self.stdout.write(line)
        if not items:
            self.stdout.write("Nothing waits for a person.")


def _as_json(item: Any) -> dict[str, Any]:
    return {
        "id": item.pk,
        "pair": item.pair.name,
        "flow": item.flow,
        "kind": item.kind,
        "cause": item.cause,
        "title": item.title,
        "explanation": item.explanation,
        "hint": item.hint,
        "choices": item.choices,
        "since": item.first_seen.isoformat(),
        "subjects": [
            {
                "subject": s.subject,
                "name": s.name,
                "amount": figure(s.amount, s.currency),
                "currency": s.currency,
            }
            for s in item.held
        ],
    }


def _as_lines(item: Any) -> list[str]:
    sums: dict[str, Any] = {}
    for row in item.held:
        if row.amount is not None:
            sums[row.currency] = sums.get(row.currency, 0) + row.amount
    money = ", ".join(f"{currency} {amount:,.2f}" for currency, amount in sorted(sums.items()))
    about = item.held[0].name if item.held else ""
    named = f"{item.title} · {about}" if about and about not in item.title else item.title
    explained = item.explanation.splitlines()
    lines = [f"{item.pk}  {named}", *(f"    {line}" for line in explained)]
    records = "1 record" if len(item.held) == 1 else f"{len(item.held)} records"
    lines.append(f"    Holds up {records}, {money or 'no money'}.")
    lines += [f"    {c['value']}: {c['label']}" for c in item.choices]
    return lines
