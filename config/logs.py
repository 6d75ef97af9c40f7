"""How Counterpart logs: one JSON object per line in production, without secrets or people."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, Processor, WrappedLogger

from config.redaction import redact

UNTOUCHED = {"timestamp", "level", "logger", "_record", "_from_structlog"}

log = structlog.get_logger(__name__)


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return the log line with every secret removed and personal data masked."""
    return {key: each if key in UNTOUCHED else redact(each, key) for key, each in event.items()}


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING for the same lines.

    What goes through Python's own logging (Django, django-q2, libraries) takes the same way as
    what goes through structlog.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *[each for each in before if not isinstance(each, structlog.stdlib.ExtraAdder)],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    return _settings(form, level, before)


def _settings(form: str, level: str, before: list[Processor]) -> dict[str, Any]:
    last: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # Both bring handlers of their own, which would print around the redaction.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "django-q": {"handlers": [], "propagate": True, "level": "WARNING"},
        },
    }


class RequestLog:
    """Middleware: one line for each request, under a correlation id that its answer carries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer, with its correlation id in the header X-Request-Id."""
        correlation = uuid.uuid4().hex
        started = time.monotonic()
        with structlog.contextvars.bound_contextvars(correlation=correlation):
            response = self.get_response(request)
            log.info(
                "request",
                method=request.method,
                path=request.path,  # never the query: it may hold a sign-in code
                status=response.status_code,
                milliseconds=round((time.monotonic() - started) * 1000),
            )
        response["X-Request-Id"] = correlation
        return response
