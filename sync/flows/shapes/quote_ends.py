"""How quotes end: when a deal follows its quote by itself, and when a person is asked."""

from __future__ import annotations

from collections.abc import Sequence

from sync.core.couples import Couple
from sync.core.organisation import Stage
from sync.core.questions import AGAIN, LEAVE, RETRY, Choice, Question, QuestionKind
from sync.core.records import Record

from . import quote

OTHERS, STRANGER = "others", "stranger"
"""Names of a couple's facts: the deal's further quotes; whether it is another customer's."""
CLOSE = "close"
USE = "use:"
REFUSED = "quote_lines_refused:"


def may_move(couple: Couple, wanted: Stage) -> bool:
    """Return whether a deal's stage may follow its quote.

    A closed deal stays closed as it is, and one that has another living quote is not closed for
    this one's sake without a person's word.
    """
    deal = couple.salesforce
    if deal is None or deal.get("StageName") == wanted.name:
        return True
    if deal.get("IsClosed") is True:
        return False
    asked = _of_others(couple)
    return asked is None or couple.decided(asked.cause, asked.about) == CLOSE


def questions(couple: Couple) -> list[Question]:
    """Return what is asked of a deal whose quote has ended otherwise than the deal."""
    found = [
        *(_of_others(couple), _of_closed(couple)),
        *(_of_currency(couple), _of_stranger(couple)),
    ]
    return [
        question
        for question in found
        if question is not None
        if couple.decided(question.cause, question.about) not in (LEAVE.value, CLOSE)
    ]


def of_refusal(couple: Couple, words: str, mark: str) -> Question | None:
    """Return the question of a deal whose quote's lines Salesforce does not take."""
    record = couple.xero
    if record is None or quote.status(record) in quote.ENDED:
        return None
    return Question(
        QuestionKind.PROBLEM,
        f"{REFUSED}{record.key.id}",
        f"Salesforce takes no product lines of {quote.words(record)}",
        f"{words} All lines or none are given, so the deal has the quote’s amount alone.",
        choices=(
            Choice(AGAIN.value, "Try the lines again", "Sends all of them once more."),
            LEAVE,
        ),
        about=mark,
        alone=True,
        holds=False,
    )


def tries_again(couple: Couple, mark: str) -> bool:
    """Return whether a person said that what this write was refused for is to be sent once more."""
    record = couple.xero
    cause = f"{REFUSED}{record.key.id}" if record is not None else ""
    return couple.decided(cause, mark) == AGAIN.value


def living(couple: Couple) -> tuple[Record, ...]:
    """Return the deal's further quotes that have not ended."""
    others: Sequence[Record] = couple.facts.get(OTHERS) or ()
    return tuple(one for one in others if quote.status(one) not in quote.ENDED)


def _of_others(couple: Couple) -> Question | None:
    """Return the question of an open deal that has another quote than the one that ended."""
    record, deal = couple.xero, couple.salesforce
    if record is None or deal is None or quote.status(record) not in quote.ENDED:
        return None
    others = living(couple)
    if deal.get("IsClosed") is True or not others:
        return None
    state = quote.STATUS_WORDS[quote.status(record)].lower()
    named = ", ".join(quote.words(one) for one in others)
    return Question(
        QuestionKind.PROBLEM,
        f"quote_ended:{record.key.id}",
        f"{quote.words(record)} was {state}, but “{deal.get('Name')}” has {named} too",
        "The deal is not closed while another of its quotes stands. Say which quote the deal "
        "follows from now on, or that it is lost.",
        choices=(
            *(
                Choice(
                    f"{USE}{one.key.id}",
                    f"Follow {quote.words(one)}",
                    f"{quote.words(one)} over {quote.money(one)} stands for the deal from now on; "
                    "what differs now stays as it is.",
                )
                for one in others[:5]
            ),
            Choice(CLOSE, "Close the deal", "It gets the stage that this quote’s status means."),
            LEAVE,
        ),
        about=" ".join([quote.status(record), *sorted(one.key.id for one in others)]),
        alone=True,
        holds=False,
    )


def _of_closed(couple: Couple) -> Question | None:
    """Return the question of a closed deal that its quote gainsays."""
    record, deal = couple.xero, couple.salesforce
    if record is None or deal is None or deal.get("IsClosed") is not True:
        return None
    state, won = quote.status(record), deal.get("IsWon") is True
    lost_though_bought = not won and state in ("ACCEPTED", "INVOICED")
    won_though_ended = won and state in quote.ENDED and not living(couple)
    if not lost_though_bought and not won_though_ended:
        return None
    name, words = deal.get("Name"), quote.STATUS_WORDS[state].lower()
    closed = "won" if won else "lost"
    return Question(
        QuestionKind.PROBLEM,
        f"quote_gainsays:{record.key.id}",
        f"{quote.words(record)} was {words} in Xero, but “{name}” is closed as {closed}",
        "A closed deal is never reopened by a quote. Change its stage in Salesforce if the quote "
        "is right, or the quote’s status in Xero; this then goes away by itself.",
        choices=(LEAVE, RETRY),
        about=f"{state} {deal.get('StageName')}",
        alone=True,
        holds=False,
    )


def _of_currency(couple: Couple) -> Question | None:
    """Return the question of a deal in another currency than its quote."""
    record, deal = couple.xero, couple.salesforce
    if record is None or deal is None:
        return None
    theirs, ours = quote.currency(record), deal.get("CurrencyIsoCode")
    if ours in (None, "", theirs):
        return None
    return Question(
        QuestionKind.PROBLEM,
        f"quote_other_currency:{record.key.id}",
        f"{quote.words(record)} is in {theirs}, but “{deal.get('Name')}” is in {ours}",
        "The deal’s amount and product lines are left as they are. Correct the currency of the "
        "deal in Salesforce, which takes no product lines then, or leave the two as they are.",
        choices=(LEAVE, RETRY),
        about=f"{theirs} {ours}",
        alone=True,
        holds=False,
    )


def _of_stranger(couple: Couple) -> Question | None:
    """Return the question of a deal whose account is another customer's than its quote."""
    record, deal = couple.xero, couple.salesforce
    if record is None or deal is None or not couple.facts.get(STRANGER):
        return None
    if quote.status(record) in quote.ENDED:
        return None
    number, theirs = quote.words(record), str(record.get("Contact.Name") or "another customer")
    return Question(
        QuestionKind.PROBLEM,
        f"quote_other_customer:{record.key.id}",
        f"{number} is for “{theirs}”, but “{deal.get('Name')}” is another customer’s",
        "The deal is billed to its own account’s customer. Give the deal the right account in "
        "Salesforce, or the quote the right customer in Xero; this then goes away by itself.",
        choices=(LEAVE, RETRY),
        about=f"{str(record.get('Contact.ContactID') or '').lower()} {deal.get('AccountId')}",
        alone=True,
        holds=False,
    )
