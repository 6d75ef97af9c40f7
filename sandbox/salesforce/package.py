"""The fields that Counterpart's package adds to an org, as its set-up screens would show them."""

from sandbox.store import Record


def _text(name: str, length: int) -> Record:
    return {"name": name, "type": "Text", "length": length}


def _marker(name: str) -> Record:
    """What a record made from Xero is found again by: unique, in whatever case."""
    return {**_text(name, 36), "external_id": True, "unique": True}


PACKAGE: dict[str, list[Record]] = {
    "Opportunity": [
        {**_text("Counterpart_Invoice_Id__c", 36), "external_id": True},
        _text("Counterpart_Invoice_Number__c", 255),
        _text("Counterpart_Invoice_Status__c", 40),
        {"name": "Counterpart_Invoice_Total__c", "type": "Currency"},
        {"name": "Counterpart_Invoice_Url__c", "type": "Url"},
    ],
    "Account": [
        _marker("Counterpart_Xero_Contact_Id__c"),
        {"name": "Counterpart_Billing_Email__c", "type": "Email"},
        _text("Counterpart_Tax_Number__c", 50),
        _text("Counterpart_Company_Number__c", 50),
        _text("Counterpart_Payment_Terms__c", 80),
        {"name": "Counterpart_Do_Not_Sync__c", "type": "Checkbox"},
        _text("Counterpart_Do_Not_Sync_Reason__c", 255),
    ],
    "Contact": [
        {"name": "Counterpart_Billing_Contact__c", "type": "Checkbox"},
        _marker("Counterpart_Xero_Contact_Id__c"),
    ],
}
