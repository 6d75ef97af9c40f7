"""Writes docs/configuration.md and .env.example from the one table: part of `make fmt`."""

from config.environment import ROOT, VARIABLES
from config.variable import Variable

PAGE = ROOT / "docs" / "configuration.md"
EXAMPLE = ROOT / ".env.example"

PAGE_HEAD = """# Configuration

Counterpart is configured by environment variables, or by a file `.env` beside `manage.py`; what
stands in the environment wins. A missing or malformed variable stops every program with a sentence
about each. `.env.example` holds them all. Everything about connections, pairs, flows and mappings
is set in the admin or on the command line, not here.

| variable | default | in production | meaning |
|---|---|---|---|
"""
EXAMPLE_HEAD = """# Copy to .env and change what you need; see docs/configuration.md.
# Values stand as they are: no quotes are needed.
"""


def page() -> str:
    """Return the page that lists every variable."""
    return PAGE_HEAD + "".join(_row(variable) for variable in VARIABLES)


def example() -> str:
    """Return a `.env` in which every variable is a comment, but what production must set."""
    parts = [EXAMPLE_HEAD]
    for variable in VARIABLES:
        value = variable.default if variable.production is None else variable.production
        if variable.name == "ENVIRONMENT":
            value = "production"
        elif variable.required:
            value = ""
        mark = "" if variable.required or variable.name == "ENVIRONMENT" else "#"
        parts.append(f"\n# {variable.meaning}\n{mark}{variable.name}={value}\n")
    return "".join(parts)


def _row(variable: Variable) -> str:
    default = f"`{variable.default}`" if variable.default else "none"
    production = "the same"
    if variable.required:
        default = "made and kept in `var/secrets`" if _is_secret(variable) else default
        production = "**must be set**"
    elif variable.production is not None:
        production = f"`{variable.production}`"
    return f"| `{variable.name}` | {default} | {production} | {variable.meaning} |\n"


def _is_secret(variable: Variable) -> bool:
    return "KEY" in variable.name


if __name__ == "__main__":
    PAGE.write_text(page())
    EXAMPLE.write_text(example())
