"""The eight steps follow from what is there, whichever way it came there."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from connections.models import Connection, Credential, Installation, Pair
from connections.salesforce import packaging
from mappings import routing
from sync.core.errors import TryAgain
from sync.engine import setting_up
from sync.engine.setting_up import Standing
from tests.factories import ConnectionFactory, PairFactory

from .site import BILLING, CUSTOMERS, STATUS, Site

DONE, NOW, LATER, LOOK = "done", "now", "later", "look"
MODULES = sorted(Path(setting_up.__file__).parent.glob("setting_up_*.py"))
PLACE = re.compile(r"Place\(\s*\"([\w:]+)\"")


def states(pair: Pair | None = None) -> list[str]:
    """Return how the eight steps stand."""
    return [str(one.state) for one in setting_up.setup_of(pair).steps]


@pytest.mark.django_db
def test_an_empty_installation_begins_with_salesforce_and_takes_eleven_minutes() -> None:
    setup = setting_up.setup_of(None)
    assert states() == [NOW, *[LATER] * 7]
    assert setup.minutes_left == 11
    assert setup.current is not None
    assert setup.current.key == "salesforce"


@pytest.mark.django_db
def test_what_is_connected_already_is_done() -> None:
    ConnectionFactory.create(xero=True, organisation_name="Fernhill Pty", currency="AUD")
    assert states() == [NOW, DONE, *[LATER] * 6]
    assert setting_up.setup_of(None).steps[1].words == "Fernhill Pty, AUD, production"
    ConnectionFactory.create()
    assert states() == [DONE, DONE, NOW, *[LATER] * 5]


@pytest.mark.django_db
def test_a_sign_in_that_ended_wants_a_look_and_comes_first() -> None:
    pair = PairFactory.create()
    assert states(pair)[:4] == [DONE, DONE, DONE, NOW]
    Credential.objects.filter(pk=pair.xero.credential_id).update(broken_since=timezone.now())
    setup = setting_up.setup_of(pair)
    assert [str(one.state) for one in setup.steps][:4] == [DONE, LOOK, DONE, NOW]
    assert setup.current is not None
    assert setup.current.key == "xero"


@pytest.mark.django_db
def test_an_installed_package_is_done_and_an_older_one_wants_a_look() -> None:
    pair = PairFactory.create()
    row = Installation.objects.create(
        connection=pair.salesforce,
        version=packaging.version(),
        state="done",
        finished_at=timezone.now(),
        check_only=True,
    )
    assert states(pair)[3] == NOW
    Installation.objects.filter(pk=row.pk).update(check_only=False)
    assert states(pair)[3] == DONE
    Installation.objects.filter(pk=row.pk).update(version="0.1")
    assert states(pair)[3] == LOOK


@pytest.mark.django_db
def test_a_check_is_asked_for_anew_once_the_package_is_another() -> None:
    pair, calls = PairFactory.create(), [0]

    def silent(connection: Connection, lane: Any) -> Any:
        calls[0] += 1
        raise TryAgain("Salesforce does not answer.")

    setting_up.checked(pair, silent)
    setting_up.checked(pair, silent)
    assert calls == [1]
    Installation.objects.create(
        connection=pair.salesforce, version="1", state="done", finished_at=timezone.now()
    )
    setting_up.checked(pair, silent)
    assert calls == [2]
    setting_up.checked(pair, silent, timedelta(0))
    assert calls == [3]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_eight_steps_are_taken_one_after_the_other(site: Site) -> None:
    assert list(site.states().values()) == [DONE, DONE, DONE, NOW, *[LATER] * 4]
    site.check()
    assert list(site.states().values()) == [*[DONE] * 5, NOW, LATER, LATER]
    deal = site.win("120.00")
    site.start(BILLING, first_day=site.shop.now())
    assert list(site.states().values()) == [*[DONE] * 6, NOW, LATER]
    site.look(BILLING)
    assert list(site.states().values()) == [*[DONE] * 7, NOW]
    assert site.words("plans") == (
        "“Closed Won opportunity to invoice”: 1 to make (GBP 120.00 before tax)."
    )
    assert setting_up.setup_of(site.pair).minutes_left == 1
    assert site.switch_on(BILLING).done
    setup = setting_up.setup_of(site.pair)
    assert (setup.done, setup.current, setup.minutes_left) == (8, None, 0)
    site.look(BILLING)
    assert len(site.shop.bills(deal)) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_check_costs_few_calls_and_is_kept_for_five_minutes(site: Site) -> None:
    site.win()
    before = site.heard
    setting_up.checked(site.pair, site.open)
    first = site.heard - before
    setting_up.checked(site.pair, site.open)
    assert site.heard == before + first
    assert first <= 24


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_look_is_wanted_again_when_a_row_is_published_after_the_check(site: Site) -> None:
    site.check()
    site.start(STATUS)
    assert site.states()["check"] == DONE
    site.map(BILLING, "date", "CreatedDate")
    assert site.states()["check"] == LOOK
    site.check()
    assert site.states()["check"] == DONE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_template_that_is_not_wanted_does_not_hold_up_the_check(site: Site) -> None:
    site.withhold("Task", "create")
    site.start(CUSTOMERS)
    site.check()
    assert site.states()["check"] == DONE
    site.start("credit_risk")
    assert site.states()["check"] == LOOK
    assert "create Task records" in site.words("check")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_routing_rows_make_the_pair_done_again(site: Site) -> None:
    site.switch(BILLING, "on", site.beside)
    assert site.states()["pair"] == LOOK
    assert "say which records belong to which" in site.words("pair")
    site.route("CurrencyIsoCode", "GBP", "Pounds")
    assert site.states()["pair"] == DONE
    assert site.words("pair").endswith("What belongs here: “Pounds”.")
    assert routing.rows_of(site.pair.salesforce_id) is not None
    assert setting_up.setup_of(site.beside).steps[2].state is Standing.DONE


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("admin:connections_pair_changelist", ()),
        ("admin:connections_pair_change", (1,)),
        ("admin:connections_connection_change", (1,)),
        ("admin:sync_pause_changelist", ()),
        ("admin:sync_flowswitch_change", (1,)),
        ("admin:mappings_fields", (1, BILLING)),
        ("admin:mappings_table", (1, BILLING, "tax_type")),
        ("admin:mappings_routing", (1,)),
        ("connections:package", (1,)),
        ("connections:reconnect", (1,)),
        ("connections:events", (1,)),
    ],
)
def test_every_place_that_is_named_is_a_page(name: str, args: tuple[Any, ...]) -> None:
    assert setting_up.Place(name, "there", args).address
    named = {n for path in MODULES for n in PLACE.findall(path.read_text(encoding="utf-8"))}
    assert name in named


def test_a_place_that_is_no_page_has_no_address() -> None:
    assert setting_up.Place("nowhere", "there").address == ""
