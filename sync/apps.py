"""The Django app `sync`: keeping the two systems in step."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SyncConfig(AppConfig):
    """The app's name, and the schedule that every migration makes sure of."""

    name = "sync"

    def ready(self) -> None:
        """Have the schedule made once the tables exist."""
        post_migrate.connect(plan_the_tick, sender=self)
        post_migrate.connect(make_the_groups)


def plan_the_tick(**_: Any) -> None:
    """Make the one schedule, unless the queue's tables are still missing."""
    from django.db import connection  # noqa: PLC0415  (models load after the apps)

    from sync.bell import ensure_schedule  # noqa: PLC0415

    if "django_q_schedule" in connection.introspection.table_names():
        ensure_schedule()


def make_the_groups(**_: Any) -> None:
    """Make the three groups of people, once every permission exists."""
    from sync.management import groups  # noqa: PLC0415

    groups.ensure()
