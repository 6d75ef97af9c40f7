"""Gives valid access tokens: one refresher at a time, and new tokens are saved before use."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import structlog
from django.db import OperationalError, transaction
from django.db import connection as database
from django.db.models import Q
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from connections.models import Connection, Credential, Grant
from connections.salesforce import sign_in as salesforce
from connections.tokens import Tokens, soon
from connections.xero import sign_in as xero
from sync.core.errors import ConnectionBroken, SyncError, TryAgain
from sync.core.records import System

log = structlog.get_logger(__name__)

EARLY = timedelta(minutes=2)  # a token this near its end may end on its way
KEEP_ALIVE_AFTER = timedelta(hours=20)  # a daily task; Salesforce may end idle ones in 30 days
REFUSED_AGAIN = timedelta(minutes=1)
LOCK_WAIT = "45s"  # longer than one sign-in's time limits

STATE_FIELDS = ["broken_since", "broken_reason", "failing_since", "failing_reason"]
TOKEN_FIELDS = [
    "access_token",
    "refresh_token",
    "expires_at",
    "refreshed_at",
    "remote_user",
    "scopes",
    *STATE_FIELDS,
]


class Door(Protocol):
    """How a system renews a credential's tokens; raises the design's errors."""

    def renew(self, credential: Credential, /) -> Tokens:
        """Return fresh tokens by the credential's own grant."""


DOORS: dict[str, Door] = {System.SALESFORCE: salesforce, System.XERO: xero}


def access_token(connection: Connection) -> str:
    """Return a token that is valid now; refreshes by itself when it has ended or is about to.

    Raises ConnectionBroken when an administrator must act, TryAgain when the remote cannot answer.
    Must not be called inside a transaction: a new token is committed before it is returned.
    """
    credential = Credential.objects.get(pk=connection.credential_id)
    raise_if_ended(connection, credential)
    if _is_fresh(credential):
        return credential.access_token
    return _renewed(credential.pk, lambda row: _still_in(row) and _is_fresh(row))


def refused(connection: Connection, token: str) -> str:
    """Return another token after the remote refused `token` (401).

    Refreshes once, unless somebody did so meanwhile. When the token that came of it is refused
    too, age is not the reason: then TryAgain, without another refresh. Raises as `access_token`.
    """
    credential = Credential.objects.get(pk=connection.credential_id)
    raise_if_ended(connection, credential)

    def good(row: Credential) -> bool:
        if row.access_token not in {"", token}:
            return _still_in(row)
        if row.refused_at and row.refused_at > timezone.now() - REFUSED_AGAIN:
            raise TryAgain(
                f"{System(row.system).label} refuses a sign-in that it has just given.",
                after=soon(),
                whole_connection=True,
            )
        row.refused_at = timezone.now()
        row.save(update_fields=["refused_at"])
        return False

    return _renewed(credential.pk, good)


def raise_if_ended(connection: Connection, credential: Credential) -> None:
    """Raise ConnectionBroken where asking the remote again could not help."""
    if connection.disconnected_at is not None:
        raise ConnectionBroken(f"{connection.name} is disconnected: connect it again.")
    if credential.is_broken:
        raise ConnectionBroken(f"{connection.name}: {credential.broken_reason}")


def sign_in_again(credential: Credential) -> None:
    """Refresh at once, even a sign-in that is held for broken; raises as `access_token`."""
    _renewed(credential.pk, lambda _row: False)


def keep_alive() -> int:
    """Refresh what has long not been refreshed, paused or not; returns how many were.

    For a daily task. What fails is noted on its row and shown; it does not stop the others.
    """
    idle = Credential.objects.filter(
        Q(refreshed_at__lt=timezone.now() - KEEP_ALIVE_AFTER) | Q(refreshed_at=None),
        grant=Grant.AUTHORIZATION_CODE,
        broken_since=None,
        connections__disconnected_at=None,
    ).exclude(connections=None)
    kept = 0
    for pk in idle.values_list("pk", flat=True).distinct():
        try:
            _renewed(pk, lambda row: not _is_idle(row))
        except SyncError as error:
            log.warning("keep_alive_failed", credential=pk, reason=str(error))
        else:
            kept += 1
    return kept


def store(credential: Credential, tokens: Tokens) -> None:
    """Put new tokens on the row, which the caller has locked; a missing refresh token stays."""
    credential.access_token = tokens.access_token
    credential.refresh_token = tokens.refresh_token or credential.refresh_token
    credential.expires_at = tokens.expires_at
    credential.refreshed_at = timezone.now()
    credential.remote_user = tokens.user or credential.remote_user
    credential.scopes = tokens.scopes or credential.scopes
    credential.broken_since = credential.failing_since = None
    credential.broken_reason = credential.failing_reason = ""
    credential.save(update_fields=TOKEN_FIELDS)


def locked(pk: int) -> Credential:
    """Return the row under a lock that the transaction holds; raises TryAgain after 45 seconds."""
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
    try:
        return Credential.objects.select_for_update().get(pk=pk)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise TryAgain("Another worker is still signing in.", after=soon()) from error


def _renewed(pk: int, good: Callable[[Credential], bool]) -> str:
    """Refresh under the row's lock, unless the row is `good` once the lock is held."""
    failure: SyncError | None = None
    with transaction.atomic(durable=True):  # what is returned has been committed
        row = locked(pk)
        if good(row):
            return row.access_token
        try:
            tokens = DOORS[row.system].renew(row)
            _check_organisation(row, tokens)
        except ConnectionBroken as error:
            failure = error
            _note_broken(row, error)
        except SyncError as error:
            failure = error
            _note_failing(row, error)
        else:
            store(row, tokens)
            _follow_host(row, tokens)
    if failure is not None:
        raise failure
    return row.access_token


def same_organisation(one: str, other: str) -> bool:
    """Whether two ids name one organisation: of a Salesforce id's 18 characters 15 count."""
    shorten = {18, 15} >= {len(one), len(other)}
    return one[:15] == other[:15] if shorten else one == other


def _check_organisation(row: Credential, tokens: Tokens) -> None:
    """Raise ConnectionBroken when another org answers, as a refreshed Salesforce sandbox does."""
    for known in row.connections.exclude(organisation_id=""):
        if tokens.organisation_id and not same_organisation(
            known.organisation_id, tokens.organisation_id
        ):
            raise ConnectionBroken(
                f"Another organisation answers under the address of {known.name}. "
                "Nothing is read or written there; connect it under a new name."
            )


def _follow_host(row: Credential, tokens: Tokens) -> None:
    if tokens.host:
        row.connections.exclude(host=tokens.host).update(host=tokens.host)


def _note_broken(row: Credential, error: SyncError) -> None:
    row.broken_since = row.broken_since or timezone.now()
    row.broken_reason = str(error)
    row.save(update_fields=STATE_FIELDS)
    log.error("sign_in_ended", credential=row.pk, reason=str(error))


def _note_failing(row: Credential, error: SyncError) -> None:
    row.failing_since = row.failing_since or timezone.now()
    row.failing_reason = str(error)
    row.save(update_fields=STATE_FIELDS)


def _still_in(row: Credential) -> bool:
    """Return True, or raise ConnectionBroken: a worker before us found that the sign-in ended."""
    if row.is_broken:
        raise ConnectionBroken(row.broken_reason)
    return True


def _is_fresh(row: Credential) -> bool:
    if not row.access_token:
        return False
    return row.expires_at is None or row.expires_at > timezone.now() + EARLY


def _is_idle(row: Credential) -> bool:
    return row.refreshed_at is None or row.refreshed_at < timezone.now() - KEEP_ALIVE_AFTER
