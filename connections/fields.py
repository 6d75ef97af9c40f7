"""A text field that is encrypted in the database with settings.FIELD_ENCRYPTION_KEYS."""

from typing import TYPE_CHECKING, Any, NoReturn

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from sync.core.errors import ConnectionBroken

UNREADABLE = (
    "A stored secret cannot be read: the key that encrypted it is not among "
    "FIELD_ENCRYPTION_KEYS. Bring that key back, or connect again."
)


def keyring() -> MultiFernet:
    """Return the keys: the newest encrypts, each of them decrypts."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class EncryptedTextField(_Text):
    """Plain text for Python, Fernet's cipher text in the database; empty stays empty.

    Reading raises ConnectionBroken when no key fits. It cannot be searched: the same text is
    encrypted differently each time.
    """

    description = "Text, encrypted in the database"

    def get_prep_value(self, value: Any) -> str | None:
        """Return the cipher text to be stored."""
        if not value:
            return None if value is None else ""
        return keyring().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Return the plain text of what is stored."""
        if not value:
            return value
        try:
            return keyring().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ConnectionBroken(UNREADABLE) from error

    def get_lookup(self, lookup_name: str) -> NoReturn:
        """Raise FieldError: a comparison would never find anything."""
        raise FieldError(f"{self.name} is encrypted and cannot be searched for ({lookup_name}).")

    def value_to_string(self, obj: models.Model) -> str:
        """Return nothing: a dump of the database in plain text leaves secrets out."""
        return ""
