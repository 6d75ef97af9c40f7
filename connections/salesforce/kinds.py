"""The kinds of Salesforce records: what is read of each, with its lines and its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OPTIONAL = "?"  # after a field that not every org has, or that it may hide from us


@dataclass(frozen=True)
class Child:
    """Records below another: their relationship's name there, and what is read of each.

    `custom` tells to read every field that the org added itself. `condition` and `limit` tell
    which of them are read, and how many.
    """

    relationship: str
    kind: str
    fields: tuple[str, ...]
    custom: bool = False
    condition: str = ""
    limit: int = 0


@dataclass(frozen=True)
class Touch:
    """A kind whose changes may leave the stamp of the record above as it is.

    `above` leads up to that record: its relationship, whose id is read. Only changes of records
    that hold `condition` count.
    """

    kind: str
    above: str
    condition: str = ""

    @property
    def field(self) -> str:
        """The field with the id of the record above."""
        return f"{self.above}Id"


@dataclass(frozen=True)
class Kind:
    """One kind. `glance` is the condition for records that most likely need work.

    `external_id` is the field by which creates are made repeatable; without one, nothing of the
    kind is ever created, unless Salesforce itself takes each of the kind but `once`. Look-ups by a
    field of `narrowed` find only records that hold its condition.
    """

    name: str
    fields: tuple[str, ...]
    children: tuple[Child, ...] = ()
    glance: str = ""
    touched_by: tuple[Touch, ...] = ()
    external_id: str = ""
    once: bool = False
    narrowed: Mapping[str, str] = field(default_factory=dict, hash=False)

    def child(self, kind: str) -> Child | None:
        """Return what is read of a kind below this one, or None."""
        return next((child for child in self.children if child.kind == kind), None)

    @property
    def describes(self) -> tuple[str, ...]:
        """The kinds that a reading is about, to be described in one call."""
        above = {
            "Account": "Account",
            "Owner": "User",
            "Product2": "Product2",
            "Contact": "Contact",
            "Pricebook2": "Pricebook2",
            "Opportunity": "Opportunity",
            "LastModifiedBy": "User",
        }
        found = {self.name: None} | {child.kind: None for child in self.children}
        paths = [*self.fields, *(field for child in self.children for field in child.fields)]
        for step in (path.split(".")[0] for path in paths if "." in path):
            found |= {above[step]: None} if step in above else {}
        return tuple(found)


_ALWAYS = ("Id", "SystemModstamp")
_ADDRESS = ("Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode")
_ACCOUNT = (
    "Name",
    "AccountNumber?",
    "Phone?",
    "Website?",
    "CurrencyIsoCode?",
    "IsPersonAccount?",
    "PersonEmail?",
    *(f"Billing{part}?" for part in _ADDRESS),
)
_PERSON = ("Name?", "FirstName?", "LastName?", "Email?", "Phone?")
_CHANGED = ("LastModifiedDate?", "LastModifiedBy.Name?")
# Counterpart's own fields, where its package is installed
_ACCOUNT_OURS = tuple(
    f"Counterpart_{name}__c?"
    for name in (
        "Xero_Contact_Id",
        "Billing_Email",
        "Tax_Number",
        "Company_Number",
        "Payment_Terms",
        "Do_Not_Sync",
        "Do_Not_Sync_Reason",
    )
)
_CONTACT_OURS = ("Counterpart_Billing_Contact__c?", "Counterpart_Xero_Contact_Id__c?")
_TASK_OURS = tuple(
    f"Counterpart_{name}__c?"
    for name in ("Rule_Key", "Severity", "Snoozed_Until", "Disputed", "Promised_On")
)
_PRICE = (
    *("Id", "SystemModstamp", "Pricebook2Id", "IsActive", "UnitPrice?", "UseStandardPrice?"),
    *("CurrencyIsoCode?", "Pricebook2.IsStandard"),
)
_BELOW_ACCOUNT = (
    Child(
        "Contacts",
        "Contact",
        (
            "Id",
            "SystemModstamp",
            "CreatedDate?",
            "Title?",
            "MobilePhone?",
            *_PERSON,
            *_CONTACT_OURS,
        ),
    ),
    # one is enough to know that somebody bought
    Child("Opportunities", "Opportunity", ("Id",), condition="IsWon = true", limit=1),
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "Opportunity",
            (
                *_ALWAYS,
                "Name",
                "AccountId",
                "Amount",
                "CloseDate",
                "StageName",
                "IsWon",
                "IsClosed",
                "LastStageChangeDate?",
                "CurrencyIsoCode?",
                "Description?",
                "HasOpportunityLineItem?",
                "OwnerId",
                "Owner.Name?",
                "Owner.Email?",
                "Pricebook2Id?",
                "Type?",
                "Counterpart_Quote_Id__c?",
                *(f"Account.{name}" for name in _ACCOUNT),
            ),
            children=(
                Child(
                    "OpportunityLineItems",
                    "OpportunityLineItem",
                    (
                        "Id",
                        "SystemModstamp",
                        "Quantity",
                        "UnitPrice",
                        "TotalPrice",
                        "Description?",
                        "Discount?",
                        "ListPrice?",
                        "Name?",
                        "PricebookEntryId?",
                        "ProductCode?",
                        "ServiceDate?",
                        "SortOrder?",
                        "Subtotal?",
                        "Product2Id?",
                        "Product2.Family?",
                        "Product2.Name?",
                        "Product2.ProductCode?",
                    ),
                    custom=True,
                ),
                Child(
                    "OpportunityContactRoles",
                    "OpportunityContactRole",
                    ("Id", "ContactId", "IsPrimary", "Role?", *(f"Contact.{n}" for n in _PERSON)),
                ),
            ),
            glance="IsWon = true",
            touched_by=(Touch("OpportunityLineItem", "Opportunity"),),
            external_id="Counterpart_Quote_Id__c",
        ),
        Kind(
            "Account",
            (
                *_ALWAYS,
                "OwnerId",
                "MasterRecordId?",
                "ParentId?",
                "Fax?",
                "CreatedDate?",
                *_CHANGED,
                *_ACCOUNT,
                *(f"Shipping{part}?" for part in _ADDRESS),
                *("FirstName?", "LastName?", "PersonContactId?", "PersonMobilePhone?"),
                *_ACCOUNT_OURS,
            ),
            children=_BELOW_ACCOUNT,
            touched_by=(
                Touch("Contact", "Account"),
                Touch("Opportunity", "Account", "IsWon = true"),
            ),
            external_id="Counterpart_Xero_Contact_Id__c",
        ),
        Kind(
            "Contact",
            (
                *_ALWAYS,
                "AccountId",
                "MasterRecordId?",
                "Title?",
                "MobilePhone?",
                *_CHANGED,
                *_PERSON,
                *_CONTACT_OURS,
            ),
            external_id="Counterpart_Xero_Contact_Id__c",
        ),
        Kind(
            "OpportunityLineItem",
            (*_ALWAYS, "OpportunityId", "Quantity", "UnitPrice", "TotalPrice", "Discount?",
             "Description?", "ServiceDate?", "Product2Id?", "Opportunity.Name?",
             "CurrencyIsoCode?"),
            external_id="Counterpart_Xero_Line_Id__c",
            # of what was ever sold, what open deals sell
            narrowed={"Product2Id": "Opportunity.IsClosed = false"},
        ),
        Kind(
            "Product2",
            (*_ALWAYS, "Name", "ProductCode?", "Family?", "Description?", "IsActive", *_CHANGED,
             "Counterpart_Xero_Item_Id__c?"),
            children=(Child("PricebookEntries", "PricebookEntry", _PRICE),),
            touched_by=(Touch("PricebookEntry", "Product2"),),
            external_id="Counterpart_Xero_Item_Id__c",
        ),
        # one a product, price book and currency
        Kind("PricebookEntry", (*_PRICE, "Product2Id"), once=True),
        Kind("User", (*_ALWAYS, "Name", "Email?", "Username?", "IsActive", "ManagerId?")),
        Kind("Group", (*_ALWAYS, "Name", "DeveloperName?", "Type?")),  # queues are among them
        Kind(
            "Task",
            (
                *_ALWAYS,
                *("OwnerId", "IsClosed", "Status?", "Subject?", "Priority?", "ActivityDate?"),
                *("Description?", "WhatId?"),
                *_TASK_OURS,
            ),
            glance="Counterpart_Rule_Key__c != null",
            external_id="Counterpart_Rule_Key__c",
        ),
    )
}  # fmt: skip
