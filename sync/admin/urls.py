"""The addresses of two desks, of what was decided, of the inbox and of the first steps."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from .conflict_desk import desk as conflicts
from .conflict_desk import effect as conflict_effect
from .conflict_history import happened
from .duplicate_desk import desk as duplicates
from .duplicate_desk import effect as duplicate_effect
from .first_steps import page as first_steps
from .first_steps_acts import act as first_steps_act
from .first_steps_switch import switch_back, switch_on
from .inbox import inbox, open_message
from .inbox_settings import inbox_settings
from .mapping_try_out import try_out as try_mapping
from .past_decisions import page as past_decisions
from .price_drift import page as price_drift
from .risk_try_out import try_out
from .routing_assignments import assignments
from .routing_move import move
from .routing_try_out import try_routes

_view = admin.site.admin_view
_ROUTING = "mappings/routingversion/of/<int:connection_id>/"

urlpatterns = [
    path("conflicts/", _view(conflicts), name="conflict_desk"),
    path("conflicts/effect/", _view(conflict_effect), name="conflict_effect"),
    path("conflicts/happened/", _view(happened), name="conflict_history"),
    path("duplicates/", _view(duplicates), name="duplicate_desk"),
    path("duplicates/effect/", _view(duplicate_effect), name="duplicate_effect"),
    path("first-steps/", _view(first_steps), name="first_steps"),
    path("first-steps/on/<slug:flow>/", _view(switch_on), name="first_steps_on"),
    path("first-steps/back/<slug:flow>/", _view(switch_back), name="first_steps_back"),
    path("first-steps/<slug:name>/", _view(first_steps_act), name="first_steps_act"),
    path("inbox/", _view(inbox), name="inbox"),
    path("inbox/<int:pk>/", _view(open_message), name="inbox_open"),
    path("inbox/settings/", _view(inbox_settings), name="inbox_settings"),
    path(
        "mappings/fieldmapping/try/<int:pair_id>/<slug:flow_key>/",
        _view(try_mapping),
        name="mapping_try_out",
    ),
    path(f"{_ROUTING}try/", _view(try_routes), name="routing_try"),
    path(f"{_ROUTING}by-hand/", _view(assignments), name="routing_assignments"),
    path(f"{_ROUTING}move/", _view(move), name="routing_move"),
    path("mappings/riskrulerow/try/", _view(try_out), name="risk_try_out"),
    path("products/", _view(price_drift), name="price_drift"),
    path("<str:kind>s/decided/", _view(past_decisions), name="past_decisions"),
]
