"""What the buttons of the first steps do: each is a POST that calls one function and comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from connections import installing
from connections.models import Pair
from connections.permissions import keep_in_history
from sync.core.errors import SyncError
from sync.core.records import System
from sync.engine import setting_up
from sync.engine.setting_up import Begins, FirstDay

from . import first_steps
from . import first_steps_later as later
from .first_steps_choice import Choice, choice_of
from .first_steps_page import MAY
from .first_steps_pairing import PairForm

NO_PAIR = "Make the two a pair first."
NO_TEMPLATE = "Choose at least one template."
NO_DAY = "“{}” is no day. Write it as 2026-11-26."
TWICE = "Somebody has just made a pair of these two: here it is."


@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Carry out one act for those who may, and come back to the page."""
    if name not in ACTS:
        raise Http404
    permission, run = ACTS[name]
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return run(request, choice_of(request.POST))


def _pair(request: HttpRequest, choice: Choice) -> HttpResponse:
    """Make two connections a pair; what is refused is told beside the form."""
    form = PairForm(choice, request.POST)
    if choice.pair is not None:
        return _back(choice)
    existing = _same(form)
    if existing is not None:  # pressed twice, or by two people
        messages.info(request, TWICE)
        return _back(Choice(existing))
    if not form.is_valid():
        return first_steps.show(request, choice, form)
    try:
        with transaction.atomic():
            made: Pair = form.save()
    except IntegrityError:
        messages.info(request, TWICE)
        return _back(choice)
    _keep(request, made, "Made on the first steps.", ADDITION)
    messages.success(request, f"“{made.name}” is a pair. Nothing is read or written by that alone.")
    return _back(Choice(made))


def _same(form: PairForm) -> Pair | None:
    values = {name: str(form.data.get(name, "")) for name in ("salesforce", "xero")}
    if not all(value.isdecimal() and len(value) < 10 for value in values.values()):
        return None
    ids = {f"{name}_id": int(value) for name, value in values.items()}
    return Pair.objects.filter(**ids).first()


def _install(request: HttpRequest, choice: Choice) -> HttpResponse:
    """Begin to install Counterpart's fields; the page and the worker carry it on."""
    org = choice.connection(System.SALESFORCE)
    if org is None:
        return _back(choice)
    try:
        row = installing.begin(org, person=_person(request))
        installing.advance(row.pk)
    except SyncError as error:
        messages.error(request, str(error))
    else:
        keep_in_history(request, org, f"{row} of the Salesforce package was begun.")
    return _back(choice)


def _check(request: HttpRequest, choice: Choice) -> HttpResponse:
    """Ask both systems now: whoever presses the button has mended something."""
    if choice.pair is None:
        messages.error(request, NO_PAIR)
    else:
        setting_up.checked(choice.pair, max_age=timedelta(0))
    return _back(choice)


def _start(request: HttpRequest, choice: Choice) -> HttpResponse:
    """Start the chosen templates in shadow."""
    flows = [flow for flow in request.POST.getlist("flow") if flow in setting_up.TEMPLATES]
    first_day: FirstDay = None
    typed = request.POST.get("first_day", "").strip()
    if request.POST.get("begins") == "every":
        first_day = Begins.EVERY_RECORD
    elif typed:
        try:
            first_day = date.fromisoformat(typed)
        except ValueError:
            messages.error(request, NO_DAY.format(typed[:40]))
            return _back(choice, "start")
    if choice.pair is None or not flows:
        messages.error(request, NO_TEMPLATE if choice.pair else NO_PAIR)
        return _back(choice, "start" if choice.pair else "")
    outcomes = setting_up.start_in_shadow(choice.pair, flows, first_day, _by(request))
    for one in outcomes:
        if not one.done:
            messages.error(request, one.words)
    started = [f"“{setting_up.title_of(one.flow)}”" for one in outcomes if one.done]
    if started:
        said = f"In shadow: {', '.join(started)}. Nothing is written."
        messages.success(request, said)
        _keep(request, choice.pair, said, CHANGE)
    return _back(choice, "" if all(one.done for one in outcomes) else "start")


def _later(request: HttpRequest, choice: Choice) -> HttpResponse:
    """Put a step off, and go on with the next."""
    if not later.put_off_one(request, choice, request.POST.get("step", "")):
        messages.error(request, "This step cannot wait: the next ones need it.")
    return _back(choice)


def _keep(request: HttpRequest, pair: Pair, words: str, flag: int) -> None:
    """Note in the admin's history of the pair what this person did."""
    LogEntry.objects.log_actions(
        str(request.user.pk), [pair], flag, change_message=words, single_object=True
    )


def _back(choice: Choice, step: str = "") -> HttpResponse:
    return HttpResponseRedirect(choice.address + (f"&step={step}" if step else ""))


def _by(request: HttpRequest) -> str:
    return request.user.get_username()


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


Act = tuple[str, Callable[[HttpRequest, Choice], HttpResponse]]
ACTS: Mapping[str, Act] = {
    "pair": (MAY["pair"], _pair),
    "install": (MAY["fields"], _install),
    "check": (MAY["check"], _check),
    "shadow": (MAY["start"], _start),
    "later": (first_steps.SEE, _later),
}
