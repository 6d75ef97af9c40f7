"""What was in force before versions were kept is the first version."""

from importlib import import_module

from django.apps import apps

from connections.models import Pair
from mappings.models import FieldMapping, MappingVersion, PublishedRules, ValueRow
from mappings.rules import rules_for
from sync.flows.registry import every_flow


def test_the_rows_as_they_stand_become_the_first_version_of_each_mapping(pair: Pair) -> None:
    row = FieldMapping.objects.get(pair=pair, flow="won_opportunity_invoice", target="date")
    row.source = "Signed__c"
    row.save()
    ValueRow.objects.filter(pair=pair, table="status").update(value="AUTHORISED")
    PublishedRules.objects.all().delete()
    numbers = {v.flow: v.number for v in MappingVersion.objects.filter(pair=pair)}
    import_module("mappings.migrations.0003_first_versions").keep_what_is_in_force(apps, None)
    rules = rules_for(pair, "won_opportunity_invoice")
    date = rules.field("date")
    assert date is not None
    assert date.source == "Signed__c"
    assert [row.value for row in rules.table("status")] == ["AUTHORISED"]
    kept = {p.flow: p.number for p in PublishedRules.objects.filter(pair=pair)}
    assert kept == numbers
    assert set(kept) == set(every_flow())
