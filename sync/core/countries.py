"""Countries and their regions: what people write for them, and when two writings mean the same."""

from __future__ import annotations

import gettext
import re
import unicodedata
from functools import cache, lru_cache

import pycountry

_LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb_NO", "fi", "pl", "cs")
_COMMON = {
    "BA": "Bosnia and Herzegovina",
    "BN": "Brunei",
    "CC": "Cocos Islands",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "CI": "Côte d’Ivoire",
    "CV": "Cape Verde",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "PS": "Palestine",
    "RU": "Russia",
    "SX": "Sint Maarten",
    "TR": "Turkey",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
    "VI": "US Virgin Islands",
}
"""English names in common use, where pycountry's are the United Nations' long forms."""
_ALIASES = {
    "GB": "UK, Great Britain, Britain, England, Scotland, Wales, Northern Ireland, Cymru, "
    "United Kingdom of Great Britain and Northern Ireland",
    "US": "USA, America, United States of America, Estados Unidos de America",
    "NL": "Holland",
    "AE": "UAE, Emirates",
    "IE": "Republic of Ireland, Eire, Southern Ireland",
    "GR": "EL, Hellas",
    "CZ": "Czech Republic",
    "MK": "Macedonia",
    "SZ": "Swaziland",
    "MM": "Burma",
    "CI": "Ivory Coast",
    "RU": "Russian Federation",
    "KR": "Korea, Republic of Korea",
    "CN": "PRC, Mainland China",
    "HK": "Hong Kong SAR, Hongkong",
    "MO": "Macau",
    "NZ": "Aotearoa",
    "TR": "Turkiye",
    "VN": "Viet Nam",
    "TL": "East Timor",
    "BE": "Belgie, Belgique",
    "CH": "Suisse, Svizzera",
}


@lru_cache(maxsize=4096)
def code(text: str) -> str:
    """Return the ISO 3166 code of two letters for a country's name or code, or empty."""
    return _codes().get(_key(text), "")


def common_name(text: str) -> str:
    """Return the country's English name in common use; text that names none without spare spaces.

    England, Scotland, Wales and Northern Ireland count as the United Kingdom.
    """
    found = code(text)
    return name_of(found) if found else " ".join(text.split())


@cache
def name_of(alpha_2: str) -> str:
    """Return the common English name of a country by its code; raises KeyError for none."""
    country = pycountry.countries.get(alpha_2=alpha_2)
    if country is None:
        raise KeyError(alpha_2)
    common = _COMMON.get(alpha_2) or getattr(country, "common_name", "")
    return str(common or country.name)


def same_region(one: str, other: str) -> bool:
    """Return whether two texts name the same state, county or province.

    A code is the same as a name that it stands for in some country: the country is held against
    the other side's by itself.
    """
    left, right = _region_key(one), _region_key(other)
    if left == right:
        return True
    return right in _regions().get(left, ()) or left in _regions().get(right, ())


def _region_key(text: str) -> str:
    return _key(re.sub(r"^(county|co\.?|state of|province of) ", "", text.strip(), flags=re.I))


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        words = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        )
        for country in pycountry.countries:
            found.setdefault(_key(words.gettext(country.name)), country.alpha_2)
    for country in pycountry.countries:  # what is English goes over what is foreign
        names = [country.alpha_3, country.name, name_of(country.alpha_2)]
        names += [getattr(country, "official_name", ""), *country.name.split(",")[:1]]
        names += _ALIASES.get(country.alpha_2, "").split(", ")
        found |= {_key(name): country.alpha_2 for name in names if name and _key(name) != "congo"}
    found |= {_key(country.alpha_2): country.alpha_2 for country in pycountry.countries}
    return found | {"korea": "KR", "uk": "GB", "el": "GR"}


@cache
def _regions() -> dict[str, frozenset[str]]:
    """Return for each region's code the names, as keys, that it stands for."""
    found: dict[str, set[str]] = {}
    for region in pycountry.subdivisions:
        short = _key(region.code.partition("-")[2])
        if not short.isdigit():
            found.setdefault(short, set()).add(_key(region.name))
    return {short: frozenset(names) for short, names in found.items()}


def _key(text: str) -> str:
    """Return the letters and digits of a name, without case, marks and a leading article."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", bare)
    return "".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
