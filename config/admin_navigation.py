"""The admin's navigation: Work, Record, Set up, and what runs underneath."""

import contextlib
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse


class Place(NamedTuple):
    """One entry: its title, a Material symbol, the URL it leads to and who may see it."""

    title: str
    icon: str
    name: str
    permission: str = ""
    badge: str = ""  # the dotted path of a function of the request that returns a count
    also: str = ""  # where further pages of this place lie, below the root


GROUPS: dict[str, tuple[Place, ...]] = {
    "Work": (
        Place("Home", "home", "admin:index"),
        Place("Inbox", "notifications", "inbox"),
        Place(
            "Problems",
            "fact_check",
            "admin:sync_reviewitem_changelist",
            "sync.view_reviewitem",
            "sync.admin.reviews.open_count",
        ),
        Place(
            "Match desk",
            "compare_arrows",
            "match_desk",
            "sync.view_reviewitem",
            "sync.admin.match_desk.left_count",
        ),
        Place(
            "Duplicate desk",
            "content_copy",
            "duplicate_desk",
            "sync.view_reviewitem",
            "sync.admin.duplicate_desk.open_count",
        ),
        Place(
            "Conflict desk",
            "call_split",
            "conflict_desk",
            "sync.view_reviewitem",
            "sync.admin.conflict_desk.open_count",
        ),
        Place(
            "Credit risk",
            "trending_down",
            "admin:sync_riskcase_changelist",
            "sync.view_riskcase",
            "sync.admin.risk_cases.open_count",
        ),
        Place("Products that differ", "difference", "price_drift", "sync.view_reviewitem"),
        Place("All questions", "checklist", "admin:review_all", "sync.view_reviewitem"),
        Place("Plans", "receipt_long", "admin:sync_planrow_changelist", "sync.view_planrow"),
    ),
    "Record": (
        Place("Links", "link", "admin:sync_link_changelist", "sync.view_link"),
        Place("Kept out", "lock", "admin:sync_lock_changelist", "sync.view_lock"),
        Place("Told apart", "call_split", "admin:sync_verdict_changelist", "sync.view_verdict"),
        Place("Writes", "edit_note", "admin:sync_write_changelist", "sync.view_write"),
        Place("Runs", "autoplay", "admin:sync_run_changelist", "sync.view_run"),
        Place("Notices", "sync", "admin:sync_notice_changelist", "sync.view_notice"),
    ),
    "Set up": (
        Place(
            "First steps",
            "checklist_rtl",
            "first_steps",
            "connections.view_connection",
            "sync.admin.first_steps.done_count",
        ),
        Place(
            "Connections",
            "cable",
            "admin:connections_connection_changelist",
            "connections.view_connection",
            also="connections/",
        ),
        Place("Pairs", "join_inner", "admin:connections_pair_changelist", "connections.view_pair"),
        Place(
            "Which organisation",
            "fork_right",
            "admin:mappings_routingversion_changelist",
            "mappings.view_routingversion",
        ),
        Place("Flows", "alt_route", "admin:sync_flowswitch_changelist", "sync.view_flowswitch"),
        Place(
            "Mappings",
            "schema",
            "admin:mappings_fieldmapping_changelist",
            "mappings.view_fieldmapping",
        ),
        Place("Channels", "forum", "admin:sync_channel_changelist", "sync.change_channel"),
        Place(
            "Credit risk rules",
            "gavel",
            "admin:mappings_riskrulerow_changelist",
            "mappings.view_riskrulerow",
        ),
        Place("Users", "person", "admin:auth_user_changelist", "auth.view_user"),
        Place("Groups", "group", "admin:auth_group_changelist", "auth.view_group"),
    ),
    "Underneath": (
        Place(
            "Schedule", "schedule", "admin:django_q_schedule_changelist", "django_q.view_schedule"
        ),
        Place("Queued tasks", "stacks", "admin:django_q_ormq_changelist", "django_q.view_ormq"),
        Place(
            "Failed tasks", "error", "admin:django_q_failure_changelist", "django_q.view_failure"
        ),
    ),
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups as django-unfold wants them, with what this person may see.

    A place whose screen is not registered is left out.
    """
    groups = []
    for title, places in GROUPS.items():
        items = [item for place in places if (item := _item(place, request))]
        if items:
            groups.append({"title": title, "separator": False, "items": items})
    return groups


def crumbs(path: str, tail: str) -> list[tuple[str, str]]:
    """Return the way to a page as (words, address): its group, its place and the page itself.

    `tail` is what the page is called; it is left out where the page is the place. The address is
    empty for a group and for the page itself.
    """
    group, place = _whereabouts(path)
    if place is None:
        return [(tail or "Counterpart", "")]
    link = reverse(place.name)
    way = [(group, "")] if place.title != "Home" else []
    if path == link:
        return [*way, (place.title, "")]
    return [*way, (place.title, link), (tail, "")] if tail else [*way, (place.title, link)]


def _whereabouts(path: str) -> tuple[str, Place | None]:
    """Return the group and the place that a path belongs to; the longest address wins."""
    found: list[tuple[int, str, Place]] = []
    for group, places in GROUPS.items():
        for place in places:
            with contextlib.suppress(NoReverseMatch):
                link = reverse(place.name)
                if path == link or (path.startswith(link) and place.name != "admin:index"):
                    found.append((len(link), group, place))
            other = get_script_prefix() + place.also
            if place.also and path.startswith(other):
                found.append((len(other), group, place))
    best = max(found, default=None, key=lambda entry: entry[0])
    return (best[1], best[2]) if best else ("", None)


def _item(place: Place, request: HttpRequest) -> dict[str, Any] | None:
    if place.permission and not request.user.has_perm(place.permission):
        return None
    try:
        link = reverse(place.name)
    except NoReverseMatch:
        return None
    here = _whereabouts(request.path)[1] is place
    item = {"title": place.title, "icon": place.icon, "link": link, "active": lambda _: here}
    return item | ({"badge": place.badge} if place.badge else {})
