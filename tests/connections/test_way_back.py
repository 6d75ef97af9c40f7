"""Who came from the first steps to connect comes back to them, with their choices, in any case."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings
from requests import get, post

from connections import way_back
from connections.models import Connection
from sandbox.server import Box, running
from sandbox.xero.defaults import set_up_organisation
from tests.connections.conftest import make_connection

BACK = "from=first-steps&pair=new"


@pytest.fixture
def person(admin_user: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(admin_user)
    return client


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    with running() as box:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB")
        set_up_organisation(box.world, "Fernhill Surveys Pty Ltd", "AU")
        yield box


def consent(address: str, *organisations: str) -> str:
    """Decide at the sandbox's consent page as a browser does; return where that leads back to."""
    page = get(address, timeout=10).text
    names = {name: page.split(name)[0].rsplit('value="', 1)[1][:36] for name in organisations}
    form = {"decision": "allow", "tenant": list(names.values())}
    answer = post(address, data=form, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    "address",
    [
        "from=elsewhere&pair=3", "pair=3", "from=first-steps&pair=//evil.example",
        "from=first-steps&pair=3&next=https://evil.example", "from=first-steps&pair=%0d%0aX:y",
        "from=first-steps&pair=٣", "from=first-steps&salesforce=99999999999",
    ],
)  # fmt: skip
def test_nothing_but_known_choices_is_kept(address: str) -> None:
    kept = way_back.kept(RequestFactory().get(f"/connections/new/xero/?{address}"))
    assert kept in ("", "from=first-steps", "from=first-steps&pair=3")
    assert "evil" not in way_back.address(kept)


def test_a_form_that_is_refused_keeps_the_way_back(person: Client, db: None) -> None:
    address = reverse("connections:new", args=["salesforce"]) + f"?{BACK}"
    page = person.post(address, {"grant": "client-credentials"}).content.decode()
    assert 'href="/admin/first-steps/?pair=new"' in page


def test_an_app_that_connects_leads_back_with_its_connection(
    person: Client, box: Box, db: None
) -> None:
    form = {
        "name": "Books", "grant": "client-credentials", "client_id": "sandbox-xero",
        "client_secret": "sandbox-xero-secret",
    }  # fmt: skip
    answer = person.post(reverse("connections:new", args=["xero"]) + f"?{BACK}", form)
    made = Connection.objects.get()
    assert answer["Location"] == f"/admin/first-steps/?pair=new&xero={made.pk}"


@pytest.mark.django_db(transaction=True)
def test_one_of_two_organisations_leads_back_with_it(person: Client, box: Box) -> None:
    address = reverse("connections:new", args=["xero"]) + f"?{BACK}&salesforce=7"
    form = {
        "grant": "authorization-code", "client_id": "sandbox-xero",
        "client_secret": "sandbox-xero-secret",
    }  # fmt: skip
    leaves = person.post(address, form)["Location"]
    choosing = person.get(consent(leaves, "Fernhill Surveys Ltd", "Fernhill Surveys Pty Ltd"))
    page = person.get(choosing["Location"])
    rows = page.context["rows"]
    assert len(rows) == 2
    none = person.post(choosing["Location"], {})
    assert "Tick the organisation" in none.content.decode()
    back = person.post(choosing["Location"], {"tenant": rows[1].tenant.tenant_id})["Location"]
    made = Connection.objects.get()
    assert parse_qs(urlsplit(back).query) == {
        "pair": ["new"], "salesforce": ["7"], "xero": [str(made.pk)],
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_another_organisation_is_told_once_on_the_first_steps(person: Client, box: Box) -> None:
    form = {
        "grant": "authorization-code", "client_id": "sandbox-xero",
        "client_secret": "sandbox-xero-secret",
    }  # fmt: skip
    leaves = person.post(reverse("connections:new", args=["xero"]), form)["Location"]
    choosing = person.get(consent(leaves, "Fernhill Surveys Ltd"))["Location"]
    tenant = person.get(choosing).context["rows"][0].tenant.tenant_id
    person.post(choosing, {"tenant": tenant})
    made = Connection.objects.get()
    again = reverse("connections:reconnect", args=[made.pk]) + "?from=first-steps&pair=new"
    leaves = person.post(again, {**form, "client_secret": ""})["Location"]
    back = person.get(consent(leaves, "Fernhill Surveys Pty Ltd"))["Location"]
    words = person.get(back).content.decode()
    assert back == "/admin/first-steps/?pair=new"
    assert "Xero did not let us in: you chose another organisation there." in words
    assert "Nothing was changed. Connect again and choose Fernhill Surveys Ltd." in words
    assert again.replace("&", "&amp;") in words
    assert Connection.objects.get().organisation_id == made.organisation_id


def test_consent_that_is_not_given_is_told_on_the_first_steps(
    person: Client, box: Box, db: None
) -> None:
    form = {
        "grant": "authorization-code", "client_id": "sandbox-xero",
        "client_secret": "sandbox-xero-secret",
    }  # fmt: skip
    leaves = person.post(reverse("connections:new", args=["xero"]) + f"?{BACK}", form)["Location"]
    state = parse_qs(urlsplit(leaves).query)["state"][0]
    answer = person.get(
        reverse("connections:return", args=["xero"]), {"state": state, "error": "access_denied"}
    )
    assert answer["Location"] == "/admin/first-steps/?pair=new"
    told = person.get(answer["Location"]).content.decode()
    assert "Xero is not connected." in told
    assert "Consent was not given at Xero. Nothing changed." in told
    assert "Xero is not connected." not in person.get(answer["Location"]).content.decode()


def test_the_page_of_the_package_leads_back(person: Client, db: None) -> None:
    org = make_connection(name="Sales", system="salesforce", host="http://127.0.0.1:1")
    address = reverse("connections:package", args=[org.pk])
    assert (
        'href="/admin/first-steps/?pair=3"'
        in person.get(f"{address}?from=first-steps&pair=3").content.decode()
    )
    answer = person.post(f"{address}?from=first-steps&pair=3", {"act": "check"})
    assert answer["Location"] == f"{address}?from=first-steps&pair=3"
    assert "/admin/first-steps/?pair=3" not in person.get(address).content.decode()
