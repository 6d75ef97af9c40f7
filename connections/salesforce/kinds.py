"""The kinds of Salesforce records: what is read of each, with its lines and its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OPTIONAL = "?"  # after a field that not every org has, or that it may hide from us


@dataclass(frozen=True)
class Child:
    """Records below another: their relationship's name there, and what is read of each.

    `custom` tells to read every field that the org added itself.
    """

    relationship: str
    kind: str
    fields: tuple[str, ...]
    custom: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind. `glance` is the condition for records that most likely need work.

    `touched_by` names a kind below whose changes may leave the record's own stamp as it is, with
    the field that leads up. `external_id` is the field by which creates are made repeatable.
    """

    name: str
    fields: tuple[str, ...]
    children: tuple[Child, ...] = ()
    glance: str = ""
    touched_by: tuple[str, str] | None = None
    external_id: str = ""

    @property
    def describes(self) -> tuple[str, ...]:
        """The kinds that a reading is about, to be described in one call."""
        above = {
            "Account": "Account",
            "Owner": "User",
            "Product2": "Product2",
            "Contact": "Contact",
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
                "CurrencyIsoCode?",
                "Description?",
                "HasOpportunityLineItem?",
                "OwnerId",
                "Owner.Name?",
                "Owner.Email?",
                "Pricebook2Id?",
                "Type?",
                *(f"Account.{name}" for name in _ACCOUNT),
            ),
            children=(
                Child(
                    "OpportunityLineItems",
                    "OpportunityLineItem",
                    (
                        "Id",
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
            touched_by=("OpportunityLineItem", "OpportunityId"),
        ),
        Kind("Account", (*_ALWAYS, "OwnerId", "MasterRecordId?", *_ACCOUNT)),
        Kind("Contact", (*_ALWAYS, "AccountId", "MasterRecordId?", "Title?", *_PERSON)),
        Kind(
            "OpportunityLineItem",
            (*_ALWAYS, "OpportunityId", "Quantity", "UnitPrice", "TotalPrice", "Discount?",
             "Description?", "ServiceDate?", "Product2Id?"),
        ),
        Kind("Product2", (*_ALWAYS, "Name", "ProductCode?", "Family?", "Description?", "IsActive")),
        Kind("User", (*_ALWAYS, "Name", "Email", "IsActive")),
    )
}  # fmt: skip
