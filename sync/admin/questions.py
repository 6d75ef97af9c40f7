"""The list of all questions: filters, search, assignment and export."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin_base import display
from config.template_words import aged, person
from sync.engine import talking
from sync.models import ReviewItem, ReviewSubject

from . import desk, exporting, filters
from .records import RecordAdmin, chip, stamp, together
from .told_values import name_of

MAY = "sync.decide_reviewitem"
MOST = 1000
"""As many as a search finds, the newest: whoever looks for one types more letters."""

_KINDS = ("salesforce:Opportunity", "salesforce:Account", "xero:Contact", "xero:Invoice")
"""The beginnings of the keys under which a bare id is looked for."""


class QuestionList(RecordAdmin):
    """Every question of every desk, newest first; those who may decide can assign them."""

    rows_are = ("question", "questions")
    lead = "Every question on every desk: what waits, whose it is, and what was decided."
    list_display = ("question", "kind_shown", "state_shown", "whose", "waits", "books")
    list_filter = (
        filters.WaitingFilter,
        "kind",
        filters.OrganisationFilter,
        filters.FieldFilter,
        filters.AssigneeFilter,
        filters.AgeFilter,
    )
    list_select_related = ("pair__xero", "assignee")
    search_fields = ("title",)  # see get_search_results
    search_help_text = "The beginning of a record's name, its id, or a question's number"
    ordering = ("-id",)

    def all_view(self, request: HttpRequest) -> HttpResponse:
        """Show the list; its actions assign what is ticked."""
        return RecordAdmin.changelist_view(self, request, {"title": "All questions"})

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return the questions that the list of all shows, with its filters and its search."""
        self._may_see(request)
        rows = self.get_changelist_instance(request).get_queryset(request)
        return exporting.questions(rows, "questions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewItem]:
        """Return the items without what only their desks show."""
        rows: QuerySet[ReviewItem] = super().get_queryset(request)
        about = ReviewSubject.objects.filter(item=OuterRef("pk")).order_by("pk").values("name")
        named = rows.annotate(about=Subquery(about[:1]))
        return named.defer("details", "explanation", "hint", "choices")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ReviewItem], search_term: str
    ) -> tuple[QuerySet[ReviewItem], bool]:
        """Return the questions about a record whose name begins so, or by id or number."""
        words = search_term.strip()
        if not words:
            return queryset, False
        named = filters.beginning_with(ReviewSubject.objects.all(), "name", words)
        keys = [f"{start}:{words}" for start in _KINDS]
        found = {
            *named.order_by("-pk").values_list("item_id", flat=True)[:MOST],
            *ReviewSubject.objects.filter(subject__in=keys).values_list("item_id", flat=True),
        }
        number = int(words) if words.isdecimal() and len(words) < 18 else None
        return queryset.filter(Q(pk__in=found) | Q(pk=number)), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return an action for each colleague, for those who may decide."""
        if not request.user.has_perm(MAY):
            return {}
        people = {f"assign_{user.pk}": user for user in filters.colleagues()}
        made = {name: _assign_to(name, user) for name, user in people.items()}
        return {**made, "assign_nobody": _assign_to("assign_nobody", None)}

    @display(description="Question", ordering="id")
    def question(self, item: ReviewItem) -> SafeString | str:
        """Return it, with the record that it is about where it does not name it."""
        about = getattr(item, "about", None) or ""
        if not about or about in item.title:
            return item.title
        return format_html('{}<span class="under">{}</span>', item.title, about)

    @display(description="Kind")
    def kind_shown(self, item: ReviewItem) -> SafeString:
        """Return the chip, with the field where it is about one."""
        colour, sign = desk.CHIPS[item.kind]
        named = item.field and name_of(item.flow, item.field)
        words = named or item.get_kind_display().lower()
        return chip((colour, sign, words))

    @display(description="State")
    def state_shown(self, item: ReviewItem) -> SafeString:
        """Return whether it waits, is being carried out, or how it ended."""
        if item.state == ReviewItem.State.OPEN:
            return chip(("", "→", "answered") if item.answered_at else ("", "…", "waits"))
        solved = item.state == ReviewItem.State.SOLVED
        words = f"{item.get_state_display().lower()}, {item.solved_by}"
        return chip(("good", "✓", words) if solved else ("", "−", words))

    @display(description="Assigned to")
    def whose(self, item: ReviewItem) -> SafeString:
        """Return whose it is."""
        return together(person(item.assignee) if item.assignee else "–")

    @display(description="Organisation")
    def books(self, item: ReviewItem) -> str:
        """Return the Xero organisation."""
        return item.pair.xero.name

    @display(description="Waits", ordering="id")
    def waits(self, item: ReviewItem) -> SafeString | str:
        """Return how long it has waited, in the colour of its age; of a closed one, when."""
        return aged(item.first_seen) if item.solved_at is None else stamp(item.solved_at)

    def _may_see(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _assign_to(name: str, user: Any) -> tuple[Callable[..., None], str, str]:
    label = f"Assign to {person(user)}" if user else "Assign to nobody"
    return partial(_assign, user), name, label


def _assign(user: Any, screen: Any, request: HttpRequest, rows: QuerySet[ReviewItem]) -> None:
    count = talking.assign_all(rows, user, request.user.get_username())
    noun = "question is" if count == 1 else "questions are"
    whose = person(user) if user else "nobody"
    messages.success(request, f"{count:,} {noun} with {whose} now.")
