"""What every admin screen is built from: the one module that knows django-unfold."""

from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import action, display

__all__ = ["ModelAdmin", "StackedInline", "TabularInline", "action", "display"]
