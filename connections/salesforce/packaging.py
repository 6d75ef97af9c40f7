"""Reads Counterpart's Salesforce package from its source files and packs it for a deployment."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

SOURCE = Path(__file__).parent / "package"
PROJECT = SOURCE / "sfdx-project.json"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
OUR_PERMISSIONS, PEOPLE_PERMISSIONS = "Counterpart_Sync", "Counterpart_People"
ENDPOINT, USERNAME = "https://endpoint.invalid/", "user@counterpart.invalid"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same source makes the same file
# What stands inside the file of an object or a workflow: its folder, element and type.
INSIDE = {"fields": ("fields", "CustomField"), "listViews": ("listViews", "ListView")}
TYPES = {
    "permissionsets": "PermissionSet",
    "reports": "Report",
    "flows": "Flow",
}


class Part(StrEnum):
    """What can be deployed; the fields always are."""

    FIELDS = "fields"
    LIST_VIEWS = "list-views"
    REPORTS = "reports"
    OUTBOUND_MESSAGE = "outbound-message"


@dataclass(frozen=True)
class Sender:
    """Where the outbound message goes, and the user whose name it is sent in."""

    endpoint: str
    username: str


@dataclass(frozen=True)
class Source:
    """One file of the package: its path below its part, and its text."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The name of what the file describes."""
        return self.path.rsplit("/", 1)[-1].split(".")[0]


def version() -> str:
    """Return the package's version, such as 1.0.0."""
    project = json.loads(PROJECT.read_text(encoding="utf-8"))
    first = project["packageDirectories"][0]
    return str(first["versionNumber"]).removesuffix(".NEXT")


@cache
def fields() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the package's fields by kind, as queries know it."""
    found = defaultdict(list)
    for source in sources(Part.FIELDS):
        if "/fields/" in source.path:
            kind = source.path.split("/")[1]
            # activities have their fields together; tasks show them (Salesforce, Activity)
            found["Task" if kind == "Activity" else kind].append(source.name)
    return {kind: tuple(sorted(names)) for kind, names in sorted(found.items())}


def sources(part: Part) -> Iterator[Source]:
    """Yield the files of a part in a steady order."""
    below = SOURCE / part / "main" / "default"
    for path in sorted(below.rglob("*-meta.xml")):
        place = path.relative_to(below).as_posix()
        yield Source(place.removesuffix("-meta.xml"), path.read_text(encoding="utf-8"))


def pack(parts: Iterable[Part], sender: Sender | None = None) -> bytes:
    """Return the zip file of these parts in the form that deployments take.

    The same parts make the same bytes. Raises ValueError for an outbound message without a sender.
    """
    wanted = [part for part in Part if part in {Part.FIELDS, *parts}]
    if Part.OUTBOUND_MESSAGE in wanted and sender is None:
        raise ValueError("An outbound message needs a sender.")
    found = [_filled(one, sender) for part in wanted for one in sources(part)]
    files = dict([*_whole(found), *_objects(found), *_workflows(found)])
    files["package.xml"] = _manifest(found)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _filled(source: Source, sender: Sender | None) -> Source:
    if sender is None:
        return source
    text = source.text.replace(ENDPOINT, escape(sender.endpoint))
    return Source(source.path, text.replace(USERNAME, escape(sender.username)))


def _whole(found: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """Yield what is a file of its own in both forms; a report's folder is named otherwise."""
    for source in found:
        if source.path.split("/")[0] in TYPES:
            yield source.path.replace(".reportFolder", "-meta.xml"), source.text


def _objects(found: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """Yield one file for each kind: its fields and its list views."""
    inner = defaultdict(list)
    for source in found:
        top, kind, *rest = source.path.split("/")
        if top == "objects":
            element, type_name = INSIDE[rest[0]]
            inner[kind].append(f"<{element}>{_inside(type_name, source.text)}</{element}>")
    for kind, elements in inner.items():
        body = "\n".join(sorted(elements))
        yield f"objects/{kind}.object", _document("CustomObject", body)


def _workflows(found: Iterable[Source]) -> Iterator[tuple[str, str]]:
    for source in found:
        if source.path.startswith("workflows/"):
            yield source.path, source.text


def _manifest(found: Iterable[Source]) -> str:
    """Return the list of what is deployed; only what it names is touched."""
    members = defaultdict(set)
    for source in found:
        type_name, member = _named(source)
        members[type_name].add(member)
    listed = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in sorted(members[name]))}"
        f"<name>{name}</name></types>"
        for name in sorted(members)
    )
    project = json.loads(PROJECT.read_text(encoding="utf-8"))
    return _document("Package", f"{listed}<version>{project['sourceApiVersion']}</version>")


def _named(source: Source) -> tuple[str, str]:
    """Return type and full name of what a file describes."""
    top, *rest = source.path.split("/")
    if top == "objects":
        return INSIDE[rest[1]][1], f"{rest[0]}.{source.name}"
    if top == "workflows":  # named by itself, so that an org's other workflows are left alone
        message = re.findall(r"<fullName>(.+)</fullName>", source.text)[0]
        return "WorkflowOutboundMessage", f"{source.name}.{message}"
    return TYPES[top], "/".join([*rest[:-1], source.name])


def _inside(type_name: str, text: str) -> str:
    found = re.search(rf"<{type_name} [^>]*>(.*)</{type_name}>", text, re.DOTALL)
    if found is None:
        raise ValueError(f"This is no {type_name}: {text[:80]}")
    return found[1]


def _document(name: str, body: str) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<{name} xmlns="{NAMESPACE}">\n{body}\n</{name}>\n'
