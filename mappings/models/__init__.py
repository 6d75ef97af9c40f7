"""The rows that people edit, their drafts, and the versions that runs read."""

from .risk import RiskRuleRow
from .routing import RoutingDraft, RoutingTrial, RoutingVersion, lock_routing, newest_routing
from .rows import OWN, FieldMapping, MappingRow, ValueRow, by_set, record
from .versions import DraftChange, DraftTrial, MappingVersion, PublishedRules, lock, newest

__all__ = [
    "OWN",
    "DraftChange",
    "DraftTrial",
    "FieldMapping",
    "MappingRow",
    "MappingVersion",
    "PublishedRules",
    "RiskRuleRow",
    "RoutingDraft",
    "RoutingTrial",
    "RoutingVersion",
    "ValueRow",
    "by_set",
    "lock",
    "lock_routing",
    "newest",
    "newest_routing",
    "record",
]
