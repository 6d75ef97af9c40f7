"""Draws the play page from what both systems hold at this moment."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader

from sandbox import events
from sandbox.play import document_rows, region_rows, salesforce_rows, staff_rows, xero_rows
from sandbox.play.presets import PRESETS, switched_on
from sandbox.play.words import FILTERS
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.server import Box

CALLS = 14  # the last calls that are shown
TEMPLATES = Path(__file__).parent / "templates"


def _environment() -> Environment:
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
    found.filters.update(FILTERS)
    return found


_templates = _environment()


def draw(box: "Box", query: Mapping[str, str]) -> str:
    """The whole page as HTML.

    `query` may hold q (what to find), org (an organisation's id), and said or refused: what the
    last button did, or why it was refused.
    """
    search, refused = query.get("q", "").strip(), query.get("refused", "")
    world = box.world
    with world.lock:
        right = xero_rows.column(world, query.get("org", ""), search)
        left = salesforce_rows.column(world, search, xero_rows.invoices(world))
        papers = _papers(world, right, search)
        calls = box.journal.entries(limit=CALLS)[::-1]
        return _templates.get_template("page.html").render(
            sf=left,
            xero=right,
            papers=papers,
            staff=staff_rows.staff(world, search),
            regions=region_rows.regions(world),
            sentence=_sentence(left.counts, right),
            currencies=salesforce_rows.currencies(world),
            search=search,
            keep=kept(query),
            said=refused or query.get("said", ""),
            tone="bad" if refused else "good",
            now=world.clock.now().isoformat(timespec="seconds"),
            linked=xero_rows.by_number(world, right),
            presets=PRESETS,
            switched=switched_on(world),
            faults=box.faults.active(),
            told=events.words(box),
            calls=calls,
            call_count=calls[0]["number"] if calls else 0,
        )


def _papers(world: World, column: xero_rows.Column, search: str) -> document_rows.Documents:
    """The quotes and credits of the organisation that is shown."""
    tenant = column.organisation["OrganisationID"] if column.organisation else ""
    contacts = world.table("xero", "Contact")
    names = {key: str(one["Name"]) for key, one in contacts.items() if one["TenantID"] == tenant}
    return document_rows.documents(world, tenant, names, search)


def kept(query: Mapping[str, str], **more: str) -> str:
    """The query that leads back to the same view, with its question mark, or nothing."""
    known = {name: query[name] for name in ("q", "org") if query.get(name)} | more
    return f"?{urlencode(known)}" if known else ""


def _sentence(left: dict[str, int], right: xero_rows.Column) -> str:
    """What is the case, in one sentence."""
    deals = f"{_count(left['open'], 'deal is', 'deals are')} open, {left['won']:,} won"
    books = len(right.organisations)
    where = f" in {books} organisations" if books > 1 else ""
    return f"{deals}. Xero holds {_count(right.all_invoices, 'invoice', 'invoices')}{where}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def asset(name: str) -> bytes:
    """The text of play.css or play.js."""
    return (TEMPLATES.parent / name).read_bytes()
