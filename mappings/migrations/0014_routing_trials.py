"""What a draft of routing rows came to when it was tried, for every process to see."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_event_doors"),
        ("mappings", "0013_routes_noted"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingTrial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=16)),
                ("result", models.JSONField()),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
