"""Let a contact be the main one of one account alone, and hold to it in the database."""

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q

MAIN, FURTHER, CONTACT = "main", "further", "Contact"


def let_no_two_be_main(apps: Any, editor: Any) -> None:
    """Make further links of a contact's main ones but the oldest."""
    links = apps.get_model("sync", "Link").objects.filter(xero_kind=CONTACT)
    same = links.filter(pair=OuterRef("pair"), xero_id=OuterRef("xero_id"))
    earlier = same.filter(role=MAIN, pk__lt=OuterRef("pk"))
    for pk in links.filter(Exists(earlier), role=MAIN).order_by("pk").values_list("pk", flat=True):
        _demote(links, pk)


def _demote(links: Any, pk: int) -> None:
    link = links.get(pk=pk)
    same = links.filter(
        pair=link.pair_id, xero_id=link.xero_id, salesforce_id=link.salesforce_id, role=FURTHER
    )
    if same.exists():
        link.delete()
    else:
        links.filter(pk=pk).update(role=FURTHER, agreed={})


class Migration(migrations.Migration):
    """What the code held to within a batch, two workers could still have broken."""

    dependencies = [("sync", "0024_vacuum_known_keys")]

    operations = [
        migrations.RunPython(let_no_two_be_main, migrations.RunPython.noop),
        # what was changed above may wait to be checked, and no index is made until it was
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="link", name="one_subject_a_record"),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.UniqueConstraint(
                condition=~Q(xero_kind=CONTACT) | Q(role=MAIN),
                fields=["pair", "xero_kind", "xero_id"],
                name="one_subject_a_record",
            ),
        ),
    ]
