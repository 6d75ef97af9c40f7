"""The screens of mapping rows."""

from mappings.admin.fields import FieldMappingAdmin
from mappings.admin.risk_rules import RiskRuleAdmin
from mappings.admin.values import ValueRowAdmin

__all__ = ["FieldMappingAdmin", "RiskRuleAdmin", "ValueRowAdmin"]
