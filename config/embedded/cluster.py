"""The embedded PostgreSQL: started when first needed, stopped by the last process using it.

Every process that uses it holds a shared lock on `users.lock`, which the kernel drops when the
process dies, however it dies. Whoever can turn its lock into an exclusive one is the last.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from config.embedded import programs
from config.embedded.account import give_to, open_the_way, server_account
from config.embedded.programs import ServerFailed

PORT = 5432  # only part of the socket's name: the server listens on no network address
LONGEST_SOCKET_PATH = 80  # of its folder: Linux allows 107 bytes in all, other systems 103
START_SECONDS = 60
TRIES = 5
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%t ",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


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
    try:
        if cluster.directory not in _held:
            _become_user(cluster)
        with (cluster.directory / "start.lock").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not is_running(cluster):
                _start(cluster)
    except PermissionError as error:
        raise ServerFailed(f"The embedded PostgreSQL may not use its files: {error}") from error


def release(cluster: Cluster) -> None:
    """Let go of the server, and stop it when nobody else uses it."""
    pid, users = _held.pop(cluster.directory, (0, None))
    if users is None or pid != os.getpid():  # a forked child leaves the lock to its parent
        return
    with users, contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(cluster)


def stop(cluster: Cluster) -> None:
    """Stop the server now, whoever uses it; nothing happens when it is not running."""
    if is_running(cluster):
        programs.run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "30", "-D", str(cluster.files))


def is_running(cluster: Cluster) -> bool:
    """Say whether the process named in the server's pid file is really this server, and ready."""
    lines = _pid_file(cluster)
    return bool(lines) and lines[-1] == "ready" and _is_ours(cluster, int(lines[0]))


def _become_user(cluster: Cluster) -> None:
    cluster.directory.mkdir(parents=True, exist_ok=True)
    users = (cluster.directory / "users.lock").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)  # waits while the last user is stopping the server
    _held[cluster.directory] = (os.getpid(), users)
    atexit.register(release, cluster)


def _start(cluster: Cluster) -> None:
    _prepare(cluster)
    settings = OPTIONS | ({} if cluster.durable else FORGETFUL)
    settings |= {"unix_socket_directories": str(cluster.socket), "port": str(PORT)}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    command = ["start", "-w", "-t", str(START_SECONDS), "-l", str(cluster.log)]
    for left in reversed(range(TRIES)):
        try:
            programs.run("pg_ctl", *command, "-D", str(cluster.files), "-o", options)
            return
        except ServerFailed as error:
            # After a kill -9 of the server its children may take a moment to notice.
            if not left:
                raise ServerFailed(
                    "The embedded PostgreSQL does not start. Its log says: "
                    f"{_last_lines(cluster.log)} (whole log: {cluster.log})"
                ) from error
            time.sleep(1)


def _prepare(cluster: Cluster) -> None:
    account = server_account()
    open_the_way(cluster.files, account)
    open_the_way(programs.program("postgres"), account)
    if account.pw_uid != os.geteuid():
        programs.make_readable()
    give_to(cluster.files, account)
    give_to(cluster.socket, account)
    cluster.log.touch()
    os.chown(cluster.log, account.pw_uid, account.pw_gid)
    _end_strays(cluster)
    if not (cluster.files / "PG_VERSION").exists():
        _initialise(cluster)
    lines = _pid_file(cluster)
    if lines and psutil.pid_exists(int(lines[0])) and not _is_ours(cluster, int(lines[0])):
        # Left by a crash, and its number given to another process since: a restart, surely.
        (cluster.files / "postmaster.pid").unlink(missing_ok=True)


def _initialise(cluster: Cluster) -> None:
    choices = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    choices += ["--locale=C", "--auth=trust", "--username=postgres"]
    if not cluster.durable:
        choices.append("--no-sync")
    programs.run("initdb", *choices, "-D", str(cluster.files))


def _end_strays(cluster: Cluster) -> None:
    """End servers of this folder that its pid file does not know: it was removed under them."""
    known = {int(lines[0])} if (lines := _pid_file(cluster)) else set()
    strays = [
        process
        for process in psutil.process_iter(["pid", "name"])
        if process.info["name"] == "postgres"
        and process.pid not in known
        and _is_ours(cluster, process.pid)
    ]
    for process in strays:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(strays, timeout=5)


def _pid_file(cluster: Cluster) -> list[str]:
    """Return the lines of the server's pid file; empty when there is no usable one."""
    try:
        text = (cluster.files / "postmaster.pid").read_text()
    except OSError:
        return []
    lines = [line.strip() for line in text.splitlines()]
    return lines if lines and lines[0].isdigit() else []


def _is_ours(cluster: Cluster, pid: int) -> bool:
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return str(cluster.files) in command


def _last_lines(log: Path) -> str:
    with contextlib.suppress(OSError):
        return " / ".join(log.read_text(errors="replace").splitlines()[-3:])
    return "nothing"
