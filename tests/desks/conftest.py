"""A pair whose two books are matched, and people who look at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from connections.models import Pair
from sync.models import ReviewItem
from tests.desks import conflicts
from tests.disputes import dispute
from tests.factories import PairFactory

SignIn = Callable[[str], Client]


@pytest.fixture
def pair(db: None) -> Pair:
    """Salesforce and one organisation."""
    made: Pair = PairFactory.create(name="Fernhill and Fernhill Surveys Ltd")
    return made


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return what signs a member of a group in, in a browser of their own."""

    def made(group: str) -> Client:
        login = group.lower()
        user = User.objects.filter(username=login).first() or User.objects.create_user(
            login, password="x", is_staff=True, first_name=group
        )
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        return client

    return made


@pytest.fixture
def fields(pair: Pair) -> list[ReviewItem]:
    """Three disputed fields of one customer, in the order e-mail, phone, payment terms."""
    return dispute(
        pair,
        1,
        "Kestrel Quay",
        {"email": conflicts.EMAIL, "phone": conflicts.PHONE, "payment_terms": conflicts.TERMS},
    )
