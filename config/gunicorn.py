"""How gunicorn serves Counterpart: `gunicorn -c config/gunicorn.py config.wsgi`."""

import sys

from config.environment import ROOT, load_environment
from config.logs import logging_settings

_values = load_environment()
_collected = ROOT / "staticfiles" / "staticfiles.json"
if _values["ENVIRONMENT"] == "production" and not _collected.exists():
    sys.exit(
        "The style sheets and scripts of the pages are not collected yet, so no page would open: "
        "run `manage.py collectstatic --noinput` first."
    )

bind = _values["WEB_BIND"]
workers = _values["WEB_PROCESSES"]
worker_class = "gthread"
threads = _values["WEB_THREADS"]
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 5000  # a leak in a library never grows old
max_requests_jitter = 500
control_socket_disable = True
# Whether a proxy's word about https counts is decided by BEHIND_PROXY, not by gunicorn.
forwarded_allow_ips = ""
accesslog = None  # our middleware writes one line for each request
logconfig_dict = logging_settings(_values["LOG_FORMAT"], _values["LOG_LEVEL"])
logconfig_dict["loggers"] |= {
    "gunicorn.error": {"handlers": [], "propagate": True},
    "gunicorn.access": {"handlers": [], "propagate": False},
}
