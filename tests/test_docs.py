"""The texts keep to what is there: links, file names, commands, targets and reasons."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import re
import shlex
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
OURS = ("config", "connections", "mappings", "sync")
DJANGO = {"collectstatic", "createsuperuser", "dumpdata", "migrate"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"`([\w-]+/[\w./-]+\.(?:py|md|toml|csv|yaml|txt|json))`")
COMMAND = re.compile(r"manage\.py ([a-z_]+)([^`\n]*)")
TYPED = re.compile(r"^    (?:\S+=\S+ )?(?:\S*python )?manage\.py ([a-z_]+)([^`\n]*)", re.MULTILINE)
MODULE = re.compile(r"python -m ((?:sandbox|benchmarks|config)[\w.]*)")
TARGET = re.compile(r"`make ([a-z-]+)|^    make ([a-z-]+)", re.MULTILINE)
NOT_TYPED = re.compile(r"\s{2,}\S.*$|\s#.*$")  # what stands beside a command line


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def dead(page: Path, target: str) -> bool:
    """Return whether a link leads nowhere; addresses of others are not looked at."""
    if re.match(r"[a-z]+:", target):
        return False
    file, _, anchor = target.partition("#")
    place = (page.parent / file).resolve() if file else page
    return not place.exists() or (bool(anchor) and anchor not in anchors(place))


def absent(page: Path, file: str) -> bool:
    """Return whether a file is neither there from the top, nor from the page, nor in `sync`."""
    return not any((place / file).exists() for place in (ROOT, page.parent, ROOT / "sync"))


def command_lines(form: re.Pattern[str] = COMMAND) -> Iterator[tuple[str, str, str]]:
    """Yield page, command and arguments of each `manage.py …` in the texts."""
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        for command, rest in form.findall(text):
            yield named(page), command, NOT_TYPED.sub("", re.sub(r" {2,}(?=--)", " ", rest))


def parser(command: str) -> ArgumentParser:
    return load_command_class(get_commands()[command], command).create_parser("manage.py", command)


def options(one: ArgumentParser) -> set[str]:
    """Return every option that a command knows, those of its own sub-commands among them."""
    found: set[str] = set()
    for action in one._actions:
        found.update(action.option_strings)
        if isinstance(action, _SubParsersAction):
            for below in action.choices.values():
                found |= options(below)
    return found


def found(place: str) -> bool:
    """Return whether a dotted name is a module of ours, or stands in one."""
    here: Any = importlib.import_module(place.split(".", maxsplit=1)[0])
    for name in place.split(".")[1:]:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(f"{here.__name__}.{name}")
        if not hasattr(here, name):
            return False
        here = getattr(here, name)
    return True


def refused(command: str, rest: str) -> bool:
    """Return whether the command would not understand a line that is written out in full."""
    try:
        parser(command).parse_args(shlex.split(rest))
    except CommandError:
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path):
    assert [one for one in LINK.findall(page.read_text()) if dead(page, one)] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_file_that_is_named_is_there(page: Path):
    assert [one for one in FILE.findall(page.read_text()) if absent(page, one)] == []


def test_the_readme_leads_to_every_page():
    linked = set(LINK.findall((ROOT / "README.md").read_text()))
    further = {link for page in PAGES for link in LINK.findall(page.read_text())}
    for page in (ROOT / "docs").glob("*.md"):
        assert f"docs/{page.name}" in linked or page.name in further, page.name


def test_every_command_in_the_texts_is_there_with_its_options():
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}
    for page, command, rest in command_lines():
        assert command in ours | DJANGO, f"{page}: manage.py {command}"
        unknown = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", rest)) - options(parser(command))
        assert not unknown, f"{page}: manage.py {command} {unknown}"


def test_every_command_line_that_is_written_out_is_understood():
    written_out = 0
    for page, command, rest in command_lines(TYPED):
        if command not in DJANGO and not any(sign in rest for sign in "[|…·<"):
            assert not refused(command, rest), f"{page}: manage.py {command}{rest}"
            written_out += 1
    assert written_out > 20


def test_every_command_stands_in_the_readme():
    table = (ROOT / "README.md").read_text().split("## Commands")[1].split("## Production")[0]
    for name, app in get_commands().items():
        if str(app).split(".")[0] in OURS:
            assert f"`{name}" in table, name


def test_every_module_and_target_in_the_texts_is_there():
    makefile = (ROOT / "Makefile").read_text()
    for page in PAGES:
        text = page.read_text()
        for module in MODULE.findall(text):
            assert importlib.util.find_spec(module), f"{named(page)}: python -m {module}"
        for target in {word for words in TARGET.findall(text) for word in words if word}:
            assert f"\n{target}:" in makefile, f"{named(page)}: make {target}"


def test_every_dependency_has_its_reason():
    reasons = "".join(p.read_text().lower() for p in (ROOT / "docs" / "decisions").glob("*.md"))
    wanted = re.findall(r"^[\w-]+", (ROOT / "requirements.in").read_text(), flags=re.MULTILINE)
    assert [name for name in wanted if name.lower() not in reasons] == []


def test_every_place_in_the_glossary_is_there():
    form = rf"`((?:{'|'.join(OURS)})\.[\w.]+)`"
    places = re.findall(form, GLOSSARY.read_text())
    assert len(places) > 50
    assert [place for place in places if not found(place)] == []
