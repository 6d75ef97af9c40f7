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


@pytest.mark.parametrize("seconds", [None, "", "x", [], "NaN", "1e400", 1e12, -1e12, 10**30])
def test_a_step_that_is_none_leaves_the_clock_as_it_was(control: Control, seconds: object) -> None:
    said = control.call("POST", "/control/clock", 400, json={"advance_seconds": seconds})
    assert "cannot be moved" in said["error"]
    assert control.box.world.clock.saved()["offset_seconds"] == 0.0


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("frozen", [True, False])
def test_the_clock_stays_within_its_years(control: Control, now: str, frozen: bool) -> None:
    wanted = {"now": now, "frozen": frozen}
    assert "years" in control.call("POST", "/control/clock", 400, json=wanted)["error"]
    assert control.box.world.clock.saved() == {"offset_seconds": 0.0, "frozen": None}


ODD: list[object] = [None, "", -1, 1.5, True, [], {}, [None], "9" * 400]
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("act", {"system": "salesforce", "act": "create",
             "args": {"kind": "Account", "values": {"Name": "A"}}}),
    ("act", {"system": "salesforce", "act": "add_custom_field",
             "args": {"kind": "Account", "name": "Own__c", "type": "text"}}),
    ("act", {"system": "xero", "act": "create", "args": {"kind": "Contact", "values": {}}}),
    ("edit-both", {"salesforce": {"kind": "Account", "id": "x", "values": {}},
                   "xero": {"kind": "Contact", "id": "x", "values": {}}}),
    ("seed", {"seed": 1, "size": "none"}),
    ("webhooks", {"url": "http://127.0.0.1:1/x", "key": "k", "categories": ["CONTACT"]}),
    ("outbound-messages", {"name": "W", "kind": "Opportunity", "endpoint": "http://127.0.0.1:1/"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "asked"), ASKED)
def test_a_value_of_the_wrong_sort_is_refused_in_words(
    control: Control, path: str, asked: dict[str, Any]
) -> None:
    for name in asked:
        for odd in ODD:
            body = {**asked, name: odd}
            answer = requests.post(
                f"{control.box.control_url}/control/{path}", json=body, timeout=30
            )
            assert answer.status_code < 500, (body, answer.text)
            assert answer.ok or answer.json()["error"]


@pytest.mark.parametrize("value", ["x", None, -1, True, [], 10**12])
def test_what_calls_are_measured_by_is_a_number(control: Control, value: object) -> None:
    for name in ("minute_limit", "latency_ms"):
        wanted = {"system": "xero", "name": name, "value": value}
        said = control.call("POST", "/control/settings", 400, json=wanted)
        assert said["error"] == f"{name} is a number from 0 on."


def test_a_fault_may_last_parts_of_a_second(control: Control) -> None:
    wanted = {"system": "xero", "status": 503, "seconds": 0.5, "share": 0.5, "delay": 0.25}
    fault = control.call("POST", "/control/faults", json=wanted)
    assert fault["id"]


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
