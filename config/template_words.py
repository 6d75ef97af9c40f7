"""How our templates write money, numbers and times."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.auth.models import AbstractBaseUser
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from config import admin_navigation
from sync.core.money import Money

register = template.Library()
_WHOLE = re.compile(
    r"([A-Z]{3} [−-]?\d+(?:[,.]\d+)*|\d{1,2} [A-Z][a-z]{2} \d{4}"
    r"|\b(?=[\w/.-]*\d)\w[\w/.]*(?:-[\w/.]*\w)+)"
)
"""An amount with its currency, a day, and a number with hyphens."""
_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@register.simple_tag
def money(amount: Decimal | None, currency: str, size: str = "") -> SafeString:
    """Return an amount with its currency code before it; `size` is `big`, `strong` or empty."""
    code, figure = str(Money(amount or Decimal(0), currency)).split(" ", 1)
    return format_html(
        '<span class="money {}"><span class="c">{}</span>{}</span>', size, code, figure
    )


@register.filter
def unbroken(text: object) -> SafeString:
    """Return a text in which no number, amount or day is broken over two lines.

    Browsers break `INV-0012` and `2026-11-01` at their hyphens.
    """
    parts = enumerate(_WHOLE.split(str(text)))
    return format_html_join("", "{}", ((_whole(part) if n % 2 else part,) for n, part in parts))


def _whole(text: str) -> SafeString:
    return format_html('<span class="nowrap">{}</span>', text)


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
def list_title(context: Context) -> str:
    """Return what a list is called: as in the navigation and at its top."""
    return crumbs(context)[-1][0]


OF_THE_THEME = (
    "cl",
    "adminform",
    "adminForm",
    "action_list",
    "deleted_objects",
    "deletable_objects",
)


@register.simple_tag(takes_context=True)
def heading_in_bar(context: Context) -> bool:
    """Return whether a page is the theme's, and has no heading but that in the top bar."""
    if context.get("own_heading") and not context.get("cl"):
        return False
    fields = getattr(context.get("form"), "fields", {})
    return any(name in context for name in OF_THE_THEME) or "new_password1" in fields


@register.simple_tag(takes_context=True)
def rows_counted(context: Context) -> str:
    """Return how many rows a list has, in the words of its screen."""
    cl = context["cl"]
    named = (cl.opts.verbose_name, cl.opts.verbose_name_plural)
    one, many = getattr(cl.model_admin, "rows_are", ()) or named
    return f"{cl.result_count:,} {one if cl.result_count == 1 else many}"


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
def noun_of(kind: str) -> str:
    """Return a kind as a word in a sentence: `OpportunityLineItem`, opportunity line item."""
    return _HUMP.sub(" ", kind).rstrip("0123456789").lower()


@register.filter
def initials(user: AbstractBaseUser) -> str:
    """Return the first letters of a person's names."""
    names = str(getattr(user, "get_full_name", str)() or user.get_username()).split()
    return "".join(name[0] for name in names[:2]).upper()


@register.filter
def person(user: AbstractBaseUser) -> str:
    """Return what a person is called: by name, else by the name they sign in with."""
    return str(getattr(user, "get_full_name", str)() or user.get_username())


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


COUNTED = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@register.filter
def counted(number: int) -> str:
    """Return a small number as a word, as a sentence has it."""
    return COUNTED[number] if 0 <= number < len(COUNTED) else f"{number:,}"


@register.filter
def at_breaks(value: str) -> SafeString:
    """Return a value in its own lines; an e-mail address breaks before its `@` at the earliest."""
    text = conditional_escape(value).replace("@", "<wbr>@").replace("\n", "<br>")
    return mark_safe(text)  # noqa: S308 - escaped above


@register.filter
def signed(points: int) -> str:
    """Return points with their sign."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


@register.filter
def day_and_time(when: datetime | None) -> str:
    """Return `today 10:02`, `18 Nov 16:20`, or with its year where that is another one."""
    if when is None:
        return ""
    local, today = timezone.localtime(when), timezone.localdate()
    if local.date() == today:
        return f"today {local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%-d %b}{year} {local:%H:%M}"


@register.filter
def days_told(words: str) -> str:
    """Return a text with its days as our screens write them: 2026-09-13 is 13 Sep 2026."""
    return _ISO_DAY.sub(_day_told, words)


def _day_told(found: re.Match[str]) -> str:
    try:
        return f"{date.fromisoformat(found[0]):%-d %b %Y}"
    except ValueError:
        return found[0]


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


OLD = ((timedelta(days=7), "bad"), (timedelta(days=2), "warn"))
"""From which age on something that waits is shown in which colour, the oldest first."""


@register.filter
def age_colour(since: datetime | None) -> str:
    """Return the colour of an age: `warn` from 2 days on, `bad` from 7 on, empty before."""
    passed = timezone.now() - since if since else timedelta(0)
    return next((colour for least, colour in OLD if passed >= least), "")


@register.filter
def aged(since: datetime | None) -> SafeString | str:
    """Return how long something has waited, in the colour of its age and with a sign."""
    if since is None:
        return ""
    colour = age_colour(since)
    if not colour:
        return format_html('<span class="soft nowrap">{}</span>', age(since))
    marked = '<span class="chip {}"><span class="sign" aria-hidden="true">!</span>{}</span>'
    return format_html(marked, colour, age(since))


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
