"""The Django app `mappings`: which field goes where."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class MappingsConfig(AppConfig):
    """The app's name, and that every pair has the shipped rows."""

    name = "mappings"

    def ready(self) -> None:
        """Have rows copied for each new pair, and brought up to date after every upgrade."""
        post_migrate.connect(_bring_up_to_date, sender=self)
        post_save.connect(_copy_for_new_pair, sender="connections.Pair")


def _bring_up_to_date(using: str = "default", plan: Any = None, **_: Any) -> None:
    if plan is None:  # not a migration: the tests have emptied the database
        return
    from django.db import connections  # noqa: PLC0415  (models load after the apps)
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    from mappings import shipped  # noqa: PLC0415

    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):  # all tables are there
        shipped.ensure_all()


def _copy_for_new_pair(instance: Any, created: bool = False, raw: bool = False, **_: Any) -> None:
    from mappings import shipped  # noqa: PLC0415

    if created and not raw:
        shipped.ensure_all([instance])
