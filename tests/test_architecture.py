"""The rules of the layout hold: small files, small functions, imports that point down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import cli

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "connections", "mappings", "sync", "sandbox", "benchmarks", "tests")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
EMPTY_WORDS = {
    *("util", "utils", "helper", "helpers", "service", "services", "manager", "managers"),
    *("handler", "handlers", "common", "misc", "process", "data", "info"),
}
STEPS = {
    1: ("notice", "engine/noticing.py"),
    2: ("fetch", "engine/fetching.py"),
    3: ("match", "core/matching.py"),
    4: ("map", "core/mapping.py"),
    5: ("merge", "core/merging.py"),
    6: ("plan", "core/planning.py"),
    7: ("write", "engine/writing.py"),
    8: ("link", "engine/linking.py"),
}


def modules(*packages: str) -> list[Path]:
    found = [ROOT / "manage.py"] if not packages else []
    for package in packages or PACKAGES:
        found += sorted((ROOT / package).rglob("*.py"))
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return "/".join(path.parts[-3:])


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def too_long(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [f"{name_of(path)}: {len(lines)} lines"] if len(lines) > LONGEST_FILE else []


def too_long_inside(path: Path) -> list[str]:
    found = []
    for function in functions(ast.parse(path.read_text())):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > LONGEST_FUNCTION:
            found.append(f"{name_of(path)}: {function.name} has {length} lines")
    return found


def test_no_file_is_longer_than_300_lines():
    assert [fault for path in modules() for fault in too_long(path)] == []


def test_no_function_is_longer_than_40_lines():
    assert [fault for path in modules() for fault in too_long_inside(path)] == []


def test_every_module_says_in_its_first_line_what_it_is_for():
    silent = [
        name_of(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing():
    places = {part for path in modules() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert places & EMPTY_WORDS == set()


def test_imports_keep_the_contracts(monkeypatch: pytest.MonkeyPatch, capfd):
    monkeypatch.chdir(ROOT)
    outcome = cli.lint_imports(no_cache=True)
    assert outcome == cli.EXIT_STATUS_SUCCESS, capfd.readouterr().out


@pytest.mark.parametrize("number", STEPS)
def test_each_of_the_eight_steps_says_which_it_is(number: int):
    verb, place = STEPS[number]
    first = ast.get_docstring(ast.parse((ROOT / "sync" / place).read_text()))
    assert re.match(rf"Step {number} of 8, {verb}\b", first or ""), f"{place}: {first}"


def test_the_rules_notice_what_they_are_there_for(tmp_path: Path):
    long = tmp_path / "long.py"
    long.write_text("def much():\n" + "    pass\n" * LONGEST_FILE)
    assert [fault.split(": ")[1] for fault in too_long(long)] == ["301 lines"]
    assert [fault.split(": ")[1] for fault in too_long_inside(long)] == ["much has 301 lines"]
