"""The settings of a test run: a database that may forget, quick passwords, no cache of files."""

import os

os.environ["DEMO"] = "no"  # a demo made in this checkout is none of the tests' business

from config.database import embedded_database
from config.settings import *  # noqa: F403
from config.settings import DATABASE_URL, VAR

if not DATABASE_URL:
    DATABASES = {"default": embedded_database(VAR / "postgres-test", durable=False)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# a name of its own for each run, so that two runs on one machine never share a database
DATABASES["default"]["TEST"] = {"NAME": f"test_counterpart_{os.getpid()}"}
