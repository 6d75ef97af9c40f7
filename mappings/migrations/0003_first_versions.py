from typing import Any

from django.db import migrations

FIELD_PARTS = ("source", "transform", "argument", "owner", "empty", "active")
ROW_PARTS = ("table", "name", "value", "conditions", "active")


def keep_what_is_in_force(apps: Any, schema_editor: Any) -> None:
    """Make of each pair's rows as they stand the first version that is kept."""
    contents: dict[tuple[int, str], dict[str, Any]] = {}
    fields = apps.get_model("mappings", "FieldMapping").objects.order_by("id")
    rows = apps.get_model("mappings", "ValueRow").objects.order_by("table", "position", "id")
    for row in fields.iterator():
        said = contents.setdefault((row.pair_id, row.flow), {"fields": {}, "rows": []})
        said["fields"][row.target] = {name: getattr(row, name) for name in FIELD_PARTS}
    for row in rows.iterator():
        said = contents.setdefault((row.pair_id, row.flow), {"fields": {}, "rows": []})
        parts = {name: getattr(row, name) for name in ROW_PARTS}
        said["rows"].append({"key": str(row.pk), **parts})
    counters = apps.get_model("mappings", "MappingVersion").objects
    versions = apps.get_model("mappings", "PublishedRules").objects
    for (pair_id, flow), content in contents.items():
        counter, _ = counters.get_or_create(pair_id=pair_id, flow=flow)
        versions.create(
            pair_id=pair_id,
            flow=flow,
            number=counter.number,
            content=content,
            why="As it stood when versions began to be kept",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("mappings", "0002_versions"),
    ]

    operations = [
        migrations.RunPython(keep_what_is_in_force, migrations.RunPython.noop),
    ]
