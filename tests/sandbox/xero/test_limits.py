"""Limits per minute, per day, for the app and at once, and Idempotency-Key."""

import threading
from typing import Any

import pytest

from sandbox.server import running
from sandbox.xero.defaults import set_up_organisation

from .conftest import Xero


@pytest.fixture
def limited(xero: Xero) -> Xero:
    """A Xero whose clock stands still."""
    xero.world.clock.freeze()
    return xero


def test_every_answer_tells_what_is_left(limited: Xero) -> None:
    for name, value in (("minute_limit", 60), ("day_limit", 5000)):
        limited.world.set_setting("xero", name, value)
    limited.get("Organisation")
    headers = limited.call("GET", "Organisation").headers
    assert headers["X-MinLimit-Remaining"] == "58"
    assert headers["X-DayLimit-Remaining"] == "4998"
    assert headers["X-AppMinLimit-Remaining"] == "9998"
    assert limited.call("GET", "Invoices/none").headers["X-MinLimit-Remaining"] == "57"


def test_every_answer_has_a_correlation_id_of_its_own(xero: Xero) -> None:
    ids = {xero.call("GET", path).headers["Xero-Correlation-Id"] for path in ("Organisation", "x")}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("setting", "problem", "longest"),
    [("minute_limit", "minute", 60), ("day_limit", "day", 86_400)],
)
def test_a_spent_limit_is_a_429_until_its_window_ends(
    limited: Xero, setting: str, problem: str, longest: int
) -> None:
    limited.world.set_setting("xero", setting, 3)
    for _ in range(3):
        limited.get("Organisation")
    answer = limited.call("GET", "Organisation")
    assert (answer.status_code, answer.text) == (429, "")
    assert answer.headers["X-Rate-Limit-Problem"] == problem
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= longest
    limited.world.clock.advance(wait - 1)
    limited.sign_in()
    assert limited.call("GET", "Organisation").status_code == 429
    limited.world.clock.advance(1)
    assert limited.call("GET", "Organisation").status_code == 200


def test_the_apps_own_limit_tells_no_time_to_wait(limited: Xero) -> None:
    limited.world.set_setting("xero", "app_minute_limit", 1)
    limited.get("Organisation")
    answer = limited.call("GET", "Organisation")
    assert answer.headers["X-Rate-Limit-Problem"] == "appminute"
    assert "Retry-After" not in answer.headers


def test_one_organisation_does_not_spend_the_calls_of_another(limited: Xero) -> None:
    set_up_organisation(limited.world, "Other Ltd")
    limited.world.set_setting("xero", "minute_limit", 1)
    limited.get("Organisation")
    assert limited.call("GET", "Organisation").status_code == 429
    client = {"secret": "sandbox-xero-secret", "tenant": "Other Ltd"}
    limited.world.set_setting("xero", "clients", {"sandbox-xero": client})
    limited.session.headers.pop("xero-tenant-id")
    limited.sign_in()
    assert limited.call("GET", "Organisation").status_code == 200


def test_a_sixth_call_at_once_is_refused() -> None:
    with running(systems=["xero"]) as box:
        tenant = set_up_organisation(box.world, "Fernhill Surveys Ltd")
        xero = Xero(box.world, box.xero_url, tenant)
        box.world.set_setting("xero", "latency_ms", 400)
        answers: list[Any] = []
        threads = [
            threading.Thread(target=lambda: answers.append(xero.call("GET", "Organisation")))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) == 1
    assert refused[0].headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in refused[0].headers


def put(xero: Xero, key: str, draft: dict[str, Any]) -> Any:
    headers = {"Idempotency-Key": key}
    return xero.call("PUT", "Invoices", {"Invoices": [draft]}, headers=headers)


def count(xero: Xero) -> int:
    return len(xero.get("Invoices")["Invoices"])


def test_the_same_call_with_the_same_key_is_done_once(xero: Xero) -> None:
    draft = xero.draft()
    first, second = put(xero, "k-1", draft), put(xero, "k-1", draft)
    assert (second.status_code, second.text) == (200, first.text)
    assert count(xero) == 1


def test_a_key_is_forgotten_six_minutes_after_its_first_use(xero: Xero) -> None:
    xero.world.clock.freeze()
    draft = xero.draft()
    put(xero, "k-1", draft)
    xero.world.clock.advance(359)
    put(xero, "k-1", draft)
    assert count(xero) == 1
    xero.world.clock.advance(1)
    put(xero, "k-1", draft)
    assert count(xero) == 2


def test_a_key_serves_one_request_only(xero: Xero) -> None:
    draft = xero.draft()
    put(xero, "k-1", draft)
    for method, body in (("PUT", {**draft, "Reference": "x"}), ("POST", draft)):
        answer = xero.call(
            method, "Invoices", {"Invoices": [body]}, headers={"Idempotency-Key": "k-1"}
        )
        assert answer.status_code == 400
        message = "Idempotency Key: k-1 is used with a different request."
        assert answer.json()["Message"] == message
    assert count(xero) == 1


def test_a_refusal_is_kept_under_its_key_too(xero: Xero) -> None:
    bad = xero.draft(LineItems=[])
    first = put(xero, "k-1", bad)
    assert first.status_code == 400
    assert put(xero, "k-1", bad).text == first.text


def test_a_key_has_128_characters_at_most(xero: Xero) -> None:
    draft = xero.draft()
    assert put(xero, "k" * 128, draft).status_code == 200
    assert put(xero, "k" * 129, draft).status_code == 400
    assert count(xero) == 1


def test_two_at_once_with_the_same_key_make_one_invoice(xero: Xero) -> None:
    draft, texts = xero.draft(), []
    threads = [
        threading.Thread(target=lambda: texts.append(put(xero, "k-1", draft).text))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(texts)) == 1
    assert count(xero) == 1


def test_a_repeat_spends_a_call_before_its_key_is_looked_at(limited: Xero) -> None:
    draft = limited.draft()
    limited.world.set_setting("xero", "minute_limit", 1)
    limited.world.clock.advance(120)
    assert put(limited, "k-1", draft).status_code == 200
    assert put(limited, "k-1", draft).status_code == 429


def test_keys_survive_a_restart(tmp_path: Any) -> None:
    with running(systems=["xero"], state=tmp_path) as box:
        tenant = set_up_organisation(box.world, "Fernhill Surveys Ltd")
        xero = Xero(box.world, box.xero_url, tenant)
        draft = xero.draft()
        first = put(xero, "k-1", draft)
        token = xero.session.headers["Authorization"]
    with running(systems=["xero"], state=tmp_path) as box:
        xero = Xero(box.world, box.xero_url, tenant)
        xero.session.headers["Authorization"] = token
        assert put(xero, "k-1", draft).text == first.text
        assert count(xero) == 1
