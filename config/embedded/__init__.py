"""A database backend that is Django's PostgreSQL plus a server that starts by itself."""
