"""Connections and pairs read without opening a secret: pages show them even where a key is gone."""

from django.db.models import QuerySet

from connections.models import Connection, Credential, Pair

SIDES = ("salesforce", "xero")


def connections() -> QuerySet[Connection]:
    """Return the connections with their sign-ins; a secret is read only when it is asked for."""
    secrets = [f"credential__{name}" for name in Credential.SECRETS]
    return Connection.objects.select_related("credential").defer(*secrets)


def pairs() -> QuerySet[Pair]:
    """Return the pairs with both connections and their sign-ins, likewise."""
    ways = [f"{side}__credential" for side in SIDES]
    secrets = [f"{way}__{name}" for way in ways for name in Credential.SECRETS]
    return Pair.objects.select_related(*ways).defer(*secrets)
