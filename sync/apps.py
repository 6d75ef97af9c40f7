"""The Django app `sync`: keeping the two systems in step."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """The app's name and label."""

    name = "sync"
