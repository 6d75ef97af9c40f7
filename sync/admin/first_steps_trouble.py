"""Why a system was not connected, told once on the first steps that the person came from."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from connections import connecting
from connections.models import Connection
from connections.way_back import TROUBLE
from sync.core.records import System

from .first_steps_choice import Choice


@dataclass(frozen=True)
class Trouble:
    """What happened in a sentence, what it means, and where one tries again."""

    fact: str
    meaning: str
    again: str


def trouble_of(request: HttpRequest, choice: Choice) -> Trouble | None:
    """Return it and forget it, or None where everything went well."""
    kept = request.session.pop(TROUBLE, None)
    if kept is None:
        return None
    system, words = System(kept["system"]), str(kept["words"])
    known = Connection.objects.filter(pk=kept["connection"]).first()
    page = ("connections:reconnect", [known.pk]) if known else ("connections:new", [system.value])
    again = f"{reverse(page[0], args=page[1])}?{choice.back}"
    if words == connecting.OTHER_CHOSEN and known is not None:
        name = known.organisation_name or known.name
        fact = f"{system.label} did not let us in: you chose another organisation there."
        return Trouble(fact, f"Nothing was changed. Connect again and choose {name}.", again)
    return Trouble(f"{system.label} is not connected.", words, again)
