"""A contact is the main one of one account alone, whatever two workers do at once."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from connections.models import Pair
from sync.models import Link
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("sync.migrations.0025_one_main_account")


def link(pair: Pair, account: str, role: str = "main", contact: str = "c-1") -> Link:
    return Link.objects.create(
        pair=pair,
        flow="account_contact",
        salesforce_kind="Account",
        salesforce_id=account,
        xero_kind="Contact",
        xero_id=contact,
        role=role,
    )


def test_a_contact_is_never_the_main_one_of_two_accounts() -> None:
    pair = PairFactory.create()
    link(pair, "001A")
    link(pair, "001B", "further")
    link(PairFactory.create(), "001A")
    with pytest.raises(IntegrityError):
        link(pair, "001C")


def test_of_several_main_accounts_the_first_stays_and_no_bond_is_lost() -> None:
    pair = PairFactory.create()
    constraint = next(c for c in Link._meta.constraints if c.name == "one_subject_a_record")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Link, constraint)
    for account in ("001A", "001B", "001C"):
        link(pair, account)
    link(pair, "001C", "further")
    link(pair, "001D", contact="c-2")
    MIGRATION.let_no_two_be_main(apps, None)
    connection.check_constraints()
    with connection.schema_editor() as editor:
        editor.add_constraint(Link, constraint)
    found = Link.objects.values_list("salesforce_id", "xero_id", "role")
    assert sorted(found) == [
        ("001A", "c-1", "main"),
        ("001B", "c-1", "further"),
        ("001C", "c-1", "further"),
        ("001D", "c-2", "main"),
    ]
