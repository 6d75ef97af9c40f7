"""What tests of the invoice flow do with one deal, and what they look at."""

from __future__ import annotations

from typing import Any

from sync.core.planning import Action, Plan
from sync.core.questions import Question
from sync.core.records import Record, System
from tests.builders import changed, deal
from tests.flows.books import Books

DEAL = deal()
APPROVED = ["SUBMITTED", "AUTHORISED", "PAID"]


def the_invoice(books: Books) -> Record:
    (found,) = books.of("Invoice")
    return found


def now(books: Books, **values: Any) -> Plan:
    """Change the deal and sync; return the first plan."""
    return books.sync(changed(books.records[DEAL.key], **values))


def approve(books: Books, status: str = "AUTHORISED") -> None:
    books.edit(the_invoice(books), Status=status)


def written(plan: Plan, system: System = System.XERO) -> set[str]:
    """Return the fields that a plan writes to a system."""
    return {name for i in plan.intents if i.system is system for name in i.shared}


def the_question(plan: Plan) -> Question:
    (question,) = plan.questions
    return question


def quiet(plan: Plan) -> bool:
    return (plan.action, plan.intents, plan.questions) == (Action.NOTHING, (), ())
