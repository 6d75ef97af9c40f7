"""The Django app `mappings`: which field goes where."""

from django.apps import AppConfig


class MappingsConfig(AppConfig):
    """The app's name and label."""

    name = "mappings"
