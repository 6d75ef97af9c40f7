"""The Django app `connections`: who we talk to, and how."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """The app's name and label."""

    name = "connections"
