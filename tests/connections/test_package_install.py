"""The package is installed in a sandbox org: whole or not at all, however often, however ended."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.utils import timezone

from connections import installing, live
from connections.models import Connection, Installation
from connections.remote import Lane
from connections.salesforce import packaging
from connections.salesforce.packaging import Part
from sandbox.salesforce import acts
from sandbox.server import Box
from sync.core.errors import NeedsPerson
from tests.connections.conftest import make_connection
from tests.connections.package_org import (
    connected,
    records,
    running_bare_org,
    sent,
    set_in_org,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box() -> Iterator[Box]:
    with running_bare_org() as box:
        yield box


@pytest.fixture
def connection(box: Box) -> Iterator[Connection]:
    with connected(box) as made:
        yield made


def run(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it prints."""
    out = io.StringIO()
    try:
        call_command("install_salesforce_package", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def finished(row: Installation) -> Installation:
    """Carry an installation through, whatever is to be waited for."""
    for _ in range(30):
        if row.is_finished:
            return row
        Installation.objects.filter(pk=row.pk).update(next_at=timezone.now())
        row = installing.advance(row.pk)
    raise AssertionError(f"it does not end: {row.state} {row.words}")


def test_a_bare_org_shows_every_field_to_counterpart_afterwards(
    box: Box, connection: Connection
) -> None:
    assert any(installing.lacking(connection).values())
    code, said = run()
    assert code == 0, said
    assert said == "Sales: version 1.0.0 is installed, 51 components.\n"
    remote = live.open_remote(connection, Lane.PERSON)
    for kind, names in packaging.fields().items():
        assert set(names) <= set(remote.fields(kind))
    (assignment,) = records(box, "PermissionSetAssignment")
    (ours,) = [one for one in records(box, "PermissionSet") if one["Name"] == "Counterpart_Sync"]
    assert assignment["PermissionSetId"] == ours["Id"]


def test_a_check_says_that_it_would_go_through_and_changes_nothing(
    box: Box, connection: Connection
) -> None:
    code, said = run("--check", "--connection", "Sales")
    assert code == 0
    assert "! won_opportunity_invoice lacks so far: Opportunity.Counterpart_Invoice_Id__c" in said
    assert said.endswith("Sales: version 1.0.0 can be installed; nothing was changed.\n")
    assert records(box, "PermissionSet") == []
    assert box.world.setting("salesforce", "custom_fields") == {}


def test_installing_again_changes_nothing(box: Box, connection: Connection) -> None:
    run()
    fields = box.world.setting("salesforce", "custom_fields")
    before = {kind: len(records(box, kind)) for kind in ("PermissionSet", "FieldPermissions")}
    assert run()[0] == 0
    assert box.world.setting("salesforce", "custom_fields") == fields
    assert {kind: len(records(box, kind)) for kind in before} == before
    assert len(records(box, "PermissionSetAssignment")) == 1


def test_fields_that_people_made_by_hand_are_taken_over_with_what_stands_in_them(
    box: Box, connection: Connection
) -> None:
    name = "Counterpart_Invoice_Number__c"
    acts.add_custom_field(box.world, "Opportunity", name, "Text", length=80)
    deal = {"Name": "A", "StageName": "Prospecting", "CloseDate": "2026-12-01", name: "INV-1"}
    key = acts.create(box.world, "Opportunity", deal)
    assert run()[0] == 0
    (record,) = live.open_remote(connection, Lane.PERSON).read("Opportunity", [key], [name])
    assert record.values[name] == "INV-1"


def test_each_refused_component_is_told_in_plain_words(box: Box, connection: Connection) -> None:
    acts.add_custom_field(box.world, "Account", "Counterpart_Overdue__c", "Checkbox")
    set_in_org(
        box,
        "refused_components",
        {
            "Contact.Counterpart_Billing_Contact__c": "You have reached the limit of custom "
            "fields on this object."
        },
    )
    code, said = run()
    assert code == 1
    assert "✕ the field Account.Counterpart_Overdue__c: The org has a field of this name" in said
    assert "✕ the field Contact.Counterpart_Billing_Contact__c: The org has no room" in said
    assert "Salesforce: You have reached the limit" in said
    assert said.endswith("Sales: Salesforce refused it, and nothing was changed.\n")
    assert records(box, "PermissionSet") == []


def test_json_tells_it_to_machines(box: Box, connection: Connection) -> None:
    set_in_org(box, "refused_components", {"Counterpart_People": "insufficient access"})
    code, said = run("--json")
    told = json.loads(said)
    assert code == 1
    assert (told["state"], told["check"], told["version"]) == ("failed", False, "1.0.0")
    (failure,) = told["failures"]
    assert failure["what"] == "the permission set Counterpart_People"
    assert failure["problem"] == "insufficient access"
    set_in_org(box, "refused_components", {})
    code, said = run("--json")
    told = json.loads(said)
    assert (code, told["state"], told["failures"], told["missing"]) == (0, "done", [], {})
    assert told["components"] == {"done": 51, "total": 51}


def test_without_the_right_to_deploy_it_says_which_one(box: Box, connection: Connection) -> None:
    set_in_org(box, "may_deploy", False)
    code, said = run()
    assert code == 1
    assert "Modify Metadata Through Metadata API Functions" in said
    assert said.endswith("Sales: nothing was installed.\n")


def test_without_the_right_to_assign_an_administrator_is_told_what_to_do(
    box: Box, connection: Connection
) -> None:
    set_in_org(box, "may_assign", False)
    code, said = run()
    assert code == 1
    assert "must assign the permission set “Counterpart: sync” to integration@fernhill" in said
    ours = next(one for one in records(box, "PermissionSet") if one["Name"] == "Counterpart_Sync")
    user = records(box, "User")[0]["Id"]
    given = {"PermissionSetId": ours["Id"], "AssigneeId": user}
    acts.create(box.world, "PermissionSetAssignment", given)
    assert run()[0] == 0


def test_a_user_that_may_not_look_at_permission_sets_is_told_the_same(
    box: Box, connection: Connection
) -> None:
    hidden = [{"errorCode": "INVALID_TYPE", "message": "sObject type 'User' is not supported."}]
    box.faults.add(system="salesforce", path="*/query*", status=400, body=hidden)
    code, said = run()
    assert code == 1
    assert "must assign the permission set “Counterpart: sync” to Counterpart’s user" in said
    assert said.endswith("the installation is not complete; run it again when that is mended.\n")


def test_a_lost_answer_is_sent_again_and_does_no_harm(box: Box, connection: Connection) -> None:
    box.faults.add(
        system="salesforce", path="*/deployRequest", method="POST", lost="after", times=1
    )
    row = finished(installing.begin(connection))
    assert row.state == Installation.State.DONE
    assert sent(box) == 2
    assert len(records(box, "PermissionSetAssignment")) == 1


@pytest.mark.parametrize("steps", [1, 2])
def test_what_a_killed_process_has_begun_is_carried_on_by_the_next(
    box: Box, connection: Connection, steps: int
) -> None:
    row = installing.begin(connection)
    for _ in range(steps):
        row = installing.advance(row.pk)
    Installation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run()[0] == 0
    assert Installation.objects.get().state == Installation.State.DONE
    assert sent(box) == 1


def test_one_step_is_taken_by_one_process_at_a_time(box: Box, connection: Connection) -> None:
    row = installing.begin(connection)
    Installation.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert installing.advance(row.pk).state == Installation.State.WAITING
    assert sent(box) == 0


def test_what_nobody_carries_on_does_not_stand_in_the_way(box: Box, connection: Connection) -> None:
    left = installing.begin(connection, check=True)
    with pytest.raises(NeedsPerson, match="under way"):
        installing.begin(connection)
    Installation.objects.update(moved_at=timezone.now() - timedelta(minutes=6))
    assert finished(installing.begin(connection)).succeeded
    left.refresh_from_db()
    assert left.state == Installation.State.FAILED


def test_an_org_that_does_not_answer_is_given_up_after_some_tries(
    box: Box, connection: Connection
) -> None:
    box.faults.add(system="salesforce", path="*/deployRequest", status=503)
    row = finished(installing.begin(connection))
    assert row.state == Installation.State.FAILED
    assert "It was tried 5 times" in row.words


def test_a_connection_that_is_paused_gets_nothing(box: Box, connection: Connection) -> None:
    connection.paused_at = timezone.now()
    connection.save()
    with pytest.raises(CommandError, match="paused"):
        run()
    assert sent(box) == 0


def test_it_stops_where_the_connection_is_paused_meanwhile(
    box: Box, connection: Connection
) -> None:
    row = installing.begin(connection)
    Connection.objects.update(paused_at=timezone.now())
    assert finished(row).state == Installation.State.FAILED
    assert sent(box) == 0


def test_optional_parts_come_along_when_they_are_asked_for(
    box: Box, connection: Connection
) -> None:
    address = "https://counterpart.example/hooks/salesforce/secret/"
    wanted = [word for part in ("list-views", "reports", "outbound-message")
              for word in ("--with", part)]  # fmt: skip
    with pytest.raises(CommandError, match="https"):
        run(*wanted)
    code, said = run(*wanted, "--address", address)
    assert code == 0, said
    kept = {(one["Type"], one["Name"]): one["Text"] for one in records_of_metadata(box)}
    assert {kind for kind, _ in kept} == {"ListView", "Report", "WorkflowOutboundMessage", "Flow"}
    message = kept["WorkflowOutboundMessage", "Opportunity.Counterpart_Opportunity_Won"]
    assert address in message
    assert "integration@fernhill.example" in message
    stored = Installation.objects.get()
    assert set(stored.parts) == {str(part) for part in Part}
    assert stored.address == address


def test_the_address_of_the_message_is_not_readable_in_the_database(
    box: Box, connection: Connection
) -> None:
    address = "https://counterpart.example/hooks/salesforce/secret/"
    installing.begin(connection, [Part.OUTBOUND_MESSAGE], address=address)
    with database.cursor() as cursor:
        cursor.execute("SELECT address FROM connections_installation")
        (stored,) = cursor.fetchone()
    assert stored
    assert "secret" not in stored


def records_of_metadata(box: Box) -> list[dict[str, Any]]:
    return list(box.world.table("salesforce/metadata", "Component").values())


def test_it_says_which_connections_there_are(box: Box, connection: Connection) -> None:
    with pytest.raises(CommandError, match="There are: Sales"):
        run("--connection", "Other")
    make_connection(connection.credential, name="Second", organisation_id="00D5e0000000001EAA")
    with pytest.raises(CommandError, match="--connection NAME"):
        run()
