"""How a person wants to be told: of each kind by e-mail at once, once a day, or in the inbox."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from sync.engine import announcing, announcing_mail, announcing_people
from sync.engine.announcing import Words
from sync.engine.announcing_kinds import KINDS, TEST
from sync.models import Email, MailDay, Wish

How = Wish.How
COLUMNS = (How.INBOX, How.DAILY, How.NOW)
HOURS = range(24)


def inbox_settings(request: HttpRequest) -> HttpResponse:
    """Show the grid; on POST keep it, or send the person a test."""
    if request.method == "POST":
        if request.POST.get("act") == "test":
            _test(request)
        else:
            _keep(request)
        return HttpResponseRedirect(reverse("inbox_settings"))
    day = MailDay.objects.filter(user=_me(request)).first() or MailDay()
    rows = _rows(request)
    context = {
        **admin.site.each_context(request),
        "title": "How you are told",
        "rows": rows,
        "can_decline": any(len(row["choices"]) > len(COLUMNS) for row in rows),
        "day": day,
        "hours": [(hour, f"{hour:02}:00") for hour in HOURS],
        "zones": zones(),
        "own_zone": settings.TIME_ZONE,
        "is_set_up": announcing_mail.is_set_up(),
        "last": Email.objects.filter(user=_me(request)).order_by("-id").first(),
    }
    return TemplateResponse(request, "admin/sync/inbox/settings.html", context)


@cache
def zones() -> list[str]:
    """Return the names of all time zones that this machine knows."""
    return sorted(zoneinfo.available_timezones())


def _me(request: HttpRequest) -> Any:
    return request.user


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Return each kind that the person may see, with what is chosen and what may be."""
    user = _me(request)
    wishes = dict(Wish.objects.filter(user=user).values_list("kind", "how"))
    rows = []
    for key, is_meant in announcing_people.meant_for(user).items():
        kind = KINDS[key]
        user.meant = is_meant
        choices = [(how.value, how.label) for how in COLUMNS]
        rows.append(
            {
                "kind": kind,
                "how": announcing_people.how_of(user, kind, wishes.get(key)).value,
                "choices": choices if is_meant else [*choices, (How.NONE.value, How.NONE.label)],
            }
        )
    return rows


def _keep(request: HttpRequest) -> None:
    """Keep what was chosen of the kinds that the person may see, and when the e-mail comes."""
    user = _me(request)
    day: dict[str, int | str] = {}
    for key in announcing_people.meant_for(user):
        how = request.POST.get(f"how_{key}", "")
        if how in How.values:
            Wish.objects.update_or_create(user=user, kind=key, defaults={"how": how})
    hour, zone = request.POST.get("hour", ""), request.POST.get("time_zone", "")
    if hour.isdecimal() and int(hour) in HOURS:
        day["hour"] = int(hour)
    if zone in ("", *zones()):
        day["time_zone"] = zone
    MailDay.objects.update_or_create(user=user, defaults=day)
    messages.success(request, "Your choice is kept, and counts from now on.")


def _test(request: HttpRequest) -> None:
    """Send the person a message to their inbox and, where there is a way, an e-mail."""
    user = _me(request)
    words = Words("This is a test", "You asked for it. Messages reach your inbox.")
    announcing.over(TEST.key, f"test:{user.pk}")
    announcing.announce(TEST.key, f"test:{user.pk}", lambda _: words, to=[user])
    if announcing_mail.is_set_up() and user.email:
        announcing_mail.write_test(user)
        messages.success(request, f"A test is in your inbox, and an e-mail goes to {user.email}.")
    else:
        messages.success(request, "A test is in your inbox. No e-mail goes out: see below.")
