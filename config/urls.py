"""Which address leads where."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config import admin_standard

admin_standard.register()

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("first-steps/", RedirectView.as_view(pattern_name="first_steps", query_string=True)),
    path("admin/matches/", include("sync.admin.match_urls")),
    path("admin/", include("sync.admin.urls")),
    path("admin/", admin.site.urls),
    path("events/", include("sync.intake.urls")),
]
if find_spec("connections.urls"):
    urlpatterns.insert(0, path("connections/", include("connections.urls")))
