"""Who can sign in to the demo: one person of finance, one administrator and one auditor."""

from django.contrib.auth.models import Group, User

FINANCE = "finance"
ADMINISTRATOR = "administrator"
AUDITOR = "auditor"
NAMES = (FINANCE, ADMINISTRATOR, AUDITOR)
GROUPS = {FINANCE: "Finance", AUDITOR: "Auditors"}
"""The administrator needs none, as a superuser."""


def make_people(passwords: dict[str, str]) -> None:
    """Make the two users, or give them these passwords again; their groups exist already."""
    for name, password in passwords.items():
        user, _ = User.objects.get_or_create(username=name)
        user.is_staff = True
        user.is_superuser = name == ADMINISTRATOR
        user.first_name = name.title()
        if not user.check_password(password):
            user.set_password(password)
        user.save()
        if name in GROUPS:
            user.groups.add(Group.objects.get(name=GROUPS[name]))
