"""What every admin screen is built from: the one module that knows django-unfold."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # unfold has no types; its classes keep Django's own
    from django.contrib import admin
    from django.contrib.admin import action, display

    class ModelAdmin(admin.ModelAdmin[Any]):
        """Django's, with unfold's further settings."""

        list_filter_submit: bool

    class StackedInline(admin.StackedInline[Any, Any]):
        """Django's, with unfold's further settings."""

        per_page: int

    class TabularInline(admin.TabularInline[Any, Any]):
        """Django's, with unfold's further settings."""

        per_page: int
else:
    from unfold.admin import ModelAdmin, StackedInline, TabularInline
    from unfold.decorators import action, display

__all__ = ["ModelAdmin", "StackedInline", "TabularInline", "action", "display"]
