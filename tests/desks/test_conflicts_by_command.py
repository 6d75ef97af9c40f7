"""Conflicts are decided by a command just as at the desk."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sync.core import snapshots
from sync.models import Decision, ReviewItem


def test_a_value_is_typed_for_both_sides(fields: list[ReviewItem]) -> None:
    phone = fields[1]
    decide = ("review", "decide", str(phone.pk), "value", "--value", " 0117 496 0102 ")
    call_command(*decide, "--by", "fay", stdout=StringIO())
    (kept,) = Decision.objects.all()
    assert (kept.choice, kept.by) == ("value", "fay")
    assert snapshots.load(kept.values) == {phone.field: "0117 496 0102"}


@pytest.mark.parametrize("words", [("value",), ("value", "--value", " "), ("xero", "--value", "x")])
def test_a_value_and_the_choice_of_one_go_together(
    fields: list[ReviewItem], words: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError, match="goes with the choice"):
        call_command("review", "decide", str(fields[1].pk), *words)
    assert not Decision.objects.exists()
