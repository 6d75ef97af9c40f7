"""Pages that connect: settings of the app, the way back from consent, choosing organisations."""

from collections.abc import Mapping

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from connections import connecting, consent, returning
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
        outcome = returning.take_back(leaving, request.GET)
    except SyncError as error:
        messages.error(request, str(error))
        return redirect(LIST)
    if outcome.event is not None:
        request.session[f"choose:{outcome.credential}"] = outcome.event
        return redirect("connections:choose", outcome.credential)
    return _connected(request, Connection.objects.get(pk=outcome.connection))


@may("add")
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the organisations that a Xero sign-in reaches; connect those that are ticked."""
    credential = get_object_or_404(Credential, pk=pk, system=System.XERO)
    try:
        rows = returning.choices(credential, request.session.get(f"choose:{pk}", ""))
    except SyncError as error:
        messages.error(request, str(error))
        return redirect(LIST)
    if request.method == "POST":
        for row in rows:
            if row.connected_as == "" and row.tenant.tenant_id in request.POST.getlist("tenant"):
                _connect(request, credential, row)
        return redirect(LIST)
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
            return _connected(request, made)
        if not connection and name:
            connecting.check_free(name)
        credential.save()
        return HttpResponseRedirect(consent.leave(request, credential, name, connection))
    except SyncError as error:
        form.add_error(None, str(error))
        return None


def _connect(request: HttpRequest, credential: Credential, row: returning.Choice) -> None:
    name = request.POST.get(f"name:{row.tenant.tenant_id}", "").strip() or row.name
    try:
        connecting.check_free(name)
        made = connecting.connect_tenant(name, credential, row.tenant)
    except SyncError as error:
        messages.error(request, f"{row.tenant.name}: {error}")
    else:
        _connected(request, made)


def _connected(request: HttpRequest, made: Connection) -> HttpResponse:
    said = f"{made.name} is connected to {made.organisation_name}."
    messages.success(request, said)
    keep_in_history(request, made, said)
    return redirect(ONE, made.pk)


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
    everything = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/connections/{name}.html", everything)
