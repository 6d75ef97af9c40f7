"""The changes that people make to rules of credit risk, each with its history."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from connections.models import Pair
from mappings.models import RiskRuleRow
from mappings.models.risk import LONGEST_KEY, columns, snapshot
from mappings.risk_rules import BY_KEY, RuleLine, lines_for
from sync.core.risk.rules import RiskRule

LABELS = {
    "title": "what it is called",
    "amount": "more than",
    "window": "days looked back",
    "count": "at least",
    "least_spread": "least spread",
    "weight": "how grave",
    "quiet_days": "quiet days",
    "active": "in use",
}
Person = AbstractBaseUser


class ChangedMeanwhile(Exception):
    """Somebody else saved the rule since it was shown."""


def mark_of(line: RuleLine, pair: Pair | None) -> str:
    """Return what tells how the rule stood when it was shown to somebody."""
    row = line.row
    if row is None or row.pair_id != (pair.pk if pair else None):
        return ""
    return row.changed_at.isoformat()


def save_rule(rule: RiskRule, pair: Pair | None, seen: str, by: Person) -> str:
    """Save the rule for a pair, or for all; return the change in words, empty where there is none.

    A rule that is again what holds without the row loses it, so that it follows upgrades. Raises
    ChangedMeanwhile when the rule is not as `seen` any more.
    """
    with transaction.atomic():
        line = _line(rule.key, pair)
        if mark_of(line, pair) != seen:
            raise ChangedMeanwhile
        change = difference(line.rule, rule)
        if not change:
            return ""
        if rule == _without_row(line, pair):
            _row(line, pair).delete()
        else:
            _put(line, rule, pair, by)
        note(rule, pair, by, change)
        return change


def add_rule(rule: RiskRule, pair: Pair | None, by: Person) -> RiskRule:
    """Add a rule of people's own under a key that is free; return it."""
    with transaction.atomic():
        added = replace(rule, key=_free_key(rule.title))
        row = RiskRuleRow(pair=pair, changed_by=by.get_username())
        row.take(added)
        _insert(row)
        note(added, pair, by, "Added.", ADDITION)
        return added


def back_to(key: str, pair: Pair | None, by: Person) -> str:
    """Take people's numbers away: the rule is as shipped, or for a pair as for all pairs.

    Returns what was done in words, empty where there is nothing to go back to.
    """
    with transaction.atomic():
        line = _line(key, pair)
        before = line.general if line.general else line.shipped
        if before is None or line.row is None or line.row.pair_id != (pair.pk if pair else None):
            return ""
        done = "As for all pairs again." if line.general and pair else "As shipped again."
        note(line.rule, pair, by, f"{done} {difference(line.rule, before)}")
        line.row.delete()
        return done


def keep_own(key: str, pair: Pair | None, by: Person) -> None:
    """Decline what is shipped now in place of what was edited."""
    with transaction.atomic():
        line = _line(key, pair)
        if line.offered is not None and line.row is not None:
            line.row.shipped_as = snapshot(line.offered)
            line.row.save(update_fields=["shipped_as", "changed_at"])
            note(line.rule, pair, by, "Kept, though other numbers are shipped now.")


def delete_rule(key: str, by: Person) -> str:
    """Delete a rule of people's own, for every pair; return its title, empty for a shipped one."""
    rows = RiskRuleRow.objects.select_for_update().filter(key=key)
    with transaction.atomic():
        found = list(rows)
        if key in BY_KEY or not found:
            return ""
        rule = found[0].rule
        note(rule, None, by, "Deleted.", DELETION)
        rows.delete()
        return rule.title


def history(key: str) -> QuerySet[LogEntry]:
    """Return who changed the rule when, the last first; kept when it is deleted."""
    kind = ContentType.objects.get_for_model(RiskRuleRow)
    entries = LogEntry.objects.filter(content_type=kind, object_id=key)
    return entries.select_related("user").order_by("-action_time", "-pk")


def difference(before: RiskRule, after: RiskRule) -> str:
    """Return in words what is other in a rule: "days: 14, 30, 60 → 10, 30"."""
    old, new = columns(before), columns(after)
    parts = [
        f"{label}: {_told(old[name])} → {_told(new[name])}"
        for name, label in LABELS.items()
        if old[name] != new[name]
    ]
    if before.steps != after.steps:
        parts.insert(0, f"levels: {_steps(before)} → {_steps(after)}")
    if before.currency != after.currency:
        parts.append(f"currency: {before.currency or 'own'} → {after.currency or 'own'}")
    return "; ".join(parts)


def note(rule: RiskRule, pair: Pair | None, by: Person, words: str, flag: int = CHANGE) -> None:
    """Keep who did what to the rule, by its key: a row may go and come again."""
    where = f" (for {pair.name} alone)" if pair else ""
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(RiskRuleRow),
        object_id=rule.key,
        object_repr=rule.title,
        action_flag=flag,
        change_message=f"{words}{where}",
    )


def _line(key: str, pair: Pair | None) -> RuleLine:
    """Return the rule as it stands, its rows locked."""
    list(RiskRuleRow.objects.select_for_update().filter(key=key))
    found = next((line for line in lines_for(pair) if line.rule.key == key), None)
    if found is None:  # somebody deleted it
        raise ChangedMeanwhile
    return found


def _without_row(line: RuleLine, pair: Pair | None) -> RiskRule | None:
    """Return what would hold if the pair, or all, had no row of their own."""
    if pair is None:
        return line.shipped
    return line.general if line.general else line.rule


def _row(line: RuleLine, pair: Pair | None) -> RiskRuleRow:
    """Return the row for the pair, or for all; a new one where there is none, unsaved."""
    held = line.row
    if held is not None and held.pair_id == (pair.pk if pair else None):
        return held
    return RiskRuleRow(pair=pair)


def _put(line: RuleLine, rule: RiskRule, pair: Pair | None, by: Person) -> None:
    row = _row(line, pair)
    row.take(rule)
    row.changed_by = by.get_username()
    if row.pk is None or line.offered is None:
        row.shipped_as = snapshot(line.shipped) if line.shipped else None
    _insert(row)


def _insert(row: RiskRuleRow) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else was first
        raise ChangedMeanwhile from error


def _free_key(title: str) -> str:
    base = slugify(title).replace("-", "_")[: LONGEST_KEY - 4] or "rule"
    taken = {*BY_KEY, *RiskRuleRow.objects.values_list("key", flat=True)}
    taken |= set(history_keys())
    names = (base, *(f"{base}_{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def history_keys() -> list[str]:
    """Return the keys of all rules that there ever were: a task of an old one is not taken over."""
    kind = ContentType.objects.get_for_model(RiskRuleRow)
    keys = LogEntry.objects.filter(content_type=kind).values_list("object_id", flat=True)
    return [key for key in keys.distinct().order_by() if key]


def _steps(rule: RiskRule) -> str:
    return ", ".join(f"{step:f}" for step in rule.steps)


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”" if isinstance(value, str) else str(value)
