"""What an invoice is held against before it is sent: this very organisation, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sync.core import tax
from sync.core.couples import Couple
from sync.core.flow import Shared, Surroundings
from sync.core.lines import Line
from sync.core.organisation import Reference
from sync.core.questions import Check
from sync.core.records import System

from . import differences, made_otherwise, made_with, money_checks, quoted, rounding
from .money_checks import problem

LARGEST = Decimal("9999999999.99")
LIMITS = {"description": 4000, "item_code": 30}


def check(couple: Couple, around: Surroundings) -> list[Check]:
    """Return every check of a planned invoice; a failed one carries its question."""
    shared = couple.shared.get(System.SALESFORCE)
    if shared is None:
        return []
    lines = [Line.from_shared(line) for line in shared.get("lines") or []]
    name = str(couple.salesforce.get("Name")) if couple.salesforce else ""
    subject = couple.subject.id
    written = couple.merged.writes[System.XERO] if couple.merged else {}
    standing = [*_standing(couple, written)] if couple.xero is not None else []
    standing += made_with.check(couple, shared, around.reference)
    standing += made_otherwise.check(couple, written, around.reference)
    if couple.xero is not None and not written:
        return standing
    organisation = around.reference
    return [
        *standing,
        *money_checks.check(shared, lines, organisation, name, subject),
        *_accounts(lines, organisation),
        *_taxes(lines if shared.get("amounts_are") != tax.Amounts.NO_TAX else [], organisation),
        *_tracking(lines, organisation),
        *_date(shared, organisation),
        *_lengths(lines, name, subject),
        *_status(shared, organisation),
        *money_checks.check_sums(shared, lines, organisation, name, subject),
        *quoted.check(couple, shared),
    ]


def _standing(couple: Couple, written: Shared) -> Iterator[Check]:
    """Hold the invoice, as it will be once it is written, against its deal."""
    question = differences.question(couple, written)
    yield Check("" if question else "The invoice is the deal’s amount", question)


def _accounts(lines: list[Line], organisation: Reference) -> Iterator[Check]:
    own = (line for line in lines if not rounding.is_ours(line, organisation))
    for code in sorted({line.account_code for line in own}):
        title = _unusable(code, organisation)
        if title:
            hint = "Choose another account in its table."
            yield Check("", problem(f"account:{code}", title, hint, "table", "account_code"))
        else:
            account = organisation.account(code)
            yield Check(f"Account {code} ({account.name if account else ''}) is active")


def _unusable(code: str, organisation: Reference) -> str:
    """Return why no sale can be booked to the account, or empty."""
    account = organisation.account(code)
    if account is None:
        return f"Account {code} does not exist in {organisation.name}"
    if not account.active:
        return f"Account {code} ({account.name}) is archived in Xero"
    if account.type == "BANK":
        return f"Account {code} ({account.name}) is a bank account, which no sale is booked to"
    if account.system:
        return f"Account {code} ({account.name}) is one that Xero keeps by itself"
    return ""


def _taxes(lines: list[Line], organisation: Reference) -> Iterator[Check]:
    for code, account_code in sorted({(line.tax_type, line.account_code) for line in lines}):
        account = organisation.account(account_code)
        ours = account is not None and account.system == rounding.ACCOUNT
        if not ours and _unusable(account_code, organisation):
            continue  # asked about already; its tax rate is chosen again with another account
        rate = organisation.tax_rate(code)
        cause, place = f"tax:{code}", ("table", "tax_type")
        if rate is None:
            title = f"Tax rate {code} does not exist in {organisation.name}"
        elif not rate.active:
            title = f"Tax rate {rate.name} ({code}) is no longer active in Xero"
        elif account and rate.classes and account.account_class not in rate.classes | {""}:
            cause = f"tax:{code}:{account_code}"
            title = f"Xero does not let tax rate {rate.name} be used with account {account_code}"
        else:
            yield Check(f"{rate.name} ({rate.rate.normalize():f} %) fits account {account_code}")
            continue
        yield Check("", problem(cause, title, "Choose another tax rate in its table.", *place))


def _tracking(lines: list[Line], organisation: Reference) -> Iterator[Check]:
    known = {(t.category_id, t.option_id): t for t in organisation.tracking}
    for pair in sorted({pair for line in lines for pair in line.tracking}):
        option = known.get(pair)
        if option is None or not option.active:
            what = f"“{option.option}” is archived" if option else f"{pair[1]} does not exist"
            title = f"Tracking option {what} in Xero"
            hint = "Choose another option in its table."
            yield Check("", problem(f"tracking:{pair[1]}", title, hint, "table", "tracking_1"))


def _date(shared: Shared, organisation: Reference) -> Iterator[Check]:
    day, locked = shared.get("date"), organisation.locked_until
    if day is None:
        hint = "Give the deal a close date in Salesforce, or change the mapping of the date."
        yield Check("", problem("no_date", "The deal has no invoice date", hint, "mapping", "date"))
    elif locked is not None and day <= locked:
        title = f"The books of {organisation.name} are locked up to {locked:%-d %b %Y}"
        hint = (
            f"Move the lock date in Xero, or give the deal a close date after {locked:%-d %b %Y}."
        )
        yield Check("", problem(f"locked:{locked.isoformat()}", title, hint))
    else:
        yield Check(f"{day:%-d %b %Y} is not locked")


def _lengths(lines: list[Line], name: str, subject: str) -> Iterator[Check]:
    for field, limit in LIMITS.items():
        if any(len(getattr(line, field)) > limit for line in lines):
            words = field.replace("_", " ")
            title = f"The {words} of a line of “{name}” is longer than Xero’s {limit} characters"
            yield Check(
                "", problem(f"length:{field}:{subject}", title, "Shorten it in Salesforce.")
            )
    if any(max(abs(tax.line_amount(x)), abs(x.unit_amount)) > LARGEST for x in lines):
        title = f"A line of “{name}” is over Xero’s largest amount, {LARGEST:,}"
        yield Check("", problem(f"largest:{subject}", title, "Split the line in Salesforce."))
    if any(not line.description.strip() for line in lines):
        title = f"A line of “{name}” has no description"
        yield Check("", problem(f"description:{subject}", title, "Describe it in Salesforce."))


def _status(shared: Shared, organisation: Reference) -> Iterator[Check]:
    status = str(shared.get("status") or "DRAFT")
    action = "CreateApprovedInvoice" if status == "AUTHORISED" else "CreateDraftInvoice"
    if organisation.actions.get(action) is False:
        title = f"{organisation.name} does not let the connecting user make invoices as {status}"
        hint = "Give the connecting user the right in Xero, or change the table of statuses."
        yield Check("", problem(f"status:{status}", title, hint, "table", "status"))
    elif status not in ("DRAFT", "SUBMITTED", "AUTHORISED"):
        title = f"“{status}” is no status that an invoice can be made with"
        hint = "Let the table of statuses say DRAFT, SUBMITTED or AUTHORISED."
        yield Check("", problem(f"status:{status}", title, hint, "table", "status"))
    elif status == "AUTHORISED" and shared.get("due_date") is None:
        title = "An approved invoice needs a due date, and no payment terms give one"
        hint = "Add a number of days to the table of payment terms."
        yield Check("", problem("no_due_date", title, hint, "table", "payment_terms"))
