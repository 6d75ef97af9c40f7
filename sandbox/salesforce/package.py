"""The fields that Counterpart's package adds to an org, as its set-up screens would show them."""

from sandbox.store import Record


def _text(name: str, length: int) -> Record:
    return {"name": name, "type": "Text", "length": length}


def _marker(name: str, length: int = 36) -> Record:
    """What a record made by Counterpart is found again by: unique, in whatever case."""
    return {**_text(name, length), "external_id": True, "unique": True}


def _money(name: str) -> Record:
    return {"name": name, "type": "Currency", "length": 18, "scale": 2}


def _count(name: str, digits: int) -> Record:
    return {"name": name, "type": "Number", "length": digits, "scale": 0}


def _notes(name: str) -> Record:
    return {"name": name, "type": "Long Text", "length": 32768}


def _plain(name: str, type: str) -> Record:
    return {"name": name, "type": type}


def _list(name: str, *choices: str) -> Record:
    return {"name": name, "type": "Picklist", "choices": list(choices)}


PACKAGE: dict[str, list[Record]] = {
    "Opportunity": [
        _marker("Counterpart_Invoice_Id__c"),
        _text("Counterpart_Invoice_Number__c", 255),
        _text("Counterpart_Invoice_Status__c", 40),
        _money("Counterpart_Invoice_Total__c"),
        _plain("Counterpart_Invoice_Url__c", "Url"),
        _list(
            "Counterpart_Payment_Status__c",
            *("Draft", "Awaiting approval", "Awaiting payment", "Part-paid"),
            *("Paid", "Overdue", "Voided", "Credited"),
        ),
        _count("Counterpart_Invoice_Count__c", 4),
        _text("Counterpart_Invoice_Currency__c", 3),
        _money("Counterpart_Invoice_Paid__c"),
        _money("Counterpart_Invoice_Credited__c"),
        _money("Counterpart_Invoice_Amount_Due__c"),
        _plain("Counterpart_Invoice_Due_Date__c", "Date"),
        _plain("Counterpart_Invoice_Paid_On__c", "Date"),
        _count("Counterpart_Invoice_Days_Overdue__c", 6),
        _plain("Counterpart_Invoice_Online_Url__c", "Url"),
        _notes("Counterpart_Invoice_Payments__c"),
        _plain("Counterpart_Invoice_As_Of__c", "datetime"),
        _marker("Counterpart_Quote_Id__c"),
        _text("Counterpart_Quote_Number__c", 255),
        _text("Counterpart_Quote_Status__c", 40),
        _plain("Counterpart_Quote_Url__c", "Url"),
    ],
    "Account": [
        _marker("Counterpart_Xero_Contact_Id__c"),
        _plain("Counterpart_Billing_Email__c", "Email"),
        _text("Counterpart_Tax_Number__c", 50),
        _text("Counterpart_Company_Number__c", 50),
        _text("Counterpart_Payment_Terms__c", 80),
        _plain("Counterpart_Do_Not_Sync__c", "Checkbox"),
        _text("Counterpart_Do_Not_Sync_Reason__c", 255),
        _money("Counterpart_Outstanding__c"),
        _money("Counterpart_Overdue__c"),
        _count("Counterpart_Oldest_Days_Overdue__c", 6),
        _count("Counterpart_Open_Invoices__c", 6),
        _money("Counterpart_Last_Payment__c"),
        _plain("Counterpart_Last_Payment_On__c", "Date"),
        _notes("Counterpart_Balances__c"),
        _count("Counterpart_Days_To_Pay__c", 6),
        _plain("Counterpart_Finance_As_Of__c", "datetime"),
        _money("Counterpart_Credit_Limit__c"),
        _list("Counterpart_Credit_Status__c", "Good", "Watch", "At risk", "On hold"),
        _notes("Counterpart_Credit_Reasons__c"),
    ],
    "Contact": [
        _plain("Counterpart_Billing_Contact__c", "Checkbox"),
        _marker("Counterpart_Xero_Contact_Id__c"),
    ],
    "Product2": [_marker("Counterpart_Xero_Item_Id__c")],
    "OpportunityLineItem": [_marker("Counterpart_Xero_Line_Id__c")],
    "Task": [
        _marker("Counterpart_Rule_Key__c", 80),
        _count("Counterpart_Severity__c", 3),
        _plain("Counterpart_Snoozed_Until__c", "Date"),
        _plain("Counterpart_Disputed__c", "Checkbox"),
        _plain("Counterpart_Promised_On__c", "Date"),
    ],
}
