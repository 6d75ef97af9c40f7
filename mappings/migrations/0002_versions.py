import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_event_doors"),
        ("mappings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("flow", models.CharField(max_length=60)),
                ("place", models.CharField(max_length=120)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("changed_by", models.CharField(max_length=150)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "pair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.pair",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pair", "flow", "place"), name="one_change_a_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("flow", models.CharField(max_length=60)),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("differences", models.JSONField(default=list)),
                ("by", models.CharField(blank=True, max_length=150)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "pair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.pair",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a mapping",
                "verbose_name_plural": "versions of mappings",
                "ordering": ["pair_id", "flow", "-number"],
                "permissions": [("publish_mapping", "Can publish mappings and take them back")],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pair", "flow", "number"), name="one_of_each_version"
                    )
                ],
            },
        ),
    ]
