"""Addresses in the form in which they are compared: street, city, region, postcode, country."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import pycountry

from .folding import fold, words
from .vocabulary import listed

_LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro")
_SPOKEN = {
    **dict.fromkeys(
        ["uk", "gb", "england", "scotland", "wales", "northernireland", "greatbritain", "britain"],
        "GB",
    ),
    **dict.fromkeys(["unitedkingdomofgreatbritain", "grossbritannien", "angleterre", "ukgb"], "GB"),
    **dict.fromkeys(
        ["us", "usa", "america", "unitedstatesofamerica", "etatsunis", "eeuu", "vsa"], "US"
    ),
    **{"holland": "NL", "thenetherlands": "NL", "eire": "IE", "republicofireland": "IE"},
    **{"uae": "AE", "russia": "RU", "southkorea": "KR", "korea": "KR", "vietnam": "VN"},
    **{"czechrepublic": "CZ", "tschechien": "CZ", "brd": "DE", "bundesrepublikdeutschland": "DE"},
    **{"prchina": "CN", "taiwan": "TW", "turkey": "TR", "macedonia": "MK", "ivorycoast": "CI"},
    **{"hongkongsar": "HK", "bolivia": "BO", "venezuela": "VE", "iran": "IR", "tanzania": "TZ"},
    **{"moldova": "MD", "syria": "SY", "laos": "LA", "capeverde": "CV", "suisse": "CH"},
}
_STREET = {
    **dict.fromkeys(("st", "str", "strasse", "strase", "street"), "street"),
    **{"rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "bd": "boulevard"},
    **{"ln": "lane", "dr": "drive", "ct": "court", "crt": "court", "pl": "place", "sq": "square"},
    **{"cres": "crescent", "cr": "crescent", "cl": "close", "hwy": "highway", "pkwy": "parkway"},
    **{"tce": "terrace", "ter": "terrace", "gdns": "gardens", "gr": "grove", "pde": "parade"},
    **{"n": "north", "s": "south", "e": "east", "w": "west", "rte": "route", "pza": "plaza"},
    **{"via": "via", "v": "via", "c": "calle", "cl.": "calle", "weg": "weg", "pltz": "platz"},
}
_STREET_NOISE = listed(
    "street the of unit suite ste apt apartment flat floor fl no nr number po box rue calle via ul "
    "ulica de la du des la le und and level building bldg"
)
_JOINED_STREET = re.compile(r"(?<=\w{3})(?:strase|strasse|str)$")
_LAND_BEFORE = re.compile(r"^(?:D|DE|A|AT|CH|F|FR|I|IT|L|LU|B|BE|S|SE|DK|N|NO|E|ES)(?=\d{4,5}$)")
_LONE_LETTER = re.compile(r"(?<=\d) (?=[a-z]\b)")
_JOINED_NUMBER = re.compile(r"\d+[a-z]?")


@dataclass(frozen=True, slots=True)
class Place:
    """One address in normal form. `country` is the ISO code of two letters, or empty."""

    street: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return bool(self.street or self.numbers or self.city or self.postcode)


def place_of(raw: Mapping[str, str], default: str = "") -> Place:
    """Return the address of raw columns in normal form; `default` is the country where none is."""
    told, numbers = _street(raw.get("street", ""))
    land = country_code(raw.get("country", "")) or default
    return Place(
        street=told,
        numbers=numbers,
        city=_city(raw.get("city", "")),
        region=" ".join(words(raw.get("region", ""))),
        postcode=_postcode(raw.get("postcode", ""), land),
        country=land,
    )


def _postcode(text: str, land: str) -> str:
    code = re.sub(r"[\W_]", "", fold(text)).upper()
    if land == "US" or re.fullmatch(r"\d{5}-\d{4}", text.strip()):
        code = code[:5]
    return _LAND_BEFORE.sub("", code)


@lru_cache(maxsize=50_000)
def _city(text: str) -> str:
    found = [{"st": "saint", "ste": "saint", "mt": "mount"}.get(w, w) for w in words(text)]
    return "".join(w for w in found if w != "the")


def _street(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told: list[str] = []
    numbers: list[str] = []
    for word in words(_LONE_LETTER.sub("", text.lower().replace("/", " ").replace("-", " "))):
        if _JOINED_NUMBER.fullmatch(word):
            numbers.append(word)
            continue
        bare = _JOINED_STREET.sub("", word)
        bare = _STREET.get(bare, bare)
        if bare not in _STREET_NOISE:
            told.append(bare)
    return tuple(dict.fromkeys(told)), tuple(dict.fromkeys(numbers))


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str:
    """Return the ISO code of two letters for a country's name or code; empty when unknown."""
    key = _squeezed(text)
    if not key:
        return ""
    return _SPOKEN.get(key) or _names().get(key, "")


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text))


@cache
def _names() -> dict[str, str]:
    """Return every name and code of the countries, in English and the languages nearby."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        try:
            speech = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language])
        except OSError:  # a language that this release of the names lacks
            continue
        for land in pycountry.countries:
            for attribute in ("name", "common_name"):
                if name := getattr(land, attribute, ""):
                    found[_squeezed(speech.gettext(name))] = land.alpha_2
    for land in pycountry.countries:
        for attribute in ("official_name", "common_name", "name", "alpha_3", "alpha_2"):
            if name := getattr(land, attribute, ""):
                found[_squeezed(name)] = land.alpha_2
    return found
