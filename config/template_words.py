"""How our templates write money, numbers and times."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.auth.models import AbstractBaseUser
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from config import admin_navigation
from sync.core.money import Money

register = template.Library()


@register.simple_tag
def money(amount: Decimal | None, currency: str, size: str = "") -> SafeString:
    """Return an amount with its currency code before it; `size` is `big`, `strong` or empty."""
    code, figure = str(Money(amount or Decimal(0), currency)).split(" ", 1)
    return format_html(
        '<span class="money {}"><span class="c">{}</span>{}</span>', size, code, figure
    )


@register.simple_tag
def greeting(now: datetime) -> str:
    """Return the greeting of the hour."""
    hour = timezone.localtime(now).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


@register.simple_tag(takes_context=True)
def crumbs(context: Context) -> list[tuple[str, str]]:
    """Return the way to this page for the top bar."""
    original = context.get("original")
    tail = str(
        context.get("crumb")
        or original
        or context.get("title")
        or context.get("content_title")
        or ""
    )
    return admin_navigation.crumbs(context["request"].path, tail)


@register.simple_tag(takes_context=True)
def export_link(context: Context) -> str:
    """Return where the list on this page is exported, with its filters; empty where it is not."""
    cl, request = context.get("cl"), context["request"]
    if cl is None or cl.is_popup or not hasattr(cl.model_admin, "export_view"):
        return ""
    name = f"admin:{cl.opts.app_label}_{cl.opts.model_name}_export"
    asked = request.GET.urlencode()
    return reverse(name) + (f"?{asked}" if asked else "")


@register.filter
def initials(user: AbstractBaseUser) -> str:
    """Return the first letters of a person's names."""
    names = str(getattr(user, "get_full_name", str)() or user.get_username()).split()
    return "".join(name[0] for name in names[:2]).upper()


@register.filter
def group_names(user: Any) -> str:
    """Return the groups that a person is in; who may do everything is a superuser."""
    if user.is_superuser:
        return "Superuser"
    return ", ".join(group.name for group in user.groups.all())


@register.filter
def grouped(number: int | None) -> str:
    """Return a whole number with its thousands apart."""
    return "–" if number is None else f"{number:,}"


@register.filter
def cut_first(words: str) -> str:
    """Return the first part of `2 hours, 5 minutes`."""
    return words.split(",", maxsplit=1)[0]


@register.filter
def age(since: datetime | None) -> str:
    """Return how long ago in one unit, as in `2 hours`; `just now` within the first minute."""
    if since is None:
        return ""
    if timezone.now() - since < timedelta(minutes=1):
        return "just now"
    return cut_first(timesince(since))


OLD: tuple[tuple[timedelta, str, str], ...] = (
    (timedelta(days=7), "bad", "!"),
    (timedelta(days=2), "warn", "!"),
    (timedelta(0), "", ""),
)
"""From which age on something that waits is shown in which colour, and with which sign."""


@register.filter
def aged(since: datetime | None) -> SafeString | str:
    """Return how long something has waited, in the colour of its age: 2 days amber, 7 days red."""
    if since is None:
        return ""
    passed = max(timezone.now() - since, timedelta(0))
    colour, sign = next((css, sign) for least, css, sign in OLD if passed >= least)
    if not colour:
        return format_html('<span class="soft nowrap">{}</span>', age(since))
    marked = '<span class="chip {}"><span class="sign" aria-hidden="true">{}</span>{}</span>'
    return format_html(marked, colour, sign, age(since))


@register.filter
def spaced(name: str) -> str:
    """Return a field's name as words."""
    return name.replace("_", " ")


@register.filter
def unlocal(number: float) -> str:
    """Return a number as a drawing wants it: with a point, whatever the language."""
    return f"{number:.1f}"


@register.filter
def add_four(number: float) -> str:
    """Return the base line of a label beside a line of a drawing."""
    return f"{number + 4:.1f}"
