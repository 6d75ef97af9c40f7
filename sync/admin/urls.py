"""The addresses of the desks, which are no list of rows: each stands beside the admin's own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from . import conflict_desk, duplicate_desk, past_decisions

_view = admin.site.admin_view

urlpatterns = [
    path("conflicts/", _view(conflict_desk.desk), name="conflict_desk"),
    path("conflicts/effect/", _view(conflict_desk.effect), name="conflict_effect"),
    path("duplicates/", _view(duplicate_desk.desk), name="duplicate_desk"),
    path("duplicates/effect/", _view(duplicate_desk.effect), name="duplicate_effect"),
    path("decided/<str:kind>/", _view(past_decisions.page), name="past_decisions"),
]
