"""The way to a system's consent page and back, bound to the browser session that began it."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connections import way_back
from connections.models import Credential
from connections.oauth import new_verifier
from connections.salesforce import sign_in as salesforce
from connections.xero import sign_in as xero
from sync.core.errors import NeedsPerson
from sync.core.records import System

KEY = "sign_ins"
LONGEST = timedelta(minutes=15)
OPEN_AT_ONCE = 5
NOT_OURS = (
    "This way back was not begun in this browser, was used already or took too long. "
    "Nothing changed; begin again here."
)


@dataclass(frozen=True)
class Leaving:
    """One way that was begun. `connection` is the one to be connected again, or 0.

    `back` is the page that the person came from (see way_back), where it is to be gone back to.
    """

    system: str
    credential: int
    connection: int
    name: str
    verifier: str
    redirect_uri: str
    user: int
    at: str
    back: str = ""


def leave(request: HttpRequest, credential: Credential, name: str, connection: int = 0) -> str:
    """Return the address of the consent page, and remember in the session that it was begun."""
    state = secrets.token_urlsafe(32)
    leaving = Leaving(
        system=credential.system,
        credential=credential.pk,
        connection=connection,
        name=name,
        verifier=new_verifier(),
        redirect_uri=return_address(request, credential.system),
        user=request.user.pk or 0,
        at=timezone.now().isoformat(),
        back=way_back.kept(request),
    )
    begun = list(request.session.get(KEY, {}).items())[-(OPEN_AT_ONCE - 1) :]
    request.session[KEY] = dict(begun) | {state: asdict(leaving)}
    page = salesforce.consent_page if credential.system == System.SALESFORCE else xero.consent_page
    return page(credential, leaving.redirect_uri, state, leaving.verifier)


def come_back(request: HttpRequest, system: str) -> Leaving:
    """Return what was begun under the state that came back; each state is good for one return.

    Raises NeedsPerson for a state that this session did not begin (RFC 6749 §10.12).
    """
    begun = request.session.get(KEY, {})
    kept = begun.pop(request.GET.get("state", ""), None)
    request.session[KEY] = begun
    leaving = Leaving(**kept) if kept else None
    if leaving is None or leaving.system != system or leaving.user != request.user.pk:
        raise NeedsPerson(NOT_OURS, cause="sign_in:state")
    if timezone.now() - datetime.fromisoformat(leaving.at) > LONGEST:
        raise NeedsPerson(NOT_OURS, cause="sign_in:state")
    return leaving


def return_address(request: HttpRequest, system: str) -> str:
    """Return the redirect address that the app must have been given."""
    return request.build_absolute_uri(reverse("connections:return", args=[system]))
