"""Steps that a person has put off, kept in the session: nothing else knows of it."""

from __future__ import annotations

from django.http import HttpRequest

from .first_steps_choice import Choice

KEY = "first_steps_later"
MAY_WAIT = ("fields", "check", "plans")
"""Without the others nothing comes after."""


def put_off(request: HttpRequest, choice: Choice) -> tuple[str, ...]:
    """Return the steps that this person has put off for the pair."""
    kept = request.session.get(KEY, {}).get(_whose(choice), [])
    return tuple(key for key in kept if key in MAY_WAIT)


def put_off_one(request: HttpRequest, choice: Choice, key: str) -> bool:
    """Keep that a step is put off; return whether it may be."""
    if key not in MAY_WAIT or choice.pair is None:
        return False
    kept = dict(request.session.get(KEY, {}))
    kept[_whose(choice)] = sorted({*put_off(request, choice), key})
    request.session[KEY] = kept
    return True


def _whose(choice: Choice) -> str:
    return str(choice.pair.pk) if choice.pair else ""
