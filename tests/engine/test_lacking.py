"""`doctor` says which of our fields an org lacks, for which flow, and what installs them."""

from collections.abc import Mapping

from connections.salesforce import purposes
from mappings.models import FieldMapping
from mappings.shipped import ensure
from sync.engine import health, lacking
from tests.engine.conftest import Desk
from tests.fakes.remote import FakeDoor, FakeSalesforce

FLOW = "won_opportunity_invoice"
NUMBER = "Opportunity.Counterpart_Invoice_Number__c"


def bare(kind: str) -> Mapping[str, str]:
    return {"Id": "id"}


class WithoutNumber(FakeSalesforce):
    """An org in which one of our fields was never made."""

    def fields(self, kind: str) -> Mapping[str, str]:
        return {n: t for n, t in super().fields(kind).items() if f"{kind}.{n}" != NUMBER}


def test_a_field_that_people_replaced_by_their_own_is_not_missed(desk: Desk) -> None:
    pair = desk.switch.pair
    assert lacking.lacking(pair, FLOW, bare) == purposes.lacking(FLOW, bare)
    ensure(pair, FLOW)
    row = FieldMapping.objects.get(pair=pair, flow=FLOW, target="invoice_number")
    row.source = "Our_Number__c"
    row.save()
    assert NUMBER in purposes.lacking(FLOW, bare)
    assert NUMBER not in lacking.lacking(pair, FLOW, bare)


def test_doctor_names_the_field_and_the_command(desk: Desk) -> None:
    pair = desk.switch.pair
    door = FakeDoor(WithoutNumber(), desk.xero)
    found = {one.what: one for one in health.examine(door)}
    finding = found[f"Fields of {FLOW}, {pair.name}"]
    assert finding.state == health.LOOK
    assert finding.words.endswith(f": {NUMBER}")
    assert f"install_salesforce_package --connection '{pair.salesforce.name}'" in finding.fix


def test_doctor_is_silent_where_nothing_lacks(desk: Desk) -> None:
    found = health.examine(desk.door)
    assert not any(one.what.startswith("Fields of") for one in found)
