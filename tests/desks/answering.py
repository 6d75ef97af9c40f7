"""A person at the match desk without a browser: reads it, and answers as its forms do."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from sync.engine import deciding
from sync.models import ReviewItem

DESK = "/admin/matches/"


def text(client: Client, path: str = DESK) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def give(client: Client, item: ReviewItem, act: str, number: int = 1, **values: Any) -> Any:
    """Answer as the open row's form does."""
    candidates = item.details["candidates"]
    form = {
        "act": act,
        "candidate": candidates[number - 1]["key"] if candidates else "",
        "mark": deciding.mark_of(item),
        **values,
    }
    return client.post(reverse("match_answer", args=[item.pk]), form, follow=True)
