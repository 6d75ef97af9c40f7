"""The embedded PostgreSQL comes up by itself."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_embedded_server_is_postgresql_18_in_utc():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        cursor.execute("SHOW timezone")
        assert (version // 10000, cursor.fetchone()[0]) == (18, "UTC")
