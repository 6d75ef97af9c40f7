"""What every admin screen is built from: the one module that knows django-unfold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path

from config import exporting

if TYPE_CHECKING:  # unfold has no types; its classes keep Django's own
    from django.contrib import admin
    from django.contrib.admin import action, display

    class _Screen(admin.ModelAdmin[Any]):
        """Django's, with unfold's further settings."""

        list_filter_submit: bool

    class StackedInline(admin.StackedInline[Any, Any]):
        """Django's, with unfold's further settings."""

        per_page: int

    class TabularInline(admin.TabularInline[Any, Any]):
        """Django's, with unfold's further settings."""

        per_page: int
else:
    from unfold.admin import ModelAdmin as _Screen
    from unfold.admin import StackedInline, TabularInline
    from unfold.decorators import action, display


class ModelAdmin(_Screen):
    """A screen whose list can be exported as CSV, with its filters and its search."""

    export_columns: Sequence[exporting.Column] = ()
    """What the export has, where it is more or other than what the list shows."""

    rows_are: tuple[str, ...] = ()
    """What one row and several are called below the list, where it is not the model's name."""

    def get_urls(self) -> list[URLPattern]:
        """Add the export."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=name), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return the rows that the list with the same address shows, all pages of it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect("../")
        columns = self.export_columns or exporting.shown_columns(self, request)
        return exporting.csv_file(
            str(self.opts.verbose_name_plural).replace(" ", "-"),
            [heading for heading, _ in columns],
            exporting.rows_of(rows, columns),
        )


__all__ = ["ModelAdmin", "StackedInline", "TabularInline", "action", "display"]
