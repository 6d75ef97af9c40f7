"""Opening, updating, rising and closing: one task an account and rule, over simulated weeks."""

from __future__ import annotations

from .office import Office


def test_an_overdue_invoice_makes_one_task_for_the_accounts_owner(office: Office) -> None:
    account, contact = office.customer()
    office.owes(contact)
    office.sync()
    task = office.task(account)
    assert (task["OwnerId"], task["WhatId"]) == (office.sam, account)
    assert (task["Subject"], task["Priority"]) == ("Overdue: Acme Ltd", "Normal")
    assert "GBP 900.00 is more than 14 days overdue, on 1 invoice." in task["Description"]
    assert office.account(account)["Credit_Status"] == "Watch"
    assert office.history() == ["Level 1: a task for Sam."]
