"""Log lines: one JSON object each, redacted whichever way they come."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.test import Client

from config.logs import logging_settings

TOKEN = "kV0yLhWlP3FqTzR8uXn5cJ2mB7dG4sA9eH6oQ1iN"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Return what is logged the way production logs it."""
    stream = io.StringIO()
    setup: dict[str, Any] = logging_settings("json", "INFO")
    setup["handlers"]["stream"]["stream"] = stream
    logging.config.dictConfig(setup)
    yield stream
    logging.config.dictConfig(settings.LOGGING)


def last(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def test_our_own_lines_are_json_without_secrets(lines: io.StringIO):
    structlog.get_logger("sync").info("signed in", access_token=TOKEN, person="a.b@example.com")
    line = last(lines)
    assert (line["event"], line["level"], line["logger"]) == ("signed in", "info", "sync")
    assert line["person"] == "a***@example.com"
    assert TOKEN not in lines.getvalue()


def test_lines_of_libraries_take_the_same_way(lines: io.StringIO):
    logging.getLogger("urllib3").warning("POST %s", f"/token?client_secret={TOKEN}")
    logging.getLogger("django-q").error("Failed with Bearer %s", TOKEN)
    logging.getLogger("x").info("extra", extra={"refresh_token": TOKEN})
    assert len(lines.getvalue().splitlines()) == 3
    assert TOKEN not in lines.getvalue()


def test_a_traceback_is_redacted(lines: io.StringIO):
    try:
        raise ValueError(f"refresh_token={TOKEN}")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("y").exception("failed")
    assert TOKEN not in lines.getvalue()
    assert "ValueError" in last(lines)["exception"]


def test_a_request_leaves_one_line_under_the_id_its_answer_carries(lines: io.StringIO, db: None):
    answer = Client().get("/admin/login/?code=4fA9Kd03kdLs")
    line = last(lines)
    assert line["correlation"] == answer["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/admin/login/", 200)
    assert "4fA9Kd03kdLs" not in lines.getvalue()
