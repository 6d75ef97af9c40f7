"""Who can sign in to the demo: one person of finance and one administrator."""

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q

FINANCE = "finance"
ADMINISTRATOR = "administrator"
NAMES = (FINANCE, ADMINISTRATOR)
OURS = ("connections", "mappings", "sync")


def make_people(passwords: dict[str, str]) -> None:
    """Make the two users, or give them these passwords again."""
    for name, password in passwords.items():
        user, _ = User.objects.get_or_create(username=name)
        user.is_staff = True
        user.is_superuser = name == ADMINISTRATOR
        user.first_name = name.title()
        if not user.check_password(password):
            user.set_password(password)
        user.save()
    finance, made = Group.objects.get_or_create(name="Finance")
    if made or not finance.permissions.exists():
        finance.permissions.set(_finance_may())
    User.objects.get(username=FINANCE).groups.add(finance)


def _finance_may() -> list[Permission]:
    """Return the permissions to see everything of ours and to decide what waits for a person."""
    see = Q(codename__startswith="view_") & ~Q(codename="view_credential")
    decide = Q(codename__in=["change_reviewitem", "change_flowswitch"])
    return list(Permission.objects.filter(see | decide, content_type__app_label__in=OURS))
