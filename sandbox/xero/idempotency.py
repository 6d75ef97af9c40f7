"""Idempotency-Key: the same call within six minutes gets the same answer, and is done once."""

import hashlib
from datetime import timedelta

from werkzeug.wrappers import Request, Response

from sandbox.world import World
from sandbox.xero.books import SYSTEM
from sandbox.xero.errors import HttpError
from sandbox.xero.stamps import instant, stamp

LIFE = timedelta(minutes=6)
LONGEST_KEY = 128
METHODS = ("POST", "PUT", "PATCH")
_KIND = "IdempotencyKey"


def key_of(request: Request) -> str | None:
    """The call's key, if it carries one that counts. Raises the 400 for one that is too long."""
    key = request.headers.get("Idempotency-Key")
    if not key or request.method not in METHODS:
        return None
    if len(key) > LONGEST_KEY:
        raise _refused(f"Idempotency Key must be {LONGEST_KEY} characters or fewer.")
    return key


def _refused(message: str) -> HttpError:
    wrong = {"ErrorNumber": 10, "Type": "ValidationException", "Message": message}
    return HttpError(400, wrong)


def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(request.get_data())
    for part in (request.method, request.full_path, request.headers.get("xero-tenant-id", "")):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


def replay(world: World, client_id: str, key: str, request: Request) -> Response | None:
    """The first answer to this very call, if the key is still kept.

    Raises the 400 where the key was used for another call.
    """
    kept = world.table(SYSTEM, _KIND).get(f"{client_id}:{key}")
    if not kept or instant(kept["made"]) + LIFE <= world.clock.now():
        return None
    if kept["fingerprint"] != _fingerprint(request):
        raise _refused(f"Idempotency Key: {key} is used with a different request.")
    return Response(kept["body"], kept["status"], content_type=kept["content_type"])


def keep(world: World, client_id: str, key: str, request: Request, answer: Response) -> None:
    """Keep the answer, and let go of those whose time is over."""
    table, now = world.table(SYSTEM, _KIND), world.clock.now()
    for name in list(table):
        if instant(table[name]["made"]) + LIFE > now:
            break  # kept in the order of their making
        del table[name]
    table[f"{client_id}:{key}"] = {
        "made": stamp(now),
        "fingerprint": _fingerprint(request),
        "status": answer.status_code,
        "body": answer.get_data(as_text=True),
        "content_type": answer.content_type,
    }
