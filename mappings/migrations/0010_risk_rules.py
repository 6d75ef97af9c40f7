"""The rules of credit risk that people set."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_event_doors"),
        ("mappings", "0003_first_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="RiskRuleRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=30)),
                ("title", models.CharField(max_length=80, verbose_name="what it is called")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("overdue", "Overdue"),
                            ("limit", "Limit"),
                            ("credited", "Credited"),
                            ("habit", "Habit"),
                            ("promise", "Promise"),
                            ("part_payments", "Part payments"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "first",
                    models.DecimalField(decimal_places=2, max_digits=9, verbose_name="level 1"),
                ),
                (
                    "second",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        verbose_name="level 2",
                    ),
                ),
                (
                    "third",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        verbose_name="level 3",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(0),
                        max_digits=18,
                        verbose_name="more than",
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "window",
                    models.PositiveIntegerField(default=90, verbose_name="days looked back"),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="at least")),
                (
                    "least_spread",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal(0),
                        max_digits=5,
                        verbose_name="least spread",
                    ),
                ),
                ("weight", models.PositiveSmallIntegerField(default=0, verbose_name="how grave")),
                ("quiet_days", models.PositiveIntegerField(default=30, verbose_name="quiet days")),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                ("shipped_as", models.JSONField(blank=True, editable=False, null=True)),
                ("changed_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "pair",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.pair",
                        verbose_name="for",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of credit risk",
                "verbose_name_plural": "rules of credit risk",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("pair", "key"), name="one_risk_rule_a_pair"),
                    models.UniqueConstraint(
                        condition=models.Q(("pair", None)),
                        fields=("key",),
                        name="one_risk_rule_for_all",
                    ),
                ],
            },
        ),
    ]
