"""CI may ask that nothing is skipped; then a skipped test makes the run fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import ROOT

SKIPPED = "import pytest\n\ndef test_it():\n    pytest.skip('no browser here')\n"


@pytest.mark.slow
@pytest.mark.parametrize(("options", "expected"), [([], 0), (["--nothing-skipped"], 1)])
@pytest.mark.parametrize("spread", [[], ["-n", "1"]])
def test_a_skipped_test_fails_a_run_that_must_be_complete(
    tmp_path: Path, options: list[str], expected: int, spread: list[str]
):
    (tmp_path / "test_one.py").write_text(SKIPPED)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir"]
    command += [str(ROOT), "-p", "conftest", *options, *spread, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == expected, done.stdout
    assert "no browser here" in done.stdout
