"""The three groups of people: finance decides and drafts, administrators publish, auditors see."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

OURS = ("connections", "mappings", "sync")
DECIDE = Q(codename__in=["decide_reviewitem", "hold_riskcase", "pause_writes"])
DRAFT = Q(
    content_type__app_label="mappings",
    codename__in=["change_fieldmapping", "add_valuerow", "change_valuerow", "delete_valuerow"],
)
"""Rows are changed in a draft; `publish_mapping` puts it in force."""
RISK = Q(content_type__app_label="mappings", content_type__model="riskrulerow")
"""Finance sets the rules of credit risk by itself: they write tasks and no money."""
SEE = Q(codename__startswith="view_", content_type__app_label__in=OURS)
CONFIGURE = (
    Q(content_type__app_label="mappings")
    | Q(content_type__app_label="connections")
    | Q(codename__in=["change_flowswitch", "add_flowswitch"])
    | Q(codename__in=["add_channel", "change_channel", "delete_channel"])
    | Q(content_type__app_label="auth")
    | Q(content_type__app_label="django_q", codename__startswith="view_")
)
GROUPS: Mapping[str, Q] = {
    "Finance": SEE | DECIDE | DRAFT | RISK,
    "Administrators": SEE | DECIDE | CONFIGURE,
    "Auditors": SEE,
}


def ensure() -> None:
    """Make the groups and give each its permissions; what a person added to one stays.

    Called after every migration; does nothing while an app's permissions are still missing.
    """
    if not all(apps.is_installed(app) for app in OURS):
        return
    for name, permissions in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(permissions))
