"""Fills an empty sandbox with a believable company, the same way for the same seed."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.seeding import (
    AGE,
    SIZES,
    books,
    cases,
    crowd,
    debts,
    desks,
    ledgers,
    pacific,
    staff,
)
from sandbox.world import World


class NotEmptyError(ValueError):
    """The sandbox holds something already; reset it first."""


def plant(world: World, seed: int, size: str) -> None:
    """Make Fernhill Surveys in both systems.

    `large` adds thousands of customers and deals, `books` customers up to 5,000 on each side.
    Raises NotEmptyError where a customer is there already, ValueError for an unknown size.
    """
    if size not in SIZES:
        raise ValueError(f"size is one of {', '.join(SIZES)}, not {size!r}.")
    if not is_empty(world):
        raise NotEmptyError("The sandbox is not empty. Reset it first.")
    now = world.clock.now()
    with world.batch(), _long_ago(world):
        accounts = desks.furnish(world)
        contacts = ledgers.open_books(world, accounts)
        special = cases.open_accounts(world)
        if size == "large":
            crowd.gather(world, seed)
        with _meanwhile(world):
            ledgers.bill_by_hand(world, contacts, now)
            cases.open_contacts(world, special, now)
            debts.run_up(world, now)
        staff.hire(world)
        if size != "books":  # whose address books are those of one company
            payers = pacific.open_contacts(world, pacific.sell(world))
            with _meanwhile(world):
                pacific.bill_by_hand(world, payers, now)
        cases.tell_company(world, accounts, contacts)
        if size == "books":
            books.write_books(world, seed)


def is_empty(world: World) -> bool:
    """Whether neither system knows a customer."""
    return not world.table("salesforce", "Account") and not world.table("xero", "Contact")


@contextmanager
def _meanwhile(world: World) -> Iterator[None]:
    """Do the work at whatever times it likes; afterwards it is as early as before."""
    before = world.clock.now()
    yield
    world.clock.freeze(before)


@contextmanager
def _long_ago(world: World) -> Iterator[None]:
    """Do the work in the past, so that nothing looks as if it had changed just now."""
    before = world.clock.saved()
    world.clock.freeze(world.clock.now() - AGE)
    try:
        yield
    finally:
        world.clock.restore(before)
