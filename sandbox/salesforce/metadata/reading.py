"""Reads the zip file of a deployment: what it lists, and what it holds."""

import io
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_MOST_BYTES = 39_000_000
_INSIDE = {
    "objects": {"fields": "CustomField", "listViews": "ListView"},
    "workflows": {"outboundMessages": "WorkflowOutboundMessage"},
}
_WHOLE = {"permissionsets": "PermissionSet", "reports": "Report", "flows": "Flow"}
Listed = set[tuple[str, str]]


class BadPackageError(ValueError):
    """The file is no package; its text is Salesforce's."""


@dataclass(frozen=True)
class Component:
    """One thing to be deployed. A component whose file cannot be read has a `fault` instead."""

    type: str
    name: str
    file: str
    body: ElementTree.Element
    fault: str = ""

    def text(self, tag: str, default: str = "") -> str:
        """The text of a direct child."""
        return (self.body.findtext(f"{NAMESPACE}{tag}") or default).strip()

    def all(self, tag: str) -> list[ElementTree.Element]:
        """The direct children of this tag."""
        return self.body.findall(f"{NAMESPACE}{tag}")

    def tags(self) -> list[str]:
        """The names of the direct children."""
        return [child.tag.removeprefix(NAMESPACE) for child in self.body]


def read(data: bytes) -> tuple[list[Component], Listed]:
    """The components in a zip file, and what its package.xml lists. Raises BadPackageError."""
    if len(data) > _MOST_BYTES:
        raise BadPackageError("Maximum size of request reached.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise BadPackageError("The zip file is not a valid zip archive.") from error
    names = [name for name in archive.namelist() if not name.endswith("/")]
    if "package.xml" not in names:
        raise BadPackageError("No package.xml found")
    listed = _listed(archive.read("package.xml"))
    found = [
        one
        for name in names
        if name != "package.xml"
        for one in _components(name, archive.read(name))
    ]
    return found, listed


def _listed(text: bytes) -> Listed:
    try:
        manifest = ElementTree.fromstring(text)  # noqa: S314 (this machine's own caller)
    except ElementTree.ParseError as error:
        raise BadPackageError(f"Error parsing package.xml: {error}") from error
    return {
        (types.findtext(f"{NAMESPACE}name") or "", member.text or "")
        for types in manifest.findall(f"{NAMESPACE}types")
        for member in types.findall(f"{NAMESPACE}members")
    }


def _components(file: str, text: bytes) -> list[Component]:
    folder, _, rest = file.partition("/")
    own = rest.removesuffix("-meta.xml").rsplit(".", 1)[0]
    try:
        body = ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError as error:
        empty = ElementTree.Element("none")
        fault = f"Error parsing file: {error}"
        return [Component(_WHOLE.get(folder, "CustomObject"), own, file, empty, fault)]
    if folder in _WHOLE:
        return [Component(_WHOLE[folder], own, file, body)]
    inside = _INSIDE.get(folder, {})
    return [
        Component(type_name, f"{own}.{part.findtext(f'{NAMESPACE}fullName')}", file, part)
        for tag, type_name in inside.items()
        for part in body.findall(f"{NAMESPACE}{tag}")
    ]
