"""When what a version of routing rows concerns was noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mappings", "0012_trials"),
    ]

    operations = [
        migrations.AddField(
            model_name="routingversion",
            name="noted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
