"""The number of examples of this folder's properties."""

from tests import profiles

profiles.load()
