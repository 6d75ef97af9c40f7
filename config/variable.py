"""What one variable of the environment is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Variable:
    """One variable: `default` is text as it would be set; production must set what is `secret`."""

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any] = str
    production: str | None = None  # another default there
    required: bool = False  # production must set it; a checkout makes its own
