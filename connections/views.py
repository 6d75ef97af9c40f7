"""Pages that connect: settings of the app, the way back from consent, choosing organisations."""

from collections.abc import Mapping

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from connections import connecting, consent, returning, way_back
from connections.forms import AppForm
from connections.models import Connection, Credential, Grant
from connections.permissions import keep_in_history, may
from sync.core.errors import SyncError
from sync.core.records import System

LIST = "admin:connections_connection_changelist"
ONE = "admin:connections_connection_change"


@may("add")
def connect_new(request: HttpRequest, system: str) -> HttpResponse:
    """Ask for the app's settings; then sign in by them, or lead to the consent page."""
    form = AppForm(System(system), request.POST or None)
    answer = _go(request, form) if request.method == "POST" and form.is_valid() else None
    return answer or _form_page(request, form)


@may("change")
def reconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in again for a known connection: it keeps everything but its credential."""
    connection = get_object_or_404(Connection.objects.select_related("credential"), pk=pk)
    form = AppForm(System(connection.system), request.POST or None, former=connection)
    answer = _go(request, form) if request.method == "POST" and form.is_valid() else None
    return answer or _form_page(request, form)


@may("change")
def come_back(request: HttpRequest, system: str) -> HttpResponse:
    """Take the code that a consent page sent; whatever fails changes nothing."""
    try:
        leaving = consent.come_back(request, system)
    except SyncError as error:
        messages.error(request, str(error))
        return redirect(LIST)
    try:
        outcome = returning.take_back(leaving, request.GET)
    except SyncError as error:
        return _not_connected(request, leaving, str(error))
    if outcome.event is not None:
        request.session[f"choose:{outcome.credential}"] = outcome.event
        page = reverse("connections:choose", args=[outcome.credential])
        return redirect(f"{page}?{leaving.back}" if leaving.back else page)
    return _connected(request, Connection.objects.get(pk=outcome.connection), leaving.back)


@may("add")
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the organisations that a Xero sign-in reaches; connect those that are ticked."""
    credential = get_object_or_404(Credential, pk=pk, system=System.XERO)
    back = way_back.kept(request)
    try:
        rows = returning.choices(credential, request.session.get(f"choose:{pk}", ""))
    except SyncError as error:
        messages.error(request, str(error))
        return way_back.onward(back, LIST)
    if request.method == "POST":
        ticked = request.POST.getlist("tenant")
        free = [row for row in rows if not row.connected_as and row.tenant.tenant_id in ticked]
        made = [one for row in free if (one := _connect(request, credential, row))]
        if made or free:
            chosen = {"xero": made[0].pk} if len(made) == 1 else {}
            return way_back.onward(back, LIST, **chosen)
        messages.error(request, "Tick the organisation that shall be connected.")
    context = {"title": "Which organisations?", "rows": rows}
    return _page(request, "choose", context)


def _go(request: HttpRequest, form: AppForm) -> HttpResponse | None:
    """Return where the person goes next, or None when the form has a new error to show."""
    connection = form.former.pk if form.former else 0
    credential = form.credential()
    name = form.cleaned_data["name"]
    try:
        if credential.grant != Grant.AUTHORIZATION_CODE:
            made = connecting.connect_app(name, credential)
            return _connected(request, made, way_back.kept(request))
        if not connection and name:
            connecting.check_free(name)
        credential.save()
        return HttpResponseRedirect(consent.leave(request, credential, name, connection))
    except SyncError as error:
        form.add_error(None, str(error))
        return None


def _connect(
    request: HttpRequest, credential: Credential, row: returning.Choice
) -> Connection | None:
    name = request.POST.get(f"name:{row.tenant.tenant_id}", "").strip() or row.name
    try:
        connecting.check_free(name)
        made = connecting.connect_tenant(name, credential, row.tenant)
    except SyncError as error:
        messages.error(request, f"{row.tenant.name}: {error}")
        return None
    _say_connected(request, made)
    return made


def _connected(request: HttpRequest, made: Connection, back: str) -> HttpResponse:
    _say_connected(request, made)
    return way_back.onward(back, ONE, made.pk, **{made.system: made.pk})


def _say_connected(request: HttpRequest, made: Connection) -> None:
    own_name = made.name == made.organisation_name
    said = f"{made.name} is connected{'' if own_name else f' to {made.organisation_name}'}."
    messages.success(request, said)
    keep_in_history(request, made, said)


def _not_connected(request: HttpRequest, leaving: consent.Leaving, words: str) -> HttpResponse:
    """Say why where the person came from; nothing has changed."""
    if leaving.back:
        way_back.keep_trouble(request, leaving.system, leaving.connection, words)
    else:
        messages.error(request, words)
    return way_back.onward(leaving.back, LIST)


def _form_page(request: HttpRequest, form: AppForm) -> HttpResponse:
    label = form.system.label
    former = form.former
    context = {
        "title": f"Connect {former.name} again" if former else f"Connect {label}",
        "form": form,
        "system": form.system.value,
        "label": label,
        "return_address": consent.return_address(request, form.system.value),
        "refused_by_xero": form.system is System.XERO and request.get_host().startswith("127."),
    }
    return _page(request, "connect", context)


def _page(request: HttpRequest, name: str, context: Mapping[str, object]) -> HttpResponse:
    back = way_back.kept(request)
    go_back = way_back.address(back) if back else reverse(LIST)
    everything = {**admin.site.each_context(request), "go_back": go_back, **context}
    return TemplateResponse(request, f"admin/connections/{name}.html", everything)
