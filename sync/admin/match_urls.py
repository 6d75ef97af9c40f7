"""The addresses of the match desk."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from . import match_desk, match_desk_bulk

_view = admin.site.admin_view

urlpatterns = [
    path("", _view(match_desk.show), name="match_desk"),
    path("together/", _view(match_desk_bulk.bulk), name="match_bulk"),
    path("<int:pk>/answer/", _view(match_desk.answer), name="match_answer"),
    path("<int:pk>/talk/", _view(match_desk.talk), name="match_talk"),
    path("answers/<int:pk>/back/", _view(match_desk.take_back), name="match_take_back"),
]
