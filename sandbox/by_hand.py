"""Finds what a person can do in a system's own screens: that system's acts."""

import importlib
from collections.abc import Callable
from typing import Any


class NoSuchActError(LookupError):
    """Neither system's screens can do that."""


def find_act(system: str, name: str) -> Callable[..., Any]:
    """The act of this name; its first argument is the world.

    Raises NoSuchActError where the system has none of that name.
    """
    acts = importlib.import_module(f"sandbox.{system}.acts")
    found = getattr(acts, name, None)
    ours = str(getattr(found, "__module__", "")).startswith(f"sandbox.{system}.")
    if name.startswith("_") or not callable(found) or isinstance(found, type) or not ours:
        raise NoSuchActError(f"{system} has no act called {name!r}.")
    act: Callable[..., Any] = found
    return act
