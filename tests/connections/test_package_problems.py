"""Salesforce's reasons against a component, in plain words with what to do."""

import pytest

from connections.salesforce import deploy_problems


@pytest.mark.parametrize(
    ("problem", "meaning"),
    [
        ("You cannot deploy to a required field: Account.Counterpart_Overdue__c", "optional again"),
        (
            "In field: field - no CustomField named Account.Counterpart_Overdue__c found",
            "The field Account.Counterpart_Overdue__c is not in the org",
        ),
        ("Cannot change field type from Text to Number", "another type"),
        ("There are duplicate values in this field; it cannot be made unique", "made unique"),
        ("Maximum number of custom fields reached on Account: 800", "no room"),
        ("You have reached the limit of 25 external ID fields", "no room"),
        ("This developer name is already in use: Counterpart", "something else of this name"),
        ("insufficient access rights on cross-reference id", "may not change this"),
        ("Currency is not enabled for this organization", "do not have what it needs"),
        ("In field: integrationUser - no User named x@y.example found", "does not know the user"),
    ],
)
def test_a_known_problem_says_what_to_do(problem: str, meaning: str) -> None:
    assert meaning in deploy_problems.words(problem)


def test_an_unknown_problem_is_told_in_salesforces_own_words() -> None:
    assert deploy_problems.words("Odd thing.") == "Salesforce says: Odd thing."
    assert deploy_problems.named("CustomField", "Account.A__c") == "the field Account.A__c"
    assert deploy_problems.named("", "package.xml") == "package.xml"
