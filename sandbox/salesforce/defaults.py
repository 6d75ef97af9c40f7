"""What stands in an org before anybody enters anything: its own facts, stages, a price book."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.org import Org, org_of
from sandbox.salesforce.package import PACKAGE
from sandbox.salesforce.schema import declared
from sandbox.salesforce.writing.change import Author
from sandbox.salesforce.writing.records import new_record, sign
from sandbox.store import Record
from sandbox.world import World

NAME, CURRENCY = "Fernhill Surveys Ltd", "GBP"
_BRITISH: Record = {
    "DefaultLocaleSidKey": "en_GB",
    "LanguageLocaleKey": "en_US",
    "TimeZoneSidKey": "Europe/London",
    "FiscalYearStartMonth": 1,
    "InstanceName": "GBR42",
}
USERNAME = "integration@fernhill.example"
PEOPLE = [("Maya", "Lindqvist"), ("Owen", "Pritchard")]  # who sit at Salesforce's own screens


def _stage(label: str, probability: int, forecast: str = "Pipeline") -> Record:
    return {
        "MasterLabel": label,
        "ApiName": label,
        "IsActive": True,
        "IsWon": probability == 100,
        "IsClosed": forecast != "Pipeline",
        "DefaultProbability": Decimal(probability),
        "ForecastCategory": forecast,
        "ForecastCategoryName": forecast,
    }


STAGES = [
    _stage("Prospecting", 10),
    _stage("Qualification", 10),
    _stage("Needs Analysis", 20),
    _stage("Value Proposition", 50),
    _stage("Id. Decision Makers", 60),
    _stage("Perception Analysis", 70),
    _stage("Proposal/Price Quote", 75),
    _stage("Negotiation/Review", 90),
    _stage("Closed Won", 100, "Closed"),
    _stage("Closed Lost", 0, "Omitted"),
]
_NAMED_BY = {
    "CurrencyType": "IsoCode",
    "OpportunityStage": "MasterLabel",
    "RecordType": "Name",
    "Pricebook2": "Name",
    "User": "Username",
}


def set_up_org(
    world: World,
    name: str = NAME,
    currency: str = CURRENCY,
    *,
    multicurrency: bool = False,
    currencies: Iterable[str] = (),
    country: str = "GB",
    edition: str = "Enterprise Edition",
    details: Record | None = None,
) -> str:
    """Make the org, or bring what is there already into this form; its id.

    `currencies` are those beside its own; `details` are more fields of its Organization record.
    """
    with world.batch():
        world.set_setting(SYSTEM, "multicurrency", multicurrency)
        if world.setting(SYSTEM, "custom_fields") is None:
            bare = world.setting(SYSTEM, "bare", False)  # an org that nobody has prepared
            world.set_setting(SYSTEM, "custom_fields", {} if bare else PACKAGE)
        org = org_of(world)
        user = _user(org, currency)
        for first, last in PEOPLE:
            _enter(org, user, "User", _person(first, last, currency))
        _enter_currencies(org, user, currency, currencies)
        own: Record = {
            "Name": name,
            "OrganizationType": edition,
            "DefaultCurrencyIsoCode": currency,
            "Country": country,
            "SignupCountryIsoCode": country,
        }
        key = _enter(org, user, "Organization", _BRITISH | own | (details or {}))
        for place, stage in enumerate(STAGES, 1):
            _enter(org, user, "OpportunityStage", {**stage, "SortOrder": place})
        for person in (False, True):
            _enter(org, user, "RecordType", _record_type(person))
        book = {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True}
        _enter(org, user, "Pricebook2", book)
    return key


def ensure_org(world: World) -> Org:
    """The world's org, set up as usual where nobody has done so."""
    with world.lock:
        org = org_of(world)
        if not org.table("Organization"):
            set_up_org(world, multicurrency=bool(world.setting(SYSTEM, "multicurrency", False)))
        return org


def integration_user(org: Org) -> str:
    """The id of the user that apps act as."""
    return next(iter(org.table("User")))


def by_hand(org: Org, name: str = "") -> Author:
    """A person at Salesforce's own screens, the first of them unless another one is named."""
    users = list(org.table("User").values())
    named = (one["Id"] for one in users if one["Name"] == name)
    person = next(named, None) or users[min(1, len(users) - 1)]["Id"]
    return Author(person, by_hand=True, allow_duplicates=True)


def _user(org: Org, currency: str) -> str:
    if org.table("User"):
        return integration_user(org)
    kind = org.catalogue.named("User")
    given = _account_of("Integration", "User", USERNAME, currency)
    record = new_record(org, Author(""), kind, given)
    author = Author(record["Id"])
    sign(org, kind, record, author, creates=True)
    org.put("User", record)
    return str(record["Id"])


def _person(first: str, last: str, currency: str) -> Record:
    username = f"{first}.{last}@fernhill.example".lower()
    return {**_account_of(first, last, username, currency), "Alias": first.lower()}


def _account_of(first: str, last: str, username: str, currency: str) -> Record:
    return {
        "Username": username,
        "FirstName": first,
        "LastName": last,
        "Name": f"{first} {last}",
        "Email": username,
        "Alias": "integ",
        "IsActive": True,
        "TimeZoneSidKey": "Europe/London",
        "LocaleSidKey": "en_GB",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "UserType": "Standard",
        "CurrencyIsoCode": currency,
        "DefaultCurrencyIsoCode": currency,
    }


def _enter(org: Org, user: str, kind: str, given: Record) -> str:
    """Keep a record as it is given: set-up is not done over the API."""
    shape = org.catalogue.kinds.get(kind.lower()) or declared(kind)
    author = Author(user, by_hand=True)
    name = _NAMED_BY.get(kind)
    same = org.all_with(kind, name, given[name]) if name else list(org.table(kind).values())
    record = {**same[0], **given} if same else new_record(org, author, shape, given)
    sign(org, shape, record, author, creates=not same)
    org.put(kind, record)
    return str(record["Id"])


def _enter_currencies(org: Org, user: str, own: str, others: Iterable[str]) -> None:
    """Keep the org's currencies; one that was its own before no longer is."""
    for former in org.all_with("CurrencyType", "IsCorporate", True):
        org.put("CurrencyType", {**former, "IsCorporate": False})
    for code in dict.fromkeys([own, *others]):
        _enter(org, user, "CurrencyType", _currency(code, own))


def _currency(code: str, own: str) -> Record:
    return {
        "IsoCode": code,
        "ConversionRate": Decimal(1),
        "DecimalPlaces": 0 if code in ("JPY", "KRW", "VND", "CLP", "ISK") else 2,
        "IsActive": True,
        "IsCorporate": code == own,
    }


def _record_type(person: bool) -> Record:
    name = "Person Account" if person else "Business Account"
    return {
        "Name": name,
        "DeveloperName": name.replace(" ", "_"),
        "SobjectType": "Account",
        "IsActive": True,
        "IsPersonType": person,
    }
