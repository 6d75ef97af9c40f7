"""What the sandbox's webhooks send is what Xero's own description of them says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from sandbox.server import Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.test_webhooks import box, contact, receiver, subscribed
from tests.sandbox.xero.conftest import CONTRACTS

__all__ = ["box", "receiver"]
FILE = CONTRACTS / "xero-webhooks.yaml"
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason="Xero's description of its webhooks is not beside this checkout"
)


def schema(name: str) -> dict[str, Any]:
    """Return one of its schemas, with those that it leads to."""
    described = yaml.safe_load(FILE.read_text())
    return {"$ref": f"#/components/schemas/{name}", "components": described["components"]}


def test_events_and_their_numbers_are_as_described(box: Box, receiver: Receiver) -> None:
    subscribed(box, receiver)
    for name in ("First", "Second", "Third"):
        contact(box, name)
    messages = receiver.wait_for(1)
    for message in messages:
        body = json.loads(message.body)
        jsonschema.validate(body, schema("WebhookEvent"))
        assert body["lastEventSequence"] - body["firstEventSequence"] + 1 == len(body["events"])
        assert message.headers["content-type"] == "application/json"
