"""The way back to the first steps for whoever came from there to connect, with their choices."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from .numbers import number_in

PLACE = "first-steps"
NEW = "new"
CHOICES = ("pair", "salesforce", "xero")
"""What the first steps are shown for: the ids of rows, or `new` for a pair that is still none."""
TROUBLE = "first_steps_trouble"
"""Where the session keeps why connecting failed, until the first steps have told it."""


def kept(request: HttpRequest) -> str:
    """Return what is to be kept of the way back, as part of an address; else empty.

    Only choices that are known are kept, so that no address of another's making is gone to.
    """
    if request.GET.get("from") != PLACE:
        return ""
    chosen = {name: request.GET.get(name, "") for name in CHOICES}
    known = {name: value for name, value in chosen.items() if _is_choice(value)}
    return urlencode({"from": PLACE, **known})


def address(back: str, **chosen: object) -> str:
    """Return the address of the first steps with the kept choices, and these in their place."""
    said = QueryDict(back)
    choices = {name: said[name] for name in CHOICES if name in said}
    if choices.get("pair", NEW) == NEW:  # a pair's own connections are known
        choices |= {name: str(value) for name, value in chosen.items()}
    query = urlencode(choices)
    return reverse("first_steps") + (f"?{query}" if query else "")


def onward(back: str, otherwise: str, *args: object, **chosen: object) -> HttpResponse:
    """Return the redirect to the first steps where a way back is kept, else to the page named."""
    return redirect(address(back, **chosen)) if back else redirect(otherwise, *args)


def keep_trouble(request: HttpRequest, system: str, connection: int, words: str) -> None:
    """Let the first steps say why the system was not connected; `connection` is 0 for a new one."""
    request.session[TROUBLE] = {"system": system, "connection": connection, "words": words}


def _is_choice(value: str) -> bool:
    return value == NEW or (len(value) < 10 and number_in(value) > 0)
