"""Which kinds and fields this very org has: by its features and what it added itself."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.salesforce.schema import KINDS, Below, Field, Kind, declared
from sandbox.store import Record
from sandbox.world import World

SYSTEM = "salesforce"
FEATURES = (
    "multicurrency",
    "dated_exchange_rates",
    "state_country_picklists",
    "person_accounts",
    "record_types",
    "opportunity_record_types",
    "territories",
)
_TYPES = {
    "text": "string",
    "number": "double",
    "checkbox": "boolean",
    "long text": "textarea",
}
Access = frozenset[tuple[str, str, bool]]
"""Fields that somebody does not see (False) or may only read (True), by kind and name."""
EVERYTHING: Access = frozenset()
_USUAL_LENGTH = {"string": 255, "textarea": 32768, "url": 255, "email": 80, "phone": 40}


class Catalogue:
    """The org's kinds; worked out anew where a setting changes them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._access = EVERYTHING
        self._seen: dict[Access, tuple[Any, ...]] = {}
        self._kinds: dict[Access, dict[str, Kind]] = {}

    def look_as(self, access: Access) -> None:
        """Show from now on what somebody sees with this access."""
        self._access = access

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The org's kinds by their names in lower case."""
        before = self._seen.get(self._access, ())
        seen = (
            *(self._on(name) for name in FEATURES),
            self._setting("withheld"),
            self._world.setting(SYSTEM, "custom_fields"),
        )
        if len(seen) != len(before) or seen[:-1] != before[:-1] or seen[-1] is not before[-1]:
            self._kinds[self._access], self._seen[self._access] = self._work_out(), seen
        return self._kinds[self._access]

    def find(self, name: str) -> Kind | None:
        """The kind of this name in whatever case."""
        found = self.kinds.get(name.lower())
        return None if found is None or found.name == "Name" else found

    def named(self, name: str) -> Kind:
        """The kind of this exact name. Raises KeyError."""
        return self.kinds[name.lower()]

    def by_id(self, key: str) -> Kind | None:
        """The kind whose ids begin as this one."""
        return next((kind for kind in self.kinds.values() if kind.prefix == key[:3]), None)

    def above(self, field: Field) -> Kind | None:
        """The kind that a relationship leads to; a common one where it may be of several."""
        return self.kinds.get("name" if field.polymorphic else field.to[0].lower())

    def _on(self, feature: str) -> bool:
        if feature == "record_types":  # person accounts are told apart by theirs
            return bool(self._setting(feature) or self._setting("person_accounts"))
        return bool(self._setting(feature))

    def _setting(self, name: str) -> Any:
        return self._world.setting(SYSTEM, name, False)

    def _work_out(self) -> dict[str, Kind]:
        custom: Mapping[str, list[Record]] = self._world.setting(SYSTEM, "custom_fields") or {}
        withheld: Mapping[str, list[str]] = self._setting("withheld") or {}
        kinds = {}
        for name in KINDS:
            kind = declared(name).without(withheld.get(name, ()))
            if all(map(self._on, kind.features)) and "read" not in withheld.get(name, ()):
                kept = [one for one in kind.fields.values() if all(map(self._on, one.features))]
                added = self._added(name, custom)
                if name == "Account" and self._on("person_accounts"):
                    added += [_of_person(one) for one in self._added("Contact", custom)]
                kinds[name.lower()] = kind.with_fields({one.name: one for one in kept + added})
        below = _downwards(kinds.values())
        return {key: replace(kind, below=below.get(kind.name, ())) for key, kind in kinds.items()}

    def _added(self, kind: str, custom: Mapping[str, list[Record]]) -> list[Field]:
        """The kind's own fields of the org, as they are shown with the present access."""
        fields = (custom_field(**one) for one in custom.get(kind, []))
        shown = [one for one in fields if (kind, one.name, False) not in self._access]
        return [
            replace(one, flags=one.flags.replace("c", "").replace("u", ""))
            if (kind, one.name, True) in self._access
            else one
            for one in shown
        ]


def custom_field(  # noqa: PLR0917 (the fields of a stored description)
    name: str,
    type: str = "text",
    length: int = 0,
    external_id: bool = False,
    unique: bool = False,
    choices: Iterable[str] = (),
    to: str = "",
    below: str = "",
    restricted: bool = False,
    case_sensitive: bool = False,
    scale: int = 2,
    guarded: bool = False,
) -> Field:
    """A field that the org added; types are Salesforce's or the words of its set-up screens.

    One that is `guarded` came by a deployment: only permission sets show it.
    """
    api_type = _TYPES.get(type.lower(), type.lower())
    number = api_type in ("currency", "double", "percent")
    flags = "cu" + ("d" if api_type == "boolean" else "n")
    flags += "xL" * external_id + "q" * unique + "R" * restricted
    return Field(
        name,
        api_type,
        length or (18 if number else _USUAL_LENGTH.get(api_type, 0)),
        scale if number else None,
        flags,
        to=(to,) if to else (),
        relationship=name.removesuffix("__c") + "__r" if to else "",
        below=f"{below}__r" if below else "",
        default="false" if api_type == "boolean" else "",
        choices=tuple(choices),
        case_sensitive=case_sensitive,
    )


def _of_person(field: Field) -> Field:
    """A contact's own field as a person account shows it: it names no records there."""
    flags = field.flags.replace("x", "").replace("L", "")
    return replace(field, name=f"{field.name.removesuffix('__c')}__pc", flags=flags)


def _downwards(kinds: Iterable[Kind]) -> dict[str, tuple[Below, ...]]:
    found: dict[str, list[Below]] = {}
    for kind in kinds:
        for one in kind.fields.values():
            for above in one.to if one.below else ():
                below = Below(one.below, kind.name, one.name, one.cascade)
                found.setdefault(above, []).append(below)
    return {name: tuple(below) for name, below in found.items()}
