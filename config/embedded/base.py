"""Django's PostgreSQL backend, whose server is started at the first connection."""

from typing import Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL

from config.embedded.cluster import Cluster, hold, stop


class DatabaseWrapper(PostgreSQL):
    """A connection to the embedded server; Django finds it by this name."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return an open connection, after making sure that the server and database exist."""
        cluster: Cluster = self.settings_dict["CLUSTER"]
        hold(cluster)
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            missing = f'database "{self.settings_dict["NAME"]}" does not exist'
            if missing not in str(error) or self.settings_dict["NAME"] != "counterpart":
                raise
        _create_database(conn_params)
        return super().get_new_connection(conn_params)

    def stop_server(self) -> None:
        """Stop the embedded server, whoever uses it."""
        self.close()
        stop(self.settings_dict["CLUSTER"])


def _create_database(conn_params: dict[str, Any]) -> None:
    where = {key: conn_params[key] for key in ("host", "port", "user") if key in conn_params}
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as connection:
        try:
            connection.execute("CREATE DATABASE counterpart")
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process was faster
