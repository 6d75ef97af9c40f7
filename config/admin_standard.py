"""The screens of Django's and django-q2's own tables, drawn by our theme."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django_q import admin as queue
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.admin_base import ModelAdmin

# Whoever can change what a schedule calls can run any code here.
WHAT_IS_CALLED = ("name", "func", "hook", "args", "kwargs", "cluster")


class UserScreen(UserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """Users; what they may do comes from their groups."""

    filter_horizontal = ("groups",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Let superusers alone make superusers, and nobody say when somebody signed in."""
        own = (*super().get_readonly_fields(request, obj), "last_login", "date_joined")
        return own if _is_superuser(request) else (*own, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let superusers alone change a superuser, whose password is changed here too."""
        above = isinstance(obj, User) and obj.is_superuser and not _is_superuser(request)
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let superusers alone delete a superuser."""
        above = isinstance(obj, User) and obj.is_superuser and not _is_superuser(request)
        return not above and super().has_delete_permission(request, obj)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


class GroupScreen(GroupAdmin, ModelAdmin):
    """Groups, as Django draws them."""


class _OnlyLooking:
    """Rows that the queue keeps for itself: nobody adds or changes them."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Return False: only the queue adds rows."""
        return False

    def has_change_permission(self, _request: HttpRequest, _row: Any = None) -> bool:
        """Return False: only the queue changes rows."""
        return False


class ScheduleScreen(_OnlyLooking, queue.ScheduleAdmin, ModelAdmin):  # type: ignore[misc]
    """The schedule: to be looked at, never to be given other code to call."""

    readonly_fields = WHAT_IS_CALLED


class QueuedScreen(_OnlyLooking, queue.QueueAdmin, ModelAdmin):  # type: ignore[misc]
    """What waits for a worker."""


class SuccessScreen(_OnlyLooking, queue.TaskAdmin, ModelAdmin):  # type: ignore[misc]
    """Tasks that were done; `sync` saves none of its own."""

    actions = ()


class FailureScreen(_OnlyLooking, queue.FailAdmin, ModelAdmin):  # type: ignore[misc]
    """Tasks that failed, with what they said."""

    actions = ()


SCREENS = {
    User: UserScreen,
    Group: GroupScreen,
    Schedule: ScheduleScreen,
    OrmQ: QueuedScreen,
    Success: SuccessScreen,
    Failure: FailureScreen,
}


def register() -> None:
    """Put our screens in the place of the stock ones."""
    admin.site.empty_value_display = "–"
    for model, screen in SCREENS.items():
        if admin.site.is_registered(model):
            admin.site.unregister(model)
        admin.site.register(model, screen)
