"""Each thing that a template may lack is told in one sentence, with where it is mended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from connections.models import Connection, Credential, EventDoor, Installation
from connections.salesforce import packaging
from sync.engine import health, setting_up, switching
from sync.models import Link, heartbeats

from .site import BILLING, CUSTOMERS, PRODUCTS, QUOTES, RISK, STATUS, Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_well_prepared_pair_lacks_nothing_that_blocks_but_a_first_day(site: Site) -> None:
    found = site.check()
    assert (found.missing.get("", ()), found.silent) == ((), False)
    assert any("tax rates in use in Fernhill Surveys Ltd" in words for words in found.good)
    blocking = {t.flow: [m.key for m in t.blocking] for t in setting_up.templates_of(site.pair)}
    assert blocking == {
        BILLING: ["first_day"],
        STATUS: [],
        CUSTOMERS: [],
        QUOTES: ["first_day"],
        RISK: [],
        PRODUCTS: [],
    }


WITHHELD = (
    ("Task", ["create"], RISK, "create Task records"),
    ("Task", ["create", "update"], RISK, "create and edit Task records"),
    ("Account", ["update"], STATUS, "edit Account records"),
    ("Opportunity", ["create"], QUOTES, "create Opportunity records"),
    ("OpportunityLineItem", ["delete"], QUOTES, "delete OpportunityLineItem records"),
    ("PricebookEntry", ["create"], PRODUCTS, "create PricebookEntry records"),
    ("Contact", ["create"], CUSTOMERS, "create Contact records"),
    ("Opportunity", ["update"], BILLING, "edit Opportunity records"),
)


def test_a_right_that_salesforce_withholds_blocks_the_flows_that_need_it(site: Site) -> None:
    for kind, acts, flow, told in WITHHELD:
        site.withhold(kind, *acts)
        site.check()
        lacks = site.missing(flow)[f"right:{kind}"]
        assert lacks.blocking
        assert told in lacks.words
        site.withhold(kind)
    site.withhold("Task", "create")
    site.check()
    assert [f for f in setting_up.TEMPLATES if "right:Task" in site.missing(f)] == [RISK]
    site.withhold("Task")
    site.check()
    assert "right:Task" not in site.missing(RISK)


def test_the_field_that_finds_new_records_again_blocks_and_others_do_not(site: Site) -> None:
    site.take_away("Opportunity", ["Counterpart_Quote_Id__c", "Counterpart_Quote_Url__c"])
    site.take_away("Opportunity", ["Counterpart_Invoice_Url__c"])
    site.check()
    key = site.missing(QUOTES)["key:Opportunity.Counterpart_Quote_Id__c"]
    assert key.blocking
    assert key.place is not None
    assert key.place.address == f"/connections/{site.pair.salesforce_id}/package/"
    fields = site.missing(BILLING)["fields"]
    assert not fields.blocking
    assert "Counterpart_Invoice_Url__c" in fields.words
    assert not {"fields", "key:Opportunity.Counterpart_Quote_Id__c"} & site.missing(STATUS).keys()


def test_an_older_package_offers_the_new_version(site: Site) -> None:
    now, connection = timezone.now(), site.pair.salesforce
    done = Installation.objects.create(
        connection=connection, version="0.9", state="done", finished_at=now
    )
    assert "0.9" in site.missing(STATUS)["package"].words
    done.version = packaging.version()
    done.save()
    assert "package" not in site.missing(STATUS)


def test_a_row_that_names_what_is_not_there_leads_to_that_row(site: Site) -> None:
    site.map(BILLING, "date", "Billing_Day__c")
    site.check()
    (lacks,) = [one for key, one in site.missing(BILLING).items() if key.startswith("row:")]
    assert lacks.blocking
    assert "Billing_Day__c" in lacks.words
    assert lacks.place is not None
    assert lacks.place.address == f"/admin/mappings/fieldmapping/of/{site.pair.pk}/{BILLING}/"


def test_what_waits_for_a_row_is_counted_at_its_table(site: Site) -> None:
    site.drop_currency("EUR")
    site.win(CurrencyIsoCode="EUR")
    site.win(CurrencyIsoCode="EUR", Name="Quay")
    site.start(BILLING)
    site.look(BILLING)
    waits = site.missing(BILLING)["asked:table:currency"]
    assert waits.words.startswith("2 records wait for a row of")
    assert waits.place is not None
    assert waits.place.address.endswith(f"/{BILLING}/table/currency/")


def test_an_organisation_that_books_no_sale_blocks_billing(site: Site) -> None:
    site.archive_sales_accounts()
    site.check()
    assert site.missing(BILLING)["accounts"].blocking
    assert "accounts" not in site.missing(STATUS)


def test_a_scope_that_xero_has_not_granted_blocks_what_needs_it(site: Site) -> None:
    granted = "accounting.invoices.read accounting.contacts accounting.settings.read"
    Credential.objects.filter(pk=site.pair.xero.credential_id).update(scopes=granted)
    blocked = {f for f in setting_up.TEMPLATES if "scopes" in site.missing(f)}
    assert blocked == {BILLING, RISK, PRODUCTS}
    lacks = site.missing(BILLING)["scopes"]
    assert "accounting.invoices" in lacks.words
    assert lacks.place is not None
    assert lacks.place.address == f"/connections/{site.pair.xero_id}/reconnect/"
    broad = "accounting.transactions accounting.contacts accounting.settings"
    Credential.objects.filter(pk=site.pair.xero.credential_id).update(scopes=broad)
    assert not {f for f in setting_up.TEMPLATES if "scopes" in site.missing(f)}


@pytest.mark.parametrize("state", ["disconnected", "broken", "paused"])
def test_a_connection_that_cannot_be_used_blocks_every_template(site: Site, state: str) -> None:
    now, xero_id = timezone.now(), site.pair.xero_id
    if state == "broken":
        row = Credential.objects.filter(pk=site.pair.xero.credential_id)
        row.update(broken_since=now, broken_reason="Xero has ended this sign-in.")
    else:
        Connection.objects.filter(pk=xero_id).update(**{f"{state}_at": now})
    for flow in setting_up.TEMPLATES:
        lacks = site.missing(flow)[state]
        assert lacks.blocking
        assert lacks.shared
        assert lacks.place is not None
        assert lacks.place.address
    assert site.states()["xero"] == "look"


def test_a_system_that_does_not_answer_is_itself_what_is_missing(site: Site) -> None:
    site.shop.box.faults.add(system="salesforce", status=503, times=99)
    found = site.check()
    assert found.silent
    assert site.missing(STATUS)["silent"].blocking
    assert site.states()["check"] == "look"
    site.shop.box.faults.clear()
    assert not site.check().silent
    assert "silent" not in site.missing(STATUS)


def test_real_books_beside_a_demo_company_block(site: Site) -> None:
    Connection.objects.filter(pk=site.pair.xero_id).update(environment="demo")
    Connection.objects.filter(pk=site.pair.salesforce_id).update(environment="production")
    lacks = site.missing(BILLING)["environments"]
    assert lacks.blocking
    assert "demo company" in lacks.words


def test_books_that_are_locked_are_told_unless_the_first_day_is_later(site: Site) -> None:
    Connection.objects.filter(pk=site.pair.xero_id).update(locked_until=date(2026, 9, 30))
    lacks = site.missing(BILLING)["locked"]
    assert "30 Sep 2026" in lacks.words
    assert not lacks.blocking
    site.switch(BILLING, "shadow", starts_from=date(2026, 10, 1))
    assert "locked" not in site.missing(BILLING)
    site.switch(BILLING, "shadow", starts_from=date(2026, 9, 30))
    assert "locked" in site.missing(BILLING)


def test_how_many_deals_every_record_would_mean_is_told_before_a_day_is_chosen(site: Site) -> None:
    for number in range(3):
        site.win(Name=f"Old {number}", closed=date(2020, 1, 1))
    site.check()
    assert site.missing(BILLING)["first_day"].words.endswith("Won by now: 3.")
    site.start(BILLING)
    lacks = site.missing(BILLING)["every_record"]
    assert not lacks.blocking
    assert lacks.words.endswith("Won by now: 3.")
    site.start(BILLING, first_day=date(2026, 11, 1))
    assert not {"first_day", "every_record"} & site.missing(BILLING).keys()


def test_the_proposed_day_is_today_where_the_books_are_kept(site: Site) -> None:
    pair = site.pair
    pair.xero.timezone = "Pacific/Kiritimati"
    ahead = setting_up.proposed_day(pair)
    pair.xero.timezone = "Pacific/Honolulu"  # a whole day behind, at any hour
    assert ahead - setting_up.proposed_day(pair) == timedelta(days=1)


def test_customers_are_recommended_before_what_needs_them(site: Site) -> None:
    Link.objects.all().delete()
    for flow in (BILLING, STATUS, QUOTES, RISK):
        lacks = site.missing(flow)["customers"]
        assert "Contacts and accounts both ways" in lacks.words
        assert not lacks.blocking
    site.start(CUSTOMERS)
    assert not any("customers" in site.missing(flow) for flow in (BILLING, STATUS, QUOTES, RISK))


def test_events_are_recommended_until_there_is_a_door(site: Site) -> None:
    assert {"events:salesforce", "events:xero"} <= site.missing(STATUS).keys()
    client = site.pair.xero.credential.client_id
    EventDoor.objects.create(system="xero", client_id=client, secret="key")
    EventDoor.objects.create(system="salesforce", connection=site.pair.salesforce, secret="s")
    assert not {"events:salesforce", "events:xero"} & site.missing(STATUS).keys()


def test_another_pair_with_the_flow_wants_routing_rows(site: Site) -> None:
    assert "routing:salesforce" not in site.missing(BILLING)
    site.switch(BILLING, "on", site.beside)
    lacks = site.missing(BILLING)["routing:salesforce"]
    assert lacks.blocking
    assert lacks.place is not None
    assert str(site.pair.salesforce_id) in lacks.place.address
    assert "routing:salesforce" not in site.missing(PRODUCTS)
    assert site.states()["pair"] == "look"


def test_routing_rows_that_lead_nothing_here_are_told(site: Site) -> None:
    site.switch(BILLING, "on", site.beside)
    site.route("CurrencyIsoCode", "GBP", "Pounds")
    assert not {"routing:salesforce", "unreached:salesforce"} & site.missing(BILLING).keys()
    lacks = site.missing(BILLING, site.beside)["unreached:salesforce"]
    assert "leads any opportunity to this pair" in lacks.words
    assert not lacks.blocking
    assert "unreached:salesforce" in site.missing(CUSTOMERS)


def test_a_right_to_make_what_no_row_lets_be_made_is_not_missed(site: Site) -> None:
    site.withhold("Account", "create")
    site.check()
    assert "right:Account" in site.missing(CUSTOMERS)
    site.give(CUSTOMERS, "create_in", "no")
    site.check()
    assert "right:Account" not in site.missing(CUSTOMERS)


def test_doctor_names_rights_and_scopes_of_flows_in_use(site: Site) -> None:
    site.withhold("Task", "create")
    few = "accounting.invoices.read accounting.contacts accounting.settings"
    Credential.objects.filter(pk=site.pair.xero.credential_id).update(scopes=few)
    assert not any("Rights of" in one.what for one in health.examine(site.open))
    site.start(RISK)
    told = [one for one in health.examine(site.open) if one.what.startswith("Rights of")]
    assert [one.state for one in told] == [health.BAD, health.BAD]
    assert "create Task records" in told[0].words
    assert "accounting.payments.read" in told[1].words


def test_a_pause_and_a_silent_worker_are_told_and_do_not_block(site: Site) -> None:
    switching.pause("ben", "month end")
    lacks = site.missing(STATUS)
    assert {"writes_paused", "worker"} <= lacks.keys()
    assert not any(lacks[key].blocking for key in ("writes_paused", "worker"))
    switching.resume("ben")
    heartbeats.beat("one")
    assert not {"writes_paused", "worker"} & site.missing(STATUS).keys()
