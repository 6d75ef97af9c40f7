"""The Salesforce doorway reads: what it asks for, and what it makes of the answers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote_plus

import pytest

from connections import budget, live
from connections.models import Connection
from connections.remote import Lane
from connections.salesforce.client import SalesforceRemote
from sync.core.errors import NeedsPerson
from sync.core.records import Key, System
from tests.connections.salesforce.small_org import WON, SmallOrg, deal, line, page, row

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_a_deal_comes_with_exact_numbers_its_account_its_lines_and_its_people(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    lines = page(
        line("2", SortOrder=2, Quantity=1.0, UnitPrice=Decimal("0.10"), ServiceDate="2026-12-01"),
        line("1", SortOrder=1, Quantity=2, UnitPrice=Decimal("99999999999999.99")),
    )
    role = row(
        "OpportunityContactRole",
        Id="r",
        IsPrimary=True,
        Contact=row("Contact", Email="a@b.example"),
    )
    org.answers.append(
        [
            deal(
                Amount=Decimal("1234567.89"),
                CloseDate="2026-11-25",
                Account=row("Account", Name="O’Neill & Söhne"),
                OpportunityLineItems=lines,
                OpportunityContactRoles=page(role),
            )
        ]
    )
    (record,) = remote.read("Opportunity", [WON])
    assert record.key == Key(System.SALESFORCE, "Opportunity", WON)
    assert record.stamp == datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert record.values["Amount"] == Decimal("1234567.89")
    assert record.values["CloseDate"] == date(2026, 11, 25)
    assert record.get("Account.Name") == "O’Neill & Söhne"
    first, second = record.values["OpportunityLineItems"]
    assert (first["Id"], first["Quantity"], first["UnitPrice"]) == (
        "1",
        2,
        Decimal("99999999999999.99"),
    )
    assert isinstance(first["Quantity"], Decimal)
    assert second["ServiceDate"] == date(2026, 12, 1)
    assert record.values["OpportunityContactRoles"][0]["Contact"]["Email"] == "a@b.example"


def test_a_deal_without_lines_has_an_empty_list(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.answers.append([deal(OpportunityLineItems=None)])
    (record,) = remote.read("Opportunity", [WON])
    assert record.values["OpportunityLineItems"] == []


def test_only_what_the_org_has_is_asked_for(org: SmallOrg, remote: SalesforceRemote) -> None:
    remote.read("Opportunity", [WON], ["Region__c", "Account.Owner.Email"])
    (query, _) = org.queries()
    assert "CurrencyIsoCode" not in query
    assert "BillingStreet" not in query
    assert "Account.BillingCity" in query
    assert "Region__c" in query
    assert "Account.Owner.Email" in query
    assert "Site__c FROM OpportunityLineItems" in query  # every field that the org added to lines
    assert query.endswith(f"FROM Opportunity WHERE Id IN ('{WON}')")


def test_the_currency_is_read_where_the_org_has_several(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    org.fields["Opportunity"] += " CurrencyIsoCode:picklist"
    remote.read("Opportunity", [WON])
    assert "CurrencyIsoCode" in org.queries()[0]


@pytest.mark.parametrize(
    "path", ["Regon__c", "Account.Regon__c", "Acount.Name", "OpportunityLineItems.Sight__c"]
)
def test_a_field_that_the_org_lacks_is_named(
    org: SmallOrg, remote: SalesforceRemote, path: str
) -> None:
    with pytest.raises(NeedsPerson) as caught:
        remote.read("Opportunity", [WON], [path])
    assert caught.value.cause.startswith("unknown_field:Opportunity")
    assert path.rsplit(".", maxsplit=1)[-1] in str(caught.value)
    assert org.queries() == []


def test_a_field_that_was_taken_away_meanwhile_is_left_out(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    remote.fields("Opportunity")
    org.fields["Account"] = org.fields["Account"].replace("BillingCity:string ", "")
    message = "No such column 'BillingCity' on entity 'Account'. If you are attempting"
    org.answers.append((400, [{"errorCode": "INVALID_FIELD", "message": message}]))
    org.answers.append([deal()])
    assert len(remote.read("Opportunity", [WON])) == 1
    assert "BillingCity" not in org.queries()[-1]


def test_an_org_without_products_is_read_without_lines(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    del org.fields["OpportunityLineItem"]
    org.answers.append([deal()])
    (record,) = remote.read("Opportunity", [WON])
    assert record.values["OpportunityLineItems"] == []
    assert "OpportunityLineItem" not in org.queries()[0]


def test_lines_beyond_the_first_page_are_followed(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.answers.append([deal(OpportunityLineItems=page(line("1"), more="01g-2000"))])
    org.answers.append(page(line("2"), more="01g-4000"))
    org.answers.append(page(line("3")))
    (record,) = remote.read("Opportunity", [WON])
    assert [each["Id"] for each in record.values["OpportunityLineItems"]] == ["1", "2", "3"]


def test_ids_go_two_hundred_to_a_call_and_are_quoted(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    ids = [f"0065g000000{number:04}AAC" for number in range(450)]
    org.answers.extend([deal(each) for each in ids[start : start + 200]] for start in (0, 200, 400))
    assert len(remote.read("Opportunity", ids)) == 450
    assert len(org.queries()) == 3
    assert all(len(quote_plus(query)) < 15_000 for query in org.queries())
    remote.read("Opportunity", ["x') OR (Name != '"])
    assert r"Id IN ('x\') OR (Name != \'')" in org.queries()[3]


def test_an_address_that_would_be_too_long_takes_fewer_ids(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    custom = " ".join(f"Quite_A_Long_Name_{number:03}__c:string" for number in range(400))
    org.fields["OpportunityLineItem"] += f" {custom}"
    ids = [f"0065g000000{number:04}AAC" for number in range(200)]
    remote.read("Opportunity", ids)
    assert all(len(quote_plus(query)) <= 15_000 for query in org.queries())
    assert len(org.queries()) > 2


def test_what_is_gone_says_how(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.answers.append([])
    org.answers.append(
        [
            row("Account", Id="001A", IsDeleted=True, MasterRecordId="001B"),
            row("Account", Id="001C", IsDeleted=True, MasterRecordId=None),
        ]
    )
    records = remote.read("Account", ["001A", "001C", "001D"])
    assert [(r.key.id, r.gone) for r in records] == [("001A", "merged:001B"), ("001C", "deleted")]
    assert [path for _, path, _ in org.asked] == ["query/", "queryAll/"]


def test_kinds_are_described_in_one_call_and_kept(
    org: SmallOrg, connection: Connection, remote: SalesforceRemote
) -> None:
    org.answers.extend([[deal()], [deal()]])
    remote.read("Opportunity", [WON])
    assert remote.calls == 2
    again = live.open_remote(connection, Lane.BILLING)
    again.read("Opportunity", [WON])
    assert again.calls == 1
    assert again.fields("Opportunity")["Amount"] == "currency"
    assert again.fields("NoSuch__c") == {}
    assert budget.calls_left(connection).day == 15_000 - 18


def test_an_org_with_one_currency_tells_it_by_its_features(
    org: SmallOrg, remote: SalesforceRemote
) -> None:
    own = {"Name": "Fernhill", "OrganizationType": "Enterprise Edition", "IsSandbox": True}
    org.answers.append([row("Organization", **own, TimeZoneSidKey="Europe/London", Country="GB")])
    org.answers.append({"features": {"multiCurrency": False, "defaultCurrencyIsoCode": "GBP"}})
    told = remote.reference()
    assert (told.name, told.base_currency) == ("Fernhill", "GBP")
    assert set(told.currencies) == {"GBP"}
    assert (told.is_demo, told.edition) == (True, "Enterprise Edition")


def test_an_org_with_several_currencies_lists_them(org: SmallOrg, remote: SalesforceRemote) -> None:
    org.fields["CurrencyType"] = "Id:id IsoCode:picklist IsCorporate:boolean IsActive:boolean"
    own = {"Name": "Fernhill", "OrganizationType": "Enterprise Edition", "IsSandbox": False}
    org.answers.append([row("Organization", **own)])
    org.answers.append(
        [row("CurrencyType", IsoCode="GBP", IsCorporate=True), row("CurrencyType", IsoCode="EUR")]
    )
    told = remote.reference()
    assert told.base_currency == "GBP"
    assert set(told.currencies) == {"GBP", "EUR"}


def test_a_link_opens_the_record(remote: SalesforceRemote, connection: Connection) -> None:
    key = Key(System.SALESFORCE, "Opportunity", WON)
    assert remote.link_to(key) == f"{connection.host}/lightning/r/Opportunity/{WON}/view"
