"""What follows when a person comes back from a consent page with a code."""

from collections.abc import Mapping
from dataclasses import dataclass

from connections import connecting, sign_in
from connections.consent import NOT_OURS, Leaving
from connections.models import Connection, Credential
from connections.salesforce import sign_in as salesforce
from connections.tokens import Tokens
from connections.xero import sign_in as xero
from connections.xero.sign_in import Tenant
from sync.core.errors import NeedsPerson
from sync.core.records import System


@dataclass(frozen=True)
class Outcome:
    """A connection that stands, or (with `event`) a Xero sign-in to choose organisations from."""

    credential: int
    connection: int = 0
    event: str | None = None


@dataclass(frozen=True)
class Choice:
    """An organisation that a sign-in reaches; `connected_as` names the connection it has."""

    tenant: Tenant
    name: str
    connected_as: str = ""


def take_back(leaving: Leaving, query: Mapping[str, str]) -> Outcome:
    """Change the code into tokens and connect; raises the design's errors, changing nothing.

    The row that was saved on leaving is used up either way.
    """
    begun = Credential.objects.filter(pk=leaving.credential, connections=None).first()
    if begun is None:
        raise NeedsPerson(NOT_OURS, cause="sign_in:state")
    outcome = None
    try:
        code = _code(leaving, query)
        outcome = _taken(leaving, begun, code)
        return outcome
    finally:
        if outcome is None or outcome.credential != begun.pk:
            connecting.forget_unused(begun.pk)


def choices(credential: Credential, event: str) -> list[Choice]:
    """Return the organisations that the sign-in reaches, of one consent where it is known."""
    token = sign_in.access_token(Connection(system=System.XERO, credential=credential))
    rows = xero.tenants(credential, token, event) or xero.tenants(credential, token)
    known = dict(
        Connection.objects.filter(system=System.XERO, disconnected_at=None).values_list(
            "organisation_id", "name"
        )
    )
    return [Choice(row, _free_name(row.name), known.get(row.tenant_id, "")) for row in rows]


def _code(leaving: Leaving, query: Mapping[str, str]) -> str:
    label = System(leaving.system).label
    if query.get("error") == "access_denied":
        raise NeedsPerson(
            f"Consent was not given at {label}. Nothing changed.", cause="sign_in:denied"
        )
    if "error" in query or not query.get("code"):
        said = query.get("error_description") or query.get("error") or "no code"
        raise NeedsPerson(f"{label} did not sign in: {said[:200]}", cause="sign_in:refused")
    return query["code"]


def _taken(leaving: Leaving, begun: Credential, code: str) -> Outcome:
    way = {"redirect_uri": leaving.redirect_uri, "verifier": leaving.verifier}
    if leaving.system == System.SALESFORCE:
        return _salesforce(leaving, begun, salesforce.exchange(begun, code, **way))
    return _xero(leaving, begun, xero.exchange(begun, code, **way))


def _salesforce(leaving: Leaving, begun: Credential, tokens: Tokens) -> Outcome:
    if leaving.connection:
        connection = Connection.objects.get(pk=leaving.connection)
        connecting.check_same(connection, tokens.organisation_id)
    made = connecting.connect_salesforce(leaving.name, begun, tokens)
    return Outcome(begun.pk, made.pk)


def _xero(leaving: Leaving, begun: Credential, tokens: Tokens) -> Outcome:
    reached = xero.tenants(begun, tokens.access_token, tokens.event)
    if not leaving.connection:
        row = connecting.keep_family(begun, tokens)
        return Outcome(row.pk, event=tokens.event)
    connection = Connection.objects.get(pk=leaving.connection)
    # A consent that names no organisation anew leaves those that were consented to before.
    reached = reached or xero.tenants(begun, tokens.access_token)
    tenant = next((each for each in reached if each.tenant_id == connection.organisation_id), None)
    if tenant is None:
        raise NeedsPerson(connecting.OTHER_CHOSEN, cause="sign_in:other_organisation")
    made = connecting.connect_tenant(connection.name, connecting.keep_family(begun, tokens), tenant)
    return Outcome(made.credential_id, made.pk)


def _free_name(wanted: str) -> str:
    """Return a name for a connection that no other has."""
    taken = set(
        Connection.objects.filter(name__startswith=wanted[:90]).values_list("name", flat=True)
    )
    numbers = (f"{wanted[:90]} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted[:100], *numbers) if name not in taken)
