"""The screen of the pairs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.admin_base import ModelAdmin
from connections.admin import chips
from connections.models import Pair


@admin.register(Pair)
class PairAdmin(ModelAdmin):
    """Which two connections are kept in step."""

    list_display = ["name", "salesforce", "xero", "currency", "books", "active"]
    list_select_related = ["salesforce", "xero"]
    list_filter = ["active"]
    search_fields = ["name__startswith"]
    ordering = ["name"]
    fields = ["name", "salesforce", "xero", "active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the two connections once the pair exists: its links belong to them."""
        return ["salesforce", "xero"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a pair is made inactive, so that what it wrote can still be explained."""
        return False

    @admin.display(description="Currency")
    def currency(self, it: Pair) -> str:
        """Return the currency of the books."""
        return it.xero.currency

    @admin.display(description="Books")
    def books(self, it: Pair) -> SafeString:
        """Return production, sandbox or demo company."""
        return chips.environment(it.xero)
