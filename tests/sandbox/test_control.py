"""The control API does what a test or a demo asks for, and says no in words."""

from decimal import Decimal
from typing import Any

import pytest
import requests

from sandbox.server import Box


class Control:
    """Speaks to the control API of a running sandbox."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def call(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        answer = requests.request(method, self.box.control_url + path, timeout=30, **more)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def control(empty_box: Box) -> Control:
    control = Control(empty_box)
    control.call("POST", "/control/reset")
    return control


def test_health_names_all_three_addresses(control: Control) -> None:
    health = control.call("GET", "/control/health")
    assert health["status"] == "ok"
    assert set(health["addresses"]) == {"salesforce", "xero", "control"}


def test_a_fault_is_added_shown_and_ended(control: Control) -> None:
    wanted = {"system": "xero", "method": "POST", "path": "/api.xro/*", "lost": "after", "times": 2}
    fault = control.call("POST", "/control/faults", json=wanted)
    assert wanted.items() <= fault.items()
    assert [one["id"] for one in control.call("GET", "/control/faults")["faults"]] == [fault["id"]]
    left = control.call("DELETE", f"/control/faults?id={fault['id']}")
    assert left == {"faults": []}


def test_a_senseless_fault_is_refused_in_words(control: Control) -> None:
    said = control.call("POST", "/control/faults", 400, json={"system": "xero"})
    assert "Say what goes wrong" in said["error"]


def test_the_clock_moves_stands_still_and_goes_back(control: Control) -> None:
    frozen = {"now": "2027-02-28T23:59:00+00:00", "frozen": True}
    assert control.call("POST", "/control/clock", json=frozen)["now"] == frozen["now"]
    later = control.call("POST", "/control/clock", json={"advance_seconds": 60})
    assert later["now"] == "2027-03-01T00:00:00+00:00"
    control.call("POST", "/control/clock", json={"real": True})
    assert control.box.world.clock.saved() == {"offset_seconds": 0.0, "frozen": None}


@pytest.mark.parametrize("now", ["tomorrow", "2027-02-28T10:00:00"])
def test_a_time_without_sense_or_zone_is_refused(control: Control, now: str) -> None:
    assert "time" in control.call("POST", "/control/clock", 400, json={"now": now})["error"]


def test_the_requests_are_listed_by_system_and_number(control: Control) -> None:
    for _ in range(3):
        requests.get(control.box.xero_url + "/connections", timeout=5)
    requests.get(control.box.salesforce_url + "/services/data/", timeout=5)
    calls = control.call("GET", "/control/requests?system=xero")["requests"]
    assert [call["path"] for call in calls] == ["/connections"] * 3
    since = calls[0]["number"]
    assert len(control.call("GET", f"/control/requests?since={since}")["requests"]) == 3
    moment = control.call("GET", "/control/requests")["requests"][-1]["time"]
    assert len(control.call("GET", f"/control/requests?since={moment}")["requests"]) >= 1
    control.call("GET", "/control/requests?since=yesterday", 400)
    last = control.call("GET", "/control/requests?limit=1")["requests"]
    assert last[0]["system"] == "salesforce"
    assert control.call("DELETE", "/control/requests") == {"requests": []}


def test_settings_are_set_and_shown(control: Control) -> None:
    wanted = {"system": "xero", "name": "latency_ms", "value": 5}
    assert control.call("POST", "/control/settings", json=wanted)["settings"]["latency_ms"] == 5
    control.call("POST", "/control/settings", 400, json={"system": "sap", "name": "a", "value": 1})
    control.call("POST", "/control/settings", 400, json={"system": "xero", "value": 1})


def test_an_act_is_done_as_by_hand(control: Control) -> None:
    values = {"Name": "Müller & Söhne", "BillingCity": "Bremen"}
    wanted = {
        "system": "salesforce",
        "act": "create",
        "args": {"kind": "Account", "values": values},
    }
    made = control.call("POST", "/control/act", json=wanted)["result"]
    records = control.call("GET", "/control/records?system=salesforce&kind=Account")["records"]
    assert [record["Name"] for record in records if record["Id"] == made] == ["Müller & Söhne"]


@pytest.mark.parametrize("act", ["_hidden", "World", "nothing", "importlib"])
def test_what_is_no_act_cannot_be_called(control: Control, act: str) -> None:
    said = control.call("POST", "/control/act", 404, json={"system": "xero", "act": act})
    assert act in said["error"]


def test_an_act_that_a_system_refuses_says_why(control: Control) -> None:
    wanted = {"system": "salesforce", "act": "create", "args": {"kind": "Account", "values": {}}}
    assert "Name" in control.call("POST", "/control/act", 400, json=wanted)["error"]
    args = {"system": "salesforce", "act": "close_won", "args": {"wrong": 1}}
    control.call("POST", "/control/act", 400, json=args)


@pytest.mark.parametrize("body", ["[1]", "{", "null"])
def test_a_body_that_is_no_object_is_refused(control: Control, body: str) -> None:
    assert "JSON" in control.call("POST", "/control/clock", 400, data=body)["error"]


def test_another_site_cannot_press_our_buttons(control: Control) -> None:
    headers = {"Origin": "https://evil.example"}
    control.call("POST", "/control/reset", 403, headers=headers)
    control.call("POST", "/control/reset", headers={"Origin": control.box.control_url})


def test_a_reset_leaves_nothing_behind(control: Control) -> None:
    control.call("POST", "/control/seed", json={"seed": 1, "size": "small"})
    control.call("POST", "/control/faults", json={"system": "xero", "status": 500})
    control.call("POST", "/control/reset")
    records = control.call("GET", "/control/records?system=salesforce&kind=Opportunity")
    assert records == {"records": []}
    assert control.call("GET", "/control/faults") == {"faults": []}


def test_only_an_empty_sandbox_is_seeded(control: Control) -> None:
    control.call("POST", "/control/seed", json={"seed": 1, "size": "small"})
    said = control.call("POST", "/control/seed", 400, json={"seed": 1, "size": "small"})
    assert "Reset it first" in said["error"]


def test_an_unknown_size_is_refused(control: Control) -> None:
    said = control.call("POST", "/control/seed", 400, json={"size": "huge"})
    assert "small, large, books" in said["error"]


def test_money_leaves_as_it_was_stored(control: Control) -> None:
    control.box.world.table("xero", "Probe")["a"] = {"Total": Decimal("10.10")}
    url = control.box.control_url + "/control/records?system=xero&kind=Probe"
    assert '"Total": 10.10' in requests.get(url, timeout=5).text
