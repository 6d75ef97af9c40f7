"""What becomes of a case, whatever its rule finds and whatever people did to its task."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.chasing import tasks, wording
from sync.core.chasing.caring import Found, Move, care
from sync.core.chasing.cases import Case, Holds, State, Task, heard
from sync.core.chasing.tasks import Wanted
from sync.core.risk.findings import Finding
from sync.core.texts import text_key

TODAY = date(2026, 11, 19)
DAYS = st.none() | st.integers(-40, 40).map(lambda n: TODAY + timedelta(days=n))
HOLDS = st.builds(Holds, DAYS, st.booleans(), DAYS)
LEVELS = st.integers(1, 3)


def finding(level: int) -> Finding:
    return Finding("overdue", level, level, Decimal(900), "GBP", ("It is late.",))


FOUND = st.builds(
    lambda level, bare, quiet: Found(
        finding(level) if level else None, finding(bare) if bare else None, quiet
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 60),
)
CASES = st.builds(
    lambda state, peak, holds, agreed, closed: Case(
        "001", "overdue", 1, state, peak, peak, "00T", holds=holds, agreed=agreed, closed_on=closed
    ),
    st.sampled_from(State),
    LEVELS,
    HOLDS,
    HOLDS,
    DAYS,
)
TASKS = st.none() | st.builds(
    lambda holds, done, gone: Task("00T", "005", holds=holds, done=done, gone=gone),
    HOLDS,
    st.booleans(),
    st.booleans(),
)


def living(task: Task | None) -> bool:
    return task is not None and not task.done and not task.gone


@given(CASES | st.none(), TASKS, FOUND)
def test_a_new_task_is_opened_only_where_none_is_open(
    case: Case | None, task: Task | None, found: Found
) -> None:
    step = care(case, task, found, TODAY)
    if step.move is Move.OPEN:
        assert found.finding is not None
        assert case is None or case.state is State.SETTLED or not living(task)


@given(CASES, TASKS, FOUND)
def test_only_an_open_task_is_changed_or_closed(
    case: Case, task: Task | None, found: Found
) -> None:
    step = care(case, task, found, TODAY)
    if step.move in (Move.CHANGE, Move.CLOSE):
        assert living(task) or case.state is State.DOUBLED


@given(CASES, TASKS, FOUND)
def test_a_level_is_never_above_what_is_found_and_rises_only_unheld(
    case: Case, task: Task | None, found: Found
) -> None:
    step = care(case, task, found, TODAY)
    if step.move in (Move.CHANGE, Move.OPEN):
        assert found.finding is not None
        assert step.level <= found.finding.level
    if step.rises and step.move is Move.CHANGE and step.case is not None:
        assert step.level > case.peak or case.state is State.SETTLED  # it begins anew
        assert not step.case.holds.disputed
        assert not step.case.holds.waits(TODAY)


@given(CASES, TASKS, FOUND)
def test_what_stands_though_only_waiting_is_never_closed(
    case: Case, task: Task | None, found: Found
) -> None:
    if found.stands and case.state is not State.DOUBLED:
        assert care(case, task, found, TODAY).move is not Move.CLOSE


@given(CASES, TASKS, FOUND)
def test_the_same_look_twice_says_the_same(case: Case, task: Task | None, found: Found) -> None:
    first = care(case, task, found, TODAY)
    if first.move is Move.NOTHING and first.case is not None:
        agreed = replace(first.case, agreed=first.case.holds)
        if task is not None:
            task = replace(task, holds=first.case.holds)
        second = care(agreed, task, found, TODAY)
        if first.case.state is not State.SETTLED:
            assert (second.move, second.case) == (Move.NOTHING, agreed)


@given(HOLDS, HOLDS, HOLDS)
def test_what_one_side_alone_said_stands_and_both_together_wait_longest(
    ours: Holds, theirs: Holds, was: Holds
) -> None:
    case = Case("001", "overdue", 1, holds=ours, agreed=was)
    merged = heard(case, Task("00T", "005", holds=theirs)).holds
    for name in ("snoozed_until", "disputed", "promised_on"):
        mine, other, base = (getattr(each, name) for each in (ours, theirs, was))
        kept = getattr(merged, name)
        if other == base:
            assert kept == mine
        elif mine == base:
            assert kept == other
        else:
            assert kept == max(filter(None, (mine, other)), default=mine)


def test_a_hold_ends_on_its_day() -> None:
    assert Holds(snoozed_until=TODAY + timedelta(days=1)).waits(TODAY)
    assert not Holds(snoozed_until=TODAY).waits(TODAY)
    assert Holds(promised_on=TODAY).trusts(TODAY)
    assert not Holds(promised_on=TODAY - timedelta(days=1)).trusts(TODAY)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(WORDS, WORDS, WORDS)
def test_nothing_that_a_person_wrote_below_is_ever_lost(was: str, now: str, below: str) -> None:
    if wording.END in was + now + below or not below.strip():
        return
    ours, wanted = wording.body([was], []), wording.body([now], [])
    there = wording.joined(ours, below)
    kept = below.replace("\r\n", "\n").strip("\n")
    for told in (wording.renewed(there, ours, wanted), wording.retold(there, ours, wanted)):
        assert told is None or told.endswith(kept)
    assert kept in wording.closing(there.replace("\r\n", "\n"), TODAY, "Paid.")


@given(WORDS)
def test_a_text_that_a_person_rewrote_is_kept_whole(theirs: str) -> None:
    ours, wanted = wording.body(["It is late."], []), wording.body(["It is later."], [])
    if text_key(theirs) in ("", text_key(ours), text_key(wanted)):
        return
    assert wording.renewed(theirs, ours, wanted) is None
    assert wording.retold(theirs, ours, wanted).endswith(theirs)


WANTED = Wanted("005A", "Overdue: Acme", wording.body(["Late."], []), "Normal", TODAY, 2)


def test_what_was_written_once_is_not_written_again() -> None:
    task = Task("00T", "005A", "Overdue: Acme", WANTED.text, "Normal", TODAY, 2)
    given_before = tasks.given_after(None, None, WANTED, vars(WANTED))
    case = Case("001", "overdue", 1, given=given_before)
    assert tasks.changed(case, task, WANTED, rises=False, orphaned=False) == {}
    lost = replace(case, given={})  # the answer was lost: the task itself tells what was written
    assert tasks.given_after(lost, task, WANTED, {}) == given_before


def test_a_task_is_due_after_working_days_alone() -> None:
    friday = date(2026, 11, 20)
    assert tasks.day_to_act(friday, 3) == date(2026, 11, 23)
    assert tasks.day_to_act(friday, 1) == date(2026, 11, 27)
    assert tasks.day_to_act(date(2026, 11, 21), 3).weekday() < 5


@pytest.mark.parametrize(
    "said", [Holds(disputed=True), Holds(promised_on=TODAY + timedelta(days=90))]
)
def test_what_is_said_of_some_invoices_holds_no_others_back(said: Holds) -> None:
    case = Case("001", "overdue", 1, task="00T", holds=said, agreed=said, held=("A",))
    other = Found(replace(finding(2), invoices=("B",)), finding(2), 14)
    step = care(case, Task("00T", "005", holds=said), other, TODAY)
    assert (step.move, step.rises) == (Move.CHANGE, True)
    both = Found(replace(finding(2), invoices=("A", "B")), finding(2), 14)
    assert not care(case, Task("00T", "005", holds=said), both, TODAY).rises
    ended = replace(case, state=State.DONE, closed_on=TODAY - timedelta(days=20))
    task = Task("00T", "005", holds=said, done=True)
    assert care(ended, task, other, TODAY).move is Move.OPEN
    assert care(ended, task, replace(other, finding=None), TODAY).move is Move.NOTHING
