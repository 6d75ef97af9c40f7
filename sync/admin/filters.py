"""What the lists are filtered by: the organisation, whose it is, how long it has waited."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Collate, Upper
from django.http import HttpRequest
from django.utils import timezone

from config.template_words import person
from connections.models import Pair
from sync.models import ReviewItem

NOBODY = "nobody"
MINE = "mine"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class OrganisationFilter(admin.SimpleListFilter):
    """Filters by the Xero organisation, whichever Salesforce org it is in step with."""

    title = "organisation"
    parameter_name = "organisation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return every organisation of a pair; nothing to choose from where there is but one."""
        found = organisations()
        return [(str(pk), name) for pk, name in found] if len(found) > 1 else []

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the organisation's pairs."""
        chosen = self.value()
        return of_organisation(rows, chosen) if chosen else rows


class AssigneeFilter(admin.SimpleListFilter):
    """Filters by whose question it is."""

    title = "assigned to"
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return me, nobody and each colleague."""
        others = [(str(user.pk), person(user)) for user in colleagues() if user != request.user]
        return [(MINE, "Me"), (NOBODY, "Nobody"), *others]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen person."""
        return of_assignee(rows, self.value() or "", request)


class AgeFilter(admin.SimpleListFilter):
    """Filters by how long a question has waited."""

    title = "waits for"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the ages that have a colour."""
        return [("0", "Less than 2 days"), ("2", "2 days and more"), ("7", "7 days and more")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of that age."""
        if self.value() == "0":
            return rows.filter(first_seen__gt=timezone.now() - timedelta(days=2))
        least = self.value()
        if least in ("2", "7"):
            return rows.filter(first_seen__lte=timezone.now() - timedelta(days=int(least)))
        return rows


class WaitingFilter(admin.SimpleListFilter):
    """Filters by the state; what waits for an answer is shown unless another is chosen."""

    title = "state"
    parameter_name = "is"
    waiting = Q(state=ReviewItem.State.OPEN, answered_at__isnull=True)
    states: dict[str, tuple[str, Q]] = {
        "waiting": ("Waits for an answer", waiting),
        "answered": (
            "Answered, being carried out",
            Q(state=ReviewItem.State.OPEN, answered_at__isnull=False),
        ),
        "solved": ("Solved", Q(state=ReviewItem.State.SOLVED)),
        "left": ("Left alone", Q(state=ReviewItem.State.LEFT)),
        "all": ("All", Q()),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states in words."""
        return [(key, label) for key, (label, _) in self.states.items()]

    def choices(self, changelist: Any) -> Any:
        """Return the states without Django's own "all", which stands here for what waits."""
        chosen = self.value() or "waiting"
        for key, label in self.lookup_choices:
            asked = changelist.get_query_string({self.parameter_name: str(key)})
            yield {"selected": key == chosen, "query_string": asked, "display": label}

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the state."""
        return rows.filter(self.states.get(self.value() or "", ("", self.waiting))[1])


class FieldFilter(admin.SimpleListFilter):
    """Filters by the field that a question is about: those that are asked about now."""

    title = "field"
    parameter_name = "field"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the fields with open questions."""
        rows = ReviewItem.objects.filter(WaitingFilter.waiting).exclude(field="").order_by()
        names = sorted(rows.values_list("field", flat=True).distinct())
        return [(name, name.replace("_", " ").capitalize()) for name in names]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows about the field."""
        return rows.filter(field=self.value()) if self.value() else rows


def organisations() -> list[tuple[int, str]]:
    """Return (id, name) of every Xero organisation of a pair, each once; one query."""
    rows = Pair.objects.order_by("xero__name").values_list("xero_id", "xero__name")
    return list(dict.fromkeys(rows))


def pairs_by_organisation() -> list[tuple[int, str]]:
    """Return (id, name) of every pair, called by its organisation; one query.

    Where an organisation stands in several pairs, the pair’s name is added: no name is there twice.
    """
    rows = list(Pair.objects.order_by("xero__name", "name").values_list("pk", "xero__name", "name"))
    counted = Counter(organisation for _, organisation, _ in rows)
    return [
        (pk, organisation if counted[organisation] == 1 else f"{organisation} ({name})")
        for pk, organisation, name in rows
    ]


def of_organisation(rows: QuerySet[Any], xero_id: str) -> QuerySet[Any]:
    """Return the rows of the pairs of one Xero connection; none for what is no number."""
    if not xero_id.isdecimal():
        return rows.none()
    pairs = Pair.objects.filter(xero_id=int(xero_id)).values_list("pk", flat=True)
    return rows.filter(pair__in=list(pairs))


def of_assignee(rows: QuerySet[Any], who: str, request: HttpRequest) -> QuerySet[Any]:
    """Return the rows of a person by id, of me, or of nobody; all where nobody is named."""
    if who == MINE:
        return rows.filter(assignee=request.user.pk)
    if who == NOBODY:
        return rows.filter(assignee=None)
    return rows.filter(assignee=int(who)) if who.isdecimal() else rows


def colleagues() -> QuerySet[User]:
    """Return whom a question can be assigned to: those who may decide."""
    people = User.objects.with_perm("sync.decide_reviewitem", backend=_BACKEND)
    return people.filter(is_active=True).order_by("first_name", "last_name", "username")


def beginning_with(rows: QuerySet[Any], column: str, words: str) -> QuerySet[Any]:
    """Return the rows whose text begins with these words, whatever the case; an index serves it."""
    wanted = Upper(Value(words, output_field=TextField()))
    found: QuerySet[Any] = rows.alias(beginning=Collate(Upper(F(column)), "C"))
    return found.filter(beginning__startswith=wanted)
