"""Salesforce's own matching rules for accounts and contacts: fuzzy names, and their company."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher

from sandbox.store import Record

_FORMS = {
    "ltd", "limited", "llp", "plc", "inc", "llc", "corp", "corporation", "co", "company", "gmbh",
    "ag", "kg", "sa", "sarl", "bv", "nv", "as", "aps", "ab", "oy", "pty", "the", "and",
}  # fmt: skip
_ALIKE_NAMES, _ALIKE_STREETS, _ALIKE_FIRST, _ALIKE_LAST = 0.7, 0.8, 0.85, 0.9
Match = Callable[[Record, Record], float]  # 0 for no match, else how sure, up to 100


def words(text: object) -> list[str]:
    """The words of a text without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", str(text or "")).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"\w+", kept.replace("'", ""))


def core(name: object) -> str:
    """A company's name without its legal form."""
    found = words(name)
    return " ".join([word for word in found if word not in _FORMS] or found)


def digits(phone: object) -> str:
    """The last nine digits of a telephone number: what stays with or without a country code."""
    return re.sub(r"\D", "", str(phone or ""))[-9:]


def host(website: object) -> str:
    """The host of a web address without www."""
    text = re.sub(r"^\w+://", "", str(website or "").strip().casefold())
    return text.split("/")[0].removeprefix("www.")


def account_keys(account: Record) -> Iterable[str]:
    """Under which keys an account is found before it is compared."""
    first = core(account.get("Name"))[:4]
    street, city = _text(account, "BillingStreet"), _text(account, "BillingCity")
    zip_code, phone = _text(account, "BillingPostalCode"), digits(account.get("Phone"))
    site = host(account.get("Website"))
    named = (("s", street[:8]), ("c", city), ("z", zip_code), ("p", phone))
    yield from (f"{sort}{first}|{value}" for sort, value in named if first and value)
    if site:
        yield f"w{site}"


def match_accounts(one: Record, other: Record) -> float:
    """The standard account matching rule: name or website, and the place or the telephone."""
    if one.get("IsPersonAccount") or other.get("IsPersonAccount"):
        return 0
    name = _alike(core(one.get("Name")), core(other.get("Name")), _ALIKE_NAMES)
    street = _alike(_text(one, "BillingStreet"), _text(other, "BillingStreet"), _ALIKE_STREETS)
    phone = _equal(digits(one.get("Phone")), digits(other.get("Phone")))
    site = _equal(host(one.get("Website")), host(other.get("Website")))
    zip_code = _equal(_text(one, "BillingPostalCode"), _text(other, "BillingPostalCode"))
    city = _equal(_text(one, "BillingCity"), _text(other, "BillingCity"))
    state = _equal(_text(one, "BillingState"), _text(other, "BillingState"))
    return _best(
        (name, street), (name, city, state), (name, zip_code), (name, phone),
        (site, phone), (site, street),
    )  # fmt: skip


def contact_keys(contact: Record) -> Iterable[str]:
    """Under which keys a contact is found before it is compared."""
    email, last = _text(contact, "Email"), " ".join(words(contact.get("LastName")))
    phone, street = digits(contact.get("Phone")), _text(contact, "MailingStreet")
    if email:
        yield f"e{email}"
    named = (("p", phone), ("s", street[:8]), ("a", contact.get("AccountId") or ""))
    yield from (f"{sort}{last[:3]}|{value}" for sort, value in named if value)


def match_contacts(one: Record, other: Record) -> float:
    """The standard contact matching rule: the person's name, and e-mail, telephone or place.

    An empty first name is no hindrance where the e-mail is the same.
    """
    first = _alike(_first(one), _first(other), _ALIKE_FIRST)
    last = _alike(_last(one), _last(other), _ALIKE_LAST)
    company = _equal(str(one.get("AccountId") or ""), str(other.get("AccountId") or ""))
    email = _equal(_text(one, "Email"), _text(other, "Email"))
    phone = _equal(digits(one.get("Phone")), digits(other.get("Phone")))
    title = _equal(_text(one, "Title"), _text(other, "Title"))
    street = _alike(_text(one, "MailingStreet"), _text(other, "MailingStreet"), _ALIKE_STREETS)
    city = _equal(_text(one, "MailingCity"), _text(other, "MailingCity"))
    zip_code = _equal(_text(one, "MailingPostalCode"), _text(other, "MailingPostalCode"))
    with_email = first if _first(one) and _first(other) else 1.0
    return _best(
        (first, last, title, company), (with_email, last, email), (first, last, phone),
        (first, last, street, city), (first, last, street, zip_code), (first, last, street, title),
    )  # fmt: skip


def _first(person: Record) -> str:
    return " ".join(words(person.get("FirstName")))


def _last(person: Record) -> str:
    return " ".join(words(person.get("LastName")))


def _text(record: Record, name: str) -> str:
    return "".join(words(record.get(name)))


def _equal(one: str, other: str) -> float:
    return float(bool(one) and one == other)


def _alike(one: str, other: str, least: float) -> float:
    if not one or not other:
        return 0
    share = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return share if share >= least else 0


def _best(*groups: tuple[float, ...]) -> float:
    """The surest of the groups of which every part agrees, out of 100."""
    whole = (sum(group) / len(group) for group in groups if all(group))
    return round(100 * max(whole, default=0), 1)
