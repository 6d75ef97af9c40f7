"""How the admin looks: the settings of django-unfold."""

from typing import Any

from django.templatetags.static import static
from django.utils.functional import lazy

_static = lazy(static, str)

# Ink and grey: colour is kept for the two systems and for good, look and refused.
SLATE = {
    "50": "#f9fafb",
    "100": "#f3f4f6",
    "200": "#e5e7eb",
    "300": "#d1d5dc",
    "400": "#99a1af",
    "500": "#6a7282",
    "600": "#364153",
    "700": "#1e2939",
    "800": "#1e2939",
    "900": "#101828",
    "950": "#0d1422",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Counterpart",
    "SITE_HEADER": "Counterpart",
    "SITE_URL": None,
    "SITE_SYMBOL": "compare_arrows",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: _static("mark.svg")}
    ],
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "sync.admin.home.figures",
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": SLATE, "primary": SLATE},
    "STYLES": [
        lambda _request: _static("counterpart.css"),
        lambda _request: _static("shell.css"),
        lambda _request: _static("work.css"),
        lambda _request: _static("match.css"),
        lambda _request: _static("desks.css"),
        lambda _request: _static("inbox.css"),
        lambda _request: _static("steps.css"),
        lambda _request: _static("print.css"),
    ],
    "SCRIPTS": [
        lambda _request: _static("counterpart.js"),
        lambda _request: _static("desks.js"),
        lambda _request: _static("steps.js"),
    ],
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "config.admin_navigation.sidebar",
    },
}
