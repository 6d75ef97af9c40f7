"""Doubling: a system refused a new customer because of another: which of them is it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync.core import desk_questions
from sync.core.errors import DuplicateFound
from sync.core.planning import Plan
from sync.core.questions import Question, from_error
from sync.core.records import Key

from . import indexing, meeting, telling
from .address_books import AddressBooks
from .work import Work


def questions(
    work: Work, plans: Iterable[Plan], refused: Mapping[Key, DuplicateFound]
) -> dict[Key, Question]:
    """Return for each subject whose new record was refused which of the others it may be.

    Where the others are not known, the refusal itself is the question.
    """
    if not refused:
        return {}
    books = meeting.open_books(work)
    owns = {p.subject: p.couple.own for p in plans if p.subject in refused}
    entries = books.enter([own for own in owns.values() if own is not None])
    books.warm(entries.values())
    apart = telling.apart_from(work.pair, refused)
    found: dict[Key, Question] = {}
    for subject, error in refused.items():
        near = _near(work, books, subject, error) if subject in entries else []
        near = [one for one in near if one.entry.key not in apart.get(subject, ())]
        found[subject] = (
            desk_questions.about_refusal(entries[subject], near, books.rules, error)
            if subject in entries and (near or not error.taken[0])
            else from_error(error)
        )
    return found


def _near(
    work: Work, books: AddressBooks, subject: Key, error: DuplicateFound
) -> list[desk_questions.Near]:
    """Return the records that the refusal speaks of: by their ids, or by the name they have."""
    missing = subject.system.other
    kind = work.flow.xero_kind if missing.value == "xero" else work.flow.salesforce_kind
    keys = [Key(missing, kind, remote_id) for remote_id in error.candidates]
    if error.taken[0] == "Name":
        connection_id = work.remote(missing).connection_id
        held = indexing.find(connection_id, kind, [("name", error.taken[1].casefold())])
        keys += [candidate.key for found in held.values() for candidate in found]
    entries = [books.entry(str(key)) for key in dict.fromkeys(keys)]
    own = books.entry(str(subject))
    return [
        desk_questions.Near(entry, books.rate(own.party, entry.party))
        for entry in entries
        if entry is not None and own is not None
    ]
