"""Says whether Counterpart is well, to machines that watch it: no names, no secrets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sync.bell import tick_lateness
from sync.engine import announcing_silence
from sync.models.heartbeats import newest_beat

LATEST_TICK = timedelta(minutes=5)


class HealthPages:
    """Middleware that answers the two pages before anything else does.

    Whoever watches asks by address, without TLS and under a host name that is not ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.pages = {"/healthz": whole, "/healthz/web": web}
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the health, or what the others answer."""
        return self.pages.get(request.path, self.get_response)(request)


@never_cache
@require_safe
def whole(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, worker and schedule are well, else 503 and what is not."""
    return _answer(_database() or _worker() | _schedule())


@never_cache
@require_safe
def web(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when this web process reaches its database: for a load balancer."""
    return _answer(_database())


def _answer(faults: dict[str, Any]) -> JsonResponse:
    state = {"status": "unwell" if faults else "well", "faults": faults}
    return JsonResponse(state, status=503 if faults else 200)


def _database() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, RuntimeError, OSError):  # its text may name hosts and users
        return {"database": "cannot be reached"}
    return {}


def _worker() -> dict[str, str]:
    try:
        seen = newest_beat()
    except DatabaseError:
        return {"database": "is not migrated: run `manage.py migrate`"}
    if seen is None:
        return {"worker": "has never run: start `manage.py worker`"}
    silent = (timezone.now() - seen).total_seconds()
    if silent > settings.WORKER_SILENCE_SECONDS:
        announcing_silence.look_from_web()  # nobody else can tell of it
        return {"worker": f"was last heard {silent:.0f} seconds ago"}
    return {}


def _schedule() -> dict[str, str]:
    try:
        late = tick_lateness()
    except DatabaseError:
        return {}  # said by _worker already
    if late is None:
        return {"schedule": "has no tick: run `manage.py migrate`"}
    return {"schedule": f"is {late.total_seconds():.0f} seconds late"} if late > LATEST_TICK else {}
