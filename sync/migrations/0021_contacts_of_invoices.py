"""Enter the invoices that the index has already under their contacts; nothing is read again."""

from django.db import migrations

ENTER = """
INSERT INTO sync_knownkey (record_id, connection_id, kind, name, value)
SELECT id, connection_id, kind, 'contact', lower("values" #>> '{values,Contact,v,ContactID}')
FROM sync_knownrecord
WHERE kind = 'Invoice' AND "values" #>> '{values,Contact,v,ContactID}' <> ''
  AND COALESCE("values" #>> '{values,Type}', 'ACCREC') = 'ACCREC'
  AND NOT EXISTS (
      SELECT FROM sync_knownkey AS k WHERE k.record_id = sync_knownrecord.id AND k.name = 'contact')
"""
LEAVE = "DELETE FROM sync_knownkey WHERE kind = 'Invoice' AND name = 'contact'"


class Migration(migrations.Migration):
    """As every invoice that is read from now on."""

    dependencies = [("sync", "0020_events")]

    operations = [migrations.RunSQL(ENTER, LEAVE)]
