"""Addresses of the pages that connect, test, pause and disconnect."""

from django.urls import path, re_path

from connections import act_views, door_views, package_views, views

app_name = "connections"
SYSTEM = "(?P<system>salesforce|xero)"

urlpatterns = [
    re_path(rf"^new/{SYSTEM}/$", views.connect_new, name="new"),
    re_path(rf"^return/{SYSTEM}/$", views.come_back, name="return"),
    path("choose/<int:pk>/", views.choose, name="choose"),
    path("<int:pk>/package/", package_views.package, name="package"),
    path("<int:pk>/events/", door_views.events, name="events"),
    path("<int:pk>/reconnect/", views.reconnect, name="reconnect"),
    re_path(rf"^(?P<pk>\d+)/(?P<name>{'|'.join(act_views.ACTS)})/$", act_views.act, name="act"),
]
