"""Which of Counterpart's own fields a Salesforce org lacks, and so a flow has to do without."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connections.models import Pair
from connections.salesforce import purposes
from mappings.rules import rules_for
from sync.core.flow import FieldRule
from sync.flows.registry import every_flow
from sync.flows.shapes import task

COMMAND = "`manage.py install_salesforce_package --connection '{}'` installs them."


def lacking(pair: Pair, flow: str, fields: Callable[[str], Mapping[str, str]]) -> tuple[str, ...]:
    """Return the fields that the flow would use and the org does not show, as `Account.Name__c`.

    `fields` gives a kind's fields as the org shows them. A field that people have replaced by one
    of their own in the mapping rows is not missed. Raises the design's errors.
    """
    shipped, used = _names(every_flow()[flow].fields), _names(rules_for(pair, flow).fields)
    replaced = shipped - used
    found = purposes.lacking(flow, fields)
    return tuple(path for path in found if path.split(".")[1] not in replaced)


def words(lacks: tuple[str, ...]) -> str:
    """Return the sentence for those that are lacking."""
    many = "a field" if len(lacks) == 1 else f"{len(lacks)} fields"
    keyless = f"{task.KIND}.{task.RULE_KEY}" in lacks
    return (
        f"Salesforce lacks {many} of Counterpart’s, which the flow leaves out: {', '.join(lacks)}"
    ) + (". Without the first of a task’s it makes no task at all" if keyless else "")


def fix(pair: Pair) -> str:
    """Return the command that installs them."""
    return COMMAND.format(pair.salesforce.name)


def _names(rules: tuple[FieldRule, ...]) -> set[str]:
    return {source.split(".")[-1] for rule in rules for source in rule.sources}
