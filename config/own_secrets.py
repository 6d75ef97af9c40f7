"""Secrets that a checkout makes for itself and keeps; production must bring its own."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def kept_secret(file: Path, make: Callable[[], str]) -> str:
    """Return the file's secret, made at first; several processes at once agree on one."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)  # mode 600 from its first moment
    with os.fdopen(handle, "w") as made:
        made.write(make() + "\n")
    try:
        os.link(name, file)  # fails when another process was faster: its secret counts
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
    return file.read_text().strip()


def new_secret_key() -> str:
    """Return a fresh key for signing."""
    return secrets.token_urlsafe(64)


def new_encryption_key() -> str:
    """Return a fresh Fernet key."""
    return Fernet.generate_key().decode()
