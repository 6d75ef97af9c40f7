"""The addresses of the doors for events; with and without a slash, since nobody follows one."""

from django.urls import re_path

from .salesforce_message import salesforce_message
from .xero_webhook import xero_webhook

app_name = "events"
urlpatterns = [
    re_path(r"^xero/(?P<pk>\d{1,9})/?$", xero_webhook, name="xero"),
    re_path(
        r"^salesforce/(?P<pk>\d{1,9})/(?P<secret>[A-Za-z0-9_-]{1,200})/?$",
        salesforce_message,
        name="salesforce",
    ),
]
