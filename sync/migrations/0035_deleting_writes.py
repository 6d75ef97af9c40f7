"""A write may delete a record of Salesforce: a product line that its quote has no more."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Tell of a third verb."""

    dependencies = [("sync", "0025_one_main_account")]

    operations = [
        migrations.AlterField(
            model_name="write",
            name="verb",
            field=models.CharField(
                choices=[("create", "Create"), ("update", "Update"), ("delete", "Delete")],
                max_length=8,
            ),
        ),
    ]
