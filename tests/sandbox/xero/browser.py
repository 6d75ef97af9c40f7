"""A user with a browser, and the app that sent them to Xero's consent page."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from .conftest import BASIC, Xero

BACK = "http://localhost:8000/connections/xero/return"
SCOPES = "openid profile email offline_access accounting.invoices accounting.settings"


class Browser:
    """A user with a browser, and the app that sent them."""

    def __init__(self, xero: Xero) -> None:
        self.xero = xero

    def page(self, method: str = "GET", form: Any = None, **asked: str) -> requests.Response:
        query = {
            "response_type": "code",
            "client_id": BASIC[0],
            "redirect_uri": BACK,
            "scope": SCOPES,
            "state": "s-1",
            **asked,
        }
        url = f"{self.xero.url}/identity/connect/authorize"
        return requests.request(
            method, url, params=query, data=form, allow_redirects=False, timeout=10
        )

    def allow(self, *chosen: str, **asked: str) -> dict[str, str]:
        form = {"decision": "allow", "tenant": list(chosen or [self.xero.tenant])}
        answer = self.page("POST", form, **asked)
        assert answer.headers["Location"].startswith(BACK + "?")
        return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def token(self, auth: Any = BASIC, **form: str) -> requests.Response:
        return requests.post(f"{self.xero.url}/connect/token", data=form, auth=auth, timeout=10)

    def exchange(self, code: str, **more: str) -> requests.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **more}
        return self.token(**form)

    def refresh(self, token: str, auth: Any = BASIC, **more: str) -> requests.Response:
        return self.token(auth, grant_type="refresh_token", refresh_token=token, **more)

    def sign_in(self, **asked: str) -> dict[str, Any]:
        found: dict[str, Any] = self.exchange(self.allow(**asked)["code"]).json()
        return found

    def connections(self, access: str, **params: str) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.xero.url}/connections",
            headers={"Authorization": f"Bearer {access}"},
            params=params,
            timeout=10,
        )
        assert answer.status_code == 200
        found: list[dict[str, Any]] = answer.json()
        return found

    def organisation(self, access: str, tenant: str | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        headers |= {"xero-tenant-id": tenant} if tenant else {}
        url = f"{self.xero.url}/api.xro/2.0/Organisation"
        return requests.get(url, headers=headers, timeout=10)
