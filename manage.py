#!/usr/bin/env python
"""The command line of Counterpart: runs one management command."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError
from psycopg import errors

from config.embedded.programs import ServerFailed


def main() -> None:
    """Run the command; a database that cannot be reached is told in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ServerFailed as error:
        sys.exit(str(error))
    except BrokenPipeError:  # whoever read the output has closed it: `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ProgrammingError as error:
        if not isinstance(error.__cause__, errors.UndefinedTable | errors.UndefinedColumn):
            raise
        sys.exit("The database is not set up for this version: run `manage.py migrate` first.")
    except OperationalError as error:
        if "connection" not in str(error):
            raise
        sys.exit(f"The database cannot be reached; check DATABASE_URL. It said: {error}")


if __name__ == "__main__":
    main()
