"""The one database: the PostgreSQL that DATABASE_URL names, or the embedded one."""

from pathlib import Path
from typing import Any

import environ

from config.embedded.cluster import PORT, Cluster

LIFE = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def named_database(url: str) -> dict[str, Any]:
    """Return Django's settings for the PostgreSQL that the address names."""
    parts: dict[str, Any] = environ.Env.db_url_config(url)
    return parts | {"ENGINE": "django.db.backends.postgresql"} | LIFE


def embedded_database(directory: Path, *, durable: bool = True) -> dict[str, Any]:
    """Return Django's settings for the embedded PostgreSQL whose files are in `directory`.

    A server that is not durable is faster and may lose its data when the machine loses power.
    """
    cluster = Cluster(directory, durable)
    return {
        "ENGINE": "config.embedded",
        "NAME": "counterpart",
        "USER": "postgres",
        "HOST": str(cluster.socket),
        "PORT": str(PORT),
        "CLUSTER": cluster,
    } | LIFE
