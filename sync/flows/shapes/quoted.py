"""What a customer was quoted with tax, held against the invoice that a deal is about to become.

A quote bears its own tax rates and may include tax in its prices; a deal has neither, so the rows
may make another sum of the same money before tax.
"""

from __future__ import annotations

from collections.abc import Iterator

from sync.core.couples import Couple
from sync.core.flow import Shared
from sync.core.money import Money
from sync.core.questions import RETRY, Check, Choice, Question, QuestionKind
from sync.core.transforms import as_number

from . import quote, quote_chain

BILL = Choice("bill", "Bill it as planned", "The customer pays another sum than the quote says.")


def check(couple: Couple, shared: Shared) -> Iterator[Check]:
    """Yield what a deal's one living quote comes to, as a question where the invoice would not.

    A deal whose money before tax is not its quote's any more was changed by sales, who know.
    """
    known = couple.facts.get(quote_chain.QUOTED, ())
    living = [one for one in known if quote.status(one) not in quote.ENDED]
    if len(living) != 1 or quote.currency(living[0]) != shared.get("currency"):
        return
    total = as_number(living[0].get("Total"))
    same = quote.net(living[0]) in (shared.get("deal_total"), shared.get("net"))
    if total is None or not same:
        return
    number = quote.words(living[0])
    if total == shared.get("gross"):
        yield Check(f"With tax it is what {number} says")
        return
    question = _question(couple, number, Money(total, str(shared["currency"])), shared)
    if couple.decided(question.cause, question.about) == BILL.value:
        yield Check(f"A person lets it differ from {number}")
    else:
        yield Check("", question)


def _question(couple: Couple, number: str, quoted: Money, shared: Shared) -> Question:
    name = couple.salesforce.get("Name") if couple.salesforce else ""
    billed = Money(shared["gross"], quoted.currency)
    return Question(
        QuestionKind.PROBLEM,
        f"quoted_otherwise:{couple.subject.id}",
        f"“{name}” was quoted at {quoted} with tax, its invoice would be {billed}",
        f"{number} and the mapping give its lines other tax rates, or count their tax otherwise. "
        f"Make the invoice from {number} in Xero, which is then found and linked; or correct the "
        "rows of tax rates and prices; or bill it as planned.",
        choices=(BILL, RETRY),
        about=f"{number} {quoted} {billed}",
        alone=True,
    )
