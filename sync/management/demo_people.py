"""Who can sign in to the demo: one person of finance and one administrator."""

from django.contrib.auth.models import Group, User

FINANCE = "finance"
ADMINISTRATOR = "administrator"
NAMES = (FINANCE, ADMINISTRATOR)


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
    User.objects.get(username=FINANCE).groups.add(Group.objects.get(name="Finance"))
