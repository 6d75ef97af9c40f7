"""A party: a customer record of either system as the scorer sees it, in normal form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from .contacts import Email, emails_of, phones_of, website_of
from .folding import fold
from .names import NO_NAME, Name, name_of, names_of
from .places import Place, country_code, place_of

COLUMNS = (
    *("id", "name", "first_name", "last_name", "email", "phone", "street", "city", "region"),
    *("postcode", "country", "tax_number", "company_number", "website"),
)
"""The raw columns of a record; besides them `id:<name>` for an external id of that name."""


@dataclass(frozen=True)
class Dictionaries:
    """Words that an admin adds to the built-in lists, and the country where none is written."""

    legal_forms: frozenset[str] = frozenset()
    free_mail: frozenset[str] = frozenset()
    shared_mailboxes: frozenset[str] = frozenset()
    group_words: frozenset[str] = frozenset()
    country: str = ""


_SAME_PERSON = 80
NOTHING_ADDED = Dictionaries()


@dataclass(frozen=True, slots=True)
class Party:
    """A customer record in normal form; empty where the record says nothing.

    `names` has the record's name first, then one that it trades as. `person` is the person it
    names: itself when `is_person`, else somebody at a company. `domains` are its own, of its
    e-mail addresses and web site. `tax` and `company` are bare numbers; `tax_country` is the
    prefix that a tax number was written with.
    """

    id: str
    title: str
    names: tuple[Name, ...]
    person: Name
    is_person: bool
    emails: tuple[Email, ...]
    domains: tuple[str, ...]
    phones: tuple[str, ...]
    place: Place
    tax: str
    tax_country: str
    company: str
    ids: tuple[tuple[str, str], ...]

    @property
    def name(self) -> Name:
        """The name that it goes by first."""
        return self.names[0] if self.names else NO_NAME


def party(fields: Mapping[str, str], around: Dictionaries = NOTHING_ADDED) -> Party:
    """Return the record of these raw columns in normal form; any column may lack or be empty."""
    raw = {name: str(value).replace("\0", "").strip() for name, value in fields.items() if value}
    first, last = raw.get("first_name", ""), raw.get("last_name", "")
    person_text = f"{first} {last}".strip()
    person = name_of(person_text) if person_text else NO_NAME
    emails = emails_of(raw.get("email", ""), around.free_mail, around.shared_mailboxes)
    site = website_of(raw.get("website", ""), around.free_mail)
    title = raw.get("name", "") or person_text
    names = names_of(title, around.legal_forms) or _names_from(emails, site)
    is_person = _is_person(raw.get("name", ""), person, names)
    tax_country, tax = _tax(raw.get("tax_number", ""))
    return Party(
        id=raw.get("id", ""),
        title=title,
        names=tuple(dict.fromkeys((*names, person))) if is_person else names,
        person=person,
        is_person=is_person,
        emails=emails,
        domains=tuple(dict.fromkeys(d for d in (*(e.domain for e in emails), site) if d)),
        phones=phones_of(raw.get("phone", "")),
        place=place_of(raw, around.country),
        tax=tax,
        tax_country=tax_country,
        company=_bare(raw.get("company_number", "")).lstrip("0"),
        ids=tuple(
            sorted((n[3:], fold(v)) for n, v in raw.items() if n.startswith("id:") and fold(v))
        ),
    )


def _is_person(name: str, person: Name, names: tuple[Name, ...]) -> bool:
    """Return whether the record is the person that it names, not a company with a contact."""
    if not person:
        return False
    if not name or not names or set(person.tokens) == set(names[0].tokens):
        return True
    return len(person.tokens) > 1 and fuzz.ratio(person.whole, names[0].whole) >= _SAME_PERSON


def _names_from(emails: tuple[Email, ...], site: str) -> tuple[Name, ...]:
    """Return a name for a nameless record: of its domain, or of its e-mail address."""
    domain = site or next((e.domain for e in emails if e.domain), "")
    text = domain.split(".")[0] if domain else " ".join(e.local for e in emails[:1])
    return names_of(re.sub(r"[._\d-]+", " ", text))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text)).upper()


def _tax(text: str) -> tuple[str, str]:
    """Return the country that a tax number is written with ("GB"), and the number without it."""
    bare = _bare(text)
    if re.fullmatch(r"(EL|XI|[A-Z]{2})(?=[A-Z0-9]*\d)[A-Z0-9]{5,}", bare):
        prefix = {"EL": "GR", "XI": "GB"}.get(bare[:2], bare[:2])
        if country_code(prefix) == prefix:
            return prefix, bare[2:]
    return "", bare if len(set(bare)) > 1 else ""
