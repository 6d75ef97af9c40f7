"""A believable company for an empty sandbox."""

from datetime import timedelta

AGE = timedelta(days=60)  # how long ago the company began to use both systems
SIZES = ("small", "large", "books")
