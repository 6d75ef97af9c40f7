"""Adds the words of people where records belong, and what waits because of where it belongs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_event_doors"),
        ("sync", "0031_held_invoices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "system",
                    models.CharField(
                        choices=[("salesforce", "Salesforce"), ("xero", "Xero")], max_length=12
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("remote_id", models.CharField(max_length=60)),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="What it was called then.", max_length=255
                    ),
                ),
                ("by", models.CharField(max_length=150)),
                ("why", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
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
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("connection", "kind", "remote_id"),
                        name="one_assignment_a_record",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unplaced",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("flow", models.CharField(max_length=60)),
                (
                    "system",
                    models.CharField(
                        choices=[("salesforce", "Salesforce"), ("xero", "Xero")], max_length=12
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("remote_id", models.CharField(max_length=60)),
                (
                    "account_id",
                    models.CharField(
                        blank=True, help_text="Of a deal: its account.", max_length=18
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=255)),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=20, null=True),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
                (
                    "pair",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.pair",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["account_id"], name="unplaced_of_account")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "flow", "kind", "remote_id"),
                        name="one_unplaced_a_record",
                    )
                ],
            },
        ),
    ]
