"""A pair to hang mapping rows on, people to edit them, and a Salesforce that names its fields."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client

from connections.models import Connection, Pair
from connections.remote import Lane
from mappings import drafting, publishing
from mappings.admin import FieldMappingAdmin
from mappings.models import FieldMapping
from sync.core.errors import TryAgain
from tests.factories import PairFactory
from tests.fakes.remote import FakeSalesforce


@pytest.fixture
def pair(db: None) -> Pair:
    return PairFactory.create(name="Fernhill")


class Org(FakeSalesforce):
    """A Salesforce of which a test says which fields it has, or that it is silent."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = False

    def open(self, connection: Connection, lane: Lane) -> "Org":
        if self.silent:
            raise TryAgain("Salesforce does not answer.")
        return self


@pytest.fixture
def org() -> Iterator[Org]:
    """Stand in at the doorway through which the screens ask for fields."""
    screen = admin.site.get_model_admin(FieldMapping)
    assert isinstance(screen, FieldMappingAdmin)
    cache.clear()
    remote, before = Org(), screen.open_remote
    screen.open_remote = remote.open
    yield remote
    screen.open_remote = before
    cache.clear()


def signed_in(group: str) -> Client:
    user, _ = User.objects.get_or_create(username=group.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator(pair: Pair, org: Org) -> Client:
    return signed_in("Administrators")


@pytest.fixture
def finance(pair: Pair, org: Org) -> Client:
    return signed_in("Finance")


@pytest.fixture
def auditor(pair: Pair, org: Org) -> Client:
    return signed_in("Auditors")


def seen(pair: Pair, flow: str, place: str) -> str:
    """Return the mark of a place as a page that is opened now shows it."""
    return drafting.draft_of(pair, flow).seen(place)


def publish(pair: Pair, flow: str, by: str = "tom", why: str = "Tried") -> int:
    """Put the draft in force, whatever it says; return the number of the version."""
    mark = drafting.draft_of(pair, flow).mark
    done = publishing.publish(pair, flow, seen=mark, by=by, why=why, check=lambda rules: [])
    return done.number
