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
)
_TYPES = {
    "text": "string",
    "number": "double",
    "checkbox": "boolean",
    "long text": "textarea",
}
_USUAL_LENGTH = {"string": 255, "textarea": 32768, "url": 255, "email": 80, "phone": 40}


class Catalogue:
    """The org's kinds; worked out anew where a setting changes them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: tuple[Any, ...] = ()
        self._kinds: dict[str, Kind] = {}

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The org's kinds by their names in lower case."""
        seen = (
            *(self._on(name) for name in FEATURES),
            self._world.setting(SYSTEM, "custom_fields"),
        )
        if (
            len(seen) != len(self._seen)
            or seen[:-1] != self._seen[:-1]
            or seen[-1] is not self._seen[-1]
        ):
            self._kinds, self._seen = self._work_out(), seen
        return self._kinds

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
        kinds = {}
        for name in KINDS:
            kind = declared(name)
            if all(map(self._on, kind.features)):
                kept = [one for one in kind.fields.values() if all(map(self._on, one.features))]
                added = [custom_field(**one) for one in custom.get(name, [])]
                if name == "Account" and self._on("person_accounts"):
                    added += [_of_person(one) for one in custom.get("Contact", [])]
                kinds[name.lower()] = kind.with_fields({one.name: one for one in kept + added})
        below = _downwards(kinds.values())
        return {key: replace(kind, below=below.get(kind.name, ())) for key, kind in kinds.items()}


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
) -> Field:
    """A field that the org added; types are Salesforce's or the words of its set-up screens."""
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


def _of_person(field: Record) -> Field:
    """A contact's own field as a person account shows it: it names no records there."""
    found = custom_field(**{**field, "external_id": False})
    return replace(found, name=f"{found.name.removesuffix('__c')}__pc")


def _downwards(kinds: Iterable[Kind]) -> dict[str, tuple[Below, ...]]:
    found: dict[str, list[Below]] = {}
    for kind in kinds:
        for one in kind.fields.values():
            for above in one.to if one.below else ():
                below = Below(one.below, kind.name, one.name, one.cascade)
                found.setdefault(above, []).append(below)
    return {name: tuple(below) for name, below in found.items()}
