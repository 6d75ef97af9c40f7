"""Finds what a person can do in a system's own screens: that system's acts."""

import importlib
from collections.abc import Callable
from typing import Any

from sandbox.world import World

# What comes of a value that is no text, number or object where one belongs.
_OF_THE_WRONG_SORT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class NoSuchActError(LookupError):
    """Neither system's screens can do that."""


class ActRefusedError(ValueError):
    """The system refuses; the text is what it says."""


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


def do_act(world: World, system: str, name: str, /, *args: Any, **named: Any) -> Any:
    """Do the act and answer what it returns, an id or nothing.

    Raises NoSuchActError, or ActRefusedError with the system's own words.
    """
    act = find_act(system, name)
    try:
        with world.lock:
            return act(world, *args, **named)
    except Exception as error:
        own = type(error).__module__.startswith(f"sandbox.{system}.")
        if own or isinstance(error, _OF_THE_WRONG_SORT):
            raise ActRefusedError(str(error)) from error
        raise
