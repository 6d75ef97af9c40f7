"""What people do on the page of organisations, and what it says in words."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connections.models import Connection, Pair
from mappings import routing_drafting


@pytest.fixture
def salesforce(australia: Pair) -> Connection:
    return australia.salesforce


def page(connection: Connection) -> str:
    return reverse("admin:mappings_routing", args=[connection.pk])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words(answer.content.decode())


def words(page: str) -> str:
    found = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.S)
    return " ".join(html.unescape(found).split())


def filled(pair: Pair | str, *conditions: tuple[str, str, str], **more: str) -> dict[str, str]:
    value = pair if isinstance(pair, str) else str(pair.pk)
    made = {"act": "add", "kind": "Opportunity", "value": value, "active": "on", **more}
    for slot, (path, operator, wanted) in enumerate(conditions):
        made |= {f"path_{slot}": path, f"operator_{slot}": operator, f"wanted_{slot}": wanted}
    return made


def add(client: Client, connection: Connection, *args: Any, **more: str) -> str:
    """Add a row; return what the page says of it where it is refused."""
    answer = client.post(page(connection), filled(*args, **more))
    return words(answer.content.decode()) if answer.status_code == 200 else ""


def values(connection: Connection) -> list[str]:
    return [row["value"] for row in routing_drafting.draft_of(connection).rows]
