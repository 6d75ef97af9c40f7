"""People at the first steps, and the pages as they read them."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse


def member(group: str) -> Client:
    """Return the browser of a new member of a group."""
    user, made = User.objects.get_or_create(username=group.lower(), defaults={"is_staff": True})
    if made:
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def read(client: Client, **query: Any) -> str:
    """Return the first steps as text, with the buttons and links in it."""
    answer = client.get(reverse("first_steps"), query)
    assert answer.status_code == 200
    return flat(answer)


def flat(answer: Any) -> str:
    """Return what stands in the main part of a page, in one line and without its markup."""
    page = answer.content.decode()
    main = page[page.index('id="main"') :]
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", words).replace("&#x27;", "'").replace("&amp;", "&")


def act(client: Client, button: str, **values: Any) -> Any:
    """Press a button of the page; return the answer."""
    return client.post(reverse("first_steps_act", args=[button]), values)
