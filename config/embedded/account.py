"""Which system account runs the embedded PostgreSQL, which refuses to run as root."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

ACCOUNT = "counterpart-db"


def server_account() -> pwd.struct_passwd:
    """Return the account for the server: our own, or, when we are root, a made one."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        subprocess.run(make, check=False, capture_output=True)
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return pwd.getpwnam("nobody")


def open_the_way(path: Path, account: pwd.struct_passwd) -> None:
    """Let the account pass through the folders above `path`; listing them stays forbidden."""
    if account.pw_uid == os.geteuid():
        return
    for folder in path.absolute().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def give_to(path: Path, account: pwd.struct_passwd) -> None:
    """Make the folder if needed, hand it to the account and shut everybody else out."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in (os.geteuid(), account.pw_uid):
        raise PermissionError(f"{path} belongs to somebody else; remove it and start again.")
    if path.stat().st_uid != account.pw_uid:
        os.chown(path, account.pw_uid, account.pw_gid)
    path.chmod(0o700)
