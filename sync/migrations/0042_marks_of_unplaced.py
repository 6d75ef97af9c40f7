"""What tells whether routing rows see other values of a record that is made nowhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the mark."""

    dependencies = [("sync", "0041_assignments")]

    operations = [
        migrations.AddField(
            "unplaced", "mark", models.CharField(blank=True, editable=False, max_length=16)
        ),
    ]
