"""Encrypts every stored secret with the newest key, so that former keys can be taken away."""

import sys
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from tqdm import tqdm

from connections.fields import EncryptedTextField
from sync.core.errors import ConnectionBroken


class Command(BaseCommand):
    """Rotates FIELD_ENCRYPTION_KEYS: put the new key first, run this, take the old key away."""

    help = (
        "Encrypt all stored secrets with the first of FIELD_ENCRYPTION_KEYS. Put a new key in "
        "front, restart web and workers, run this, then take the former key away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt anew, row by row; raises CommandError when some could not be read."""
        rows = [
            (model, pk, fields)
            for model in apps.get_models()
            if (fields := _encrypted_fields(model))
            for pk in model._default_manager.values_list("pk", flat=True)
        ]
        shown = tqdm(rows, disable=not sys.stderr.isatty(), unit="row")
        unread = sum(not _encrypt_anew(model, pk, fields) for model, pk, fields in shown)
        if unread:
            raise CommandError(
                f"{unread} of {len(rows)} rows cannot be read with any of the keys. "
                "Do not take a key away; connect these again."
            )
        self.stdout.write(f"{len(rows)} rows are encrypted with the newest key.")


def _encrypted_fields(model: type[models.Model]) -> list[str]:
    return [each.name for each in model._meta.fields if isinstance(each, EncryptedTextField)]


def _encrypt_anew(model: type[models.Model], pk: Any, fields: list[str]) -> bool:
    """Return False when no key fits. The lock keeps a refresh from being undone."""
    with transaction.atomic():
        try:
            row = model._default_manager.select_for_update().filter(pk=pk).first()
        except ConnectionBroken:
            return False
        if row is not None:
            row.save(update_fields=fields)
    return True
