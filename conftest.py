"""What every test can ask for, and the rule that CI skips nothing."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--nothing-skipped`."""
    parser.addoption(
        "--nothing-skipped", action="store_true", help="a skipped test makes the run fail"
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that must be complete when a test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not session.config.getoption("--nothing-skipped"):
        return
    if reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_clock_is_known() -> None:
    """Let no test meet the time of a former test's server that had the same port."""
    from connections.salesforce import doorway  # noqa: PLC0415 - read before there are models

    doorway.forget_clocks()


@pytest.fixture(autouse=True)
def _no_minute_ends() -> None:
    """Let no page of a test be the one that looks once a minute for silent workers."""
    from sync.engine import announcing_silence  # noqa: PLC0415 - read before there are models

    announcing_silence.wait_a_minute()


@pytest.fixture
def open_path() -> Iterator[Path]:
    """Return an empty folder that every account may enter, as the embedded server's must.

    Pytest shuts its own temporary folders to all others whenever a run begins, also a run beside.
    """
    with tempfile.TemporaryDirectory(prefix="counterpart-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o711)
        yield path


@pytest.fixture
def outside_environment(transactional_db: None) -> dict[str, str]:
    """Return an environment in which another process works on this test's own database.

    What that process does is committed, so the test is one whose database is emptied afterwards.
    """
    database = connection.settings_dict
    where = f"/{database['HOST']}" if database["HOST"].startswith("/") else database["HOST"]
    port = "" if database["HOST"].startswith("/") else f":{database['PORT'] or 5432}"
    user = database["USER"] + (f":{database['PASSWORD']}" if database.get("PASSWORD") else "")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgres://{user}@{where}{port}/{database['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "DEMO": "no",
    }
