"""The web server: it does not begin with pages that could not open."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT
from tests.config.test_environment import PRODUCTION


def begin(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read gunicorn's settings there, as gunicorn itself does before it listens."""
    return subprocess.run(
        [sys.executable, "-c", "import config.gunicorn"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder with the configuration alone, whose static files are not collected."""
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=leave)
    return tmp_path


def test_production_does_not_begin_before_the_static_files_are_collected(installed: Path):
    refused = begin(installed, **PRODUCTION)
    assert refused.returncode == 1
    assert "manage.py collectstatic" in refused.stderr
    (installed / "staticfiles").mkdir()
    (installed / "staticfiles" / "staticfiles.json").write_text("{}")
    assert begin(installed, **PRODUCTION).returncode == 0


def test_a_checkout_begins_without_collecting(installed: Path):
    assert begin(installed).returncode == 0
