"""The Content-Security-Policy: which places a page may load from and send to."""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

SALESFORCE_SIGN_IN = (
    "https://login.salesforce.com",
    "https://test.salesforce.com",
    "https://*.my.salesforce.com",
)
XERO_SIGN_IN = "https://login.xero.com"


def content_security_policy(xero_login: str, *, production: bool) -> dict[str, Any]:
    """Return django-csp's setting.

    The admin's theme needs `unsafe-eval` for scripts and `unsafe-inline` for styles; nothing may
    come from foreign hosts. Chromium holds `form-action` against the redirects that follow a form
    too, so the pages where people sign in to the two systems are named.
    """
    forms = [SELF, *SALESFORCE_SIGN_IN, XERO_SIGN_IN]
    if xero_login != XERO_SIGN_IN:
        forms.append(xero_login)
    if not production:  # the sandbox's sign-in pages
        forms += ["http://127.0.0.1:*", "http://localhost:*"]
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, UNSAFE_EVAL],
            "style-src": [SELF, UNSAFE_INLINE],
            "img-src": [SELF, "data:"],
            "object-src": [NONE],
            "base-uri": [SELF],
            "form-action": forms,
            "frame-ancestors": [NONE],
        }
    }
