"""What day it is in an organisation's books, wherever they are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest
from xero_python.accounting import TimeZone

from connections.xero import zones
from sync.core.zones import zone

XEROS = [getattr(TimeZone, name) for name in dir(TimeZone) if name.isupper()]


def test_every_zone_of_xero_has_its_place() -> None:
    known = available_timezones()
    assert len(XEROS) > 100
    assert {told for told in XEROS if zones.ZONES.get(told.value) not in known} == set()


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("NEWZEALANDSTANDARDTIME", 1),  # 13 hours ahead in its summer
        ("CHATHAMISLANDSSTANDARDTIME", 1),
        ("EAFRICASTANDARDTIME", 1),
        ("SEASIASTANDARDTIME", 1),
        ("UTC+12", 1),
        ("GMTSTANDARDTIME", 31),
        ("UTC11", 31),
        ("a zone of later years", 31),
    ],
)
def test_a_new_year_begins_at_the_midnight_of_the_books(told: str, day: int) -> None:
    eve = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    assert eve.astimezone(zone(zones.iana_name(told))).day == day
