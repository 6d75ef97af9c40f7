"""What Salesforce derives in an opportunity: from its stage, its close date and its lines."""

from decimal import Decimal

from sandbox.salesforce import stamps
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing import record_types
from sandbox.salesforce.writing.amounts import expect, recount
from sandbox.salesforce.writing.bin import put_in_bin
from sandbox.salesforce.writing.change import Change
from sandbox.salesforce.writing.records import new_record, sign
from sandbox.store import Record

CATEGORIES = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "Best Case": "BestCase",
    "Most Likely": "MostLikely",
    "Commit": "Forecast",
    "Closed": "Closed",
}
_UNKNOWN_STAGE: Record = {
    "IsClosed": False,
    "IsWon": False,
    "DefaultProbability": Decimal(0),
    "ForecastCategoryName": "Pipeline",
}
_FROM_LINES = ("Amount", "TotalOpportunityQuantity")


def before(org: Org, change: Change) -> None:
    """Derive the fields that nobody writes."""
    new = change.new
    record_types.settle(org, change)
    if change.moved("StageName"):
        _take_stage(org, change)
    new["ForecastCategory"] = CATEGORIES.get(new["ForecastCategoryName"] or "", "Pipeline")
    if change.old and change.old["HasOpportunityLineItem"]:
        _mind_lines(change, change.old)
    expect(new)
    _set_period(org, new)


def after(org: Org, change: Change) -> None:
    """Make the contact's role, and take the lines off where the price book was changed."""
    new = change.new
    if change.creates and new.get("ContactId"):
        _add_role(org, change)
    if change.old and change.old["HasOpportunityLineItem"] and change.moved("Pricebook2Id"):
        kind = org.catalogue.named("OpportunityLineItem")
        for line in org.all_with("OpportunityLineItem", "OpportunityId", new["Id"]):
            put_in_bin(org, change.author, kind, line, root=line["Id"])
        recount(org, change.author, new["Id"])


def _add_role(org: Org, change: Change) -> None:
    kind = org.catalogue.named("OpportunityContactRole")
    new = change.new
    role = {"OpportunityId": new["Id"], "ContactId": new["ContactId"], "IsPrimary": True}
    role["CurrencyIsoCode"] = new["CurrencyIsoCode"]
    record = new_record(org, change.author, kind, role)
    sign(org, kind, record, change.author, creates=True)
    org.put(kind.name, record)


def _take_stage(org: Org, change: Change) -> None:
    found = org.all_with("OpportunityStage", "MasterLabel", change.new["StageName"])
    stage = next((one for one in found if one["IsActive"]), _UNKNOWN_STAGE)
    change.new |= {"IsClosed": stage["IsClosed"], "IsWon": stage["IsWon"]}
    if "Probability" not in change.given:
        change.new["Probability"] = stage["DefaultProbability"]
    if "ForecastCategoryName" not in change.given:
        change.new["ForecastCategoryName"] = stage["ForecastCategoryName"]
    if not change.creates:
        change.new["LastStageChangeDate"] = org.stamp()


def _mind_lines(change: Change, old: Record) -> None:
    """With lines, the amount is theirs: another one is ignored without a word."""
    change.new |= {name: old[name] for name in _FROM_LINES}
    if change.moved("CurrencyIsoCode"):
        raise RefusedError(
            "FIELD_INTEGRITY_EXCEPTION",
            "The currency cannot be changed while the opportunity has products",
            ["CurrencyIsoCode"],
        )


def _set_period(org: Org, record: Record) -> None:
    if not record["CloseDate"]:
        return
    closes = stamps.read_date(record["CloseDate"])
    own = next(iter(org.table("Organization").values()), {})
    first = own.get("FiscalYearStartMonth") or 1
    since = (closes.month - first) % 12
    year = closes.year - (closes.month < first)
    if first > 1 and not own.get("UsesStartDateAsFiscalYearName"):
        year += 1
    quarter = since // 3 + 1
    record |= {"FiscalYear": year, "FiscalQuarter": quarter, "Fiscal": f"{year} {quarter}"}
