"""Flow: Salesforce accounts with their billing people and Xero contacts are kept the same."""

from __future__ import annotations

from typing import Any

from sync.core.bodies import Body
from sync.core.couples import Couple
from sync.core.flow import (
    BOTH,
    TO_SALESFORCE,
    TO_XERO,
    FieldRule,
    Flow,
    Owner,
    RuleSet,
    Shared,
    Surroundings,
)
from sync.core.mapping import look_up
from sync.core.matching import Candidate, Wanted
from sync.core.questions import LEAVE, RETRY, Choice, Question, QuestionKind
from sync.core.records import Key, Record, System

from .shapes import account, book, party_contact, party_fields, party_tables, salesforce_ids

FIELDS = (
    *party_fields.FIELDS,
    # each other's id, by which the two are found again; see _with_markers
    FieldRule("number", owner=Owner.SALESFORCE, writes=TO_XERO, computed=True),
    FieldRule(
        "xero_contact", account.MARKER, owner=Owner.XERO, writes=TO_SALESFORCE, optional=True
    ),
)
FURTHER = Choice(
    "further",
    "Keep it as a further contact",
    "It stays linked to the customer; its fields are no longer kept in step.",
)


def _wanted(record: Record) -> Wanted:
    name = str(record.get("Name") or "")
    if record.key.system is System.XERO:
        return Wanted(name, (("xero", record.key.id),))
    return Wanted(name, (("number", salesforce_ids.to_18(record.key.id)),))


def _subject_of(found: Candidate) -> str:
    return next((value for name, value in found.keys if name == "number"), "")


def _to_shared(system: System, couple: Couple, around: Surroundings) -> dict[str, Any]:
    record = couple.record(system)
    if record is None:
        return {}
    if system is System.XERO:
        shared = party_contact.to_shared_party(record, around)
    else:
        shared = account.to_shared(record, around.rules, around)
    return _with_markers(system, shared, couple)


def _with_markers(system: System, shared: dict[str, Any], couple: Couple) -> dict[str, Any]:
    """Return the values with each other's ids, where they may be written.

    A contact number that is no account's id is somebody else's and stays; so does the id of the
    contact of another organisation that the account carries already. An id that a third record
    carries is refused in a second one.
    """
    ours, theirs = couple.salesforce, couple.xero
    shared.pop("xero_contact", None)
    number = str(theirs.get("ContactNumber") or "") if theirs else ""
    free = not number or bool(salesforce_ids.find(number, "001"))
    if free and System.XERO not in couple.taken:
        shared["number"] = ours.key.id if ours and system is System.SALESFORCE else number
    marker = str(ours.get(account.MARKER) or "") if ours else ""
    ids = {*couple.leads, theirs.key.id} if theirs is not None else set()
    own = not marker or marker.lower() in ids
    if own and System.SALESFORCE not in couple.taken:
        shared["xero_contact"] = theirs.key.id if theirs and system is System.XERO else marker
    return shared


def _bodies(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> tuple[Body, ...]:
    ours, theirs = couple.salesforce, couple.xero
    if system is System.SALESFORCE:
        marker = theirs.key.id if theirs is not None else ""  # of a new account or person
        return account.bodies(
            shared, ours, around.rules, around, marker=marker, fields=around.fields
        )
    account_id = ours.key.id if ours is not None else ""
    base = around.reference.base_currency
    values = party_contact.party_body(shared, theirs, account_id, base)
    if theirs is not None and "number" in shared:
        values["ContactNumber"] = shared["number"]
    return (Body("Contact", values, frozenset(shared), theirs.key.id if theirs else ""),)


def _to_body(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> dict[str, Any]:
    return dict(_bodies(system, shared, couple, around)[0].values)


def _creation(system: System, rules: RuleSet) -> str:
    return look_up(rules, "create_in", lambda path: system.value) or "no"


def _ended(couple: Couple) -> Question | None:
    """Return the question when the linked contact is archived, or was merged into another's."""
    record = couple.xero
    if record is None or not record.gone or couple.link is None:
        return None
    state, _, winner = record.gone.partition(":")
    name = record.get("Name") or "The contact"
    if winner:
        return Question(
            QuestionKind.PROBLEM,
            f"contact_merged:{winner}",
            f"“{name}” was merged in Xero into a contact that is another account’s",
            f"{_name(couple)} and that account are billed by one contact now. Merge the two "
            "accounts in Salesforce, or keep the contact as a further one of this account.",
            choices=(FURTHER, LEAVE, RETRY),
            about=record.gone,
            alone=True,
        )
    return Question(
        QuestionKind.PROBLEM,
        f"contact_{state}:{record.key.id}",
        f"“{name}” is {state} in Xero, but its account lives in Salesforce",
        f"{_name(couple)} is not kept in step while its contact is {state}. Restore it in Xero, "
        "and it goes on by itself; nothing is archived or deleted in Salesforce.",
        choices=(LEAVE, RETRY),
        about=f"{record.key.id} {state}",
        alone=True,
    )


def _lost(couple: Couple, reason: str) -> Question | None:
    """Return the question when the linked account is gone and its contact lives on in Xero."""
    record, theirs = couple.salesforce, couple.xero
    if theirs is None or theirs.gone:
        return None
    contact = theirs.get("Name") or "the contact"
    merged = record is not None and record.gone.startswith("merged:")
    return Question(
        QuestionKind.PROBLEM,
        f"account_gone:{theirs.key.id}",
        f"The account of “{contact}” was merged into one that has a contact of its own"
        if merged
        else f"The account of “{contact}” is gone in Salesforce",
        "The customer has two contacts in Xero now. Merge them in Xero, which is noticed and "
        "followed, or keep this one as a further contact."
        if merged
        else f"{reason} The contact stays as it is in Xero: nothing is archived there without a "
        "person’s word. Restore the account, or leave the contact alone.",
        choices=(FURTHER, LEAVE, RETRY) if merged else (LEAVE, RETRY),
        about=record.gone if record is not None else reason,
        alone=True,
    )


def _name(couple: Couple) -> str:
    record = couple.salesforce
    return f"“{record.get('Name')}”" if record is not None else "The account"


def _marker(subject: Key) -> str:
    return salesforce_ids.to_18(subject.id)


FLOW = Flow(
    key="account_contact",
    title="Contacts and accounts both ways",
    salesforce_kind="Account",
    xero_kind="Contact",
    starts_on=frozenset({(System.SALESFORCE, "Account"), (System.XERO, "Contact")}),
    creates_in=BOTH,
    fields=FIELDS,
    tables=party_tables.TABLES,
    value_tables=party_tables.VALUE_TABLES,
    unwanted=lambda record: "",
    left_out=book.left_out,
    marker=_marker,
    wanted=_wanted,
    subject_of=_subject_of,
    to_shared=_to_shared,
    to_body=_to_body,
    further=_bodies,
    indexes=("Contact",),
    salesforce_indexes=("Account",),
    ended=_ended,
    lost=_lost,
    locked=lambda record: (
        account.locked_in_salesforce(record) if record.key.system is System.SALESFORCE else ""
    ),
    by_likeness=True,
    lasting=True,
    adopts_as_it_is=False,
    labels=party_fields.WORDS,
    together=tuple(
        frozenset(f"{place}_{part}" for part in party_fields.PARTS) for place in party_fields.PLACES
    ),
    conflicts_hold=False,
    creation=_creation,
    batch=1000,
)
