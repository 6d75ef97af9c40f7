"""The registry of flows: every module of this package that has a FLOW."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from sync.core.flow import Flow

from . import __path__ as _folder


@cache
def every_flow() -> Mapping[str, Flow]:
    """Return every flow by its key, found in the modules beside this one."""
    modules = (
        importlib.import_module(f"{__package__}.{found.name}")
        for found in pkgutil.iter_modules(_folder)
        if not found.ispkg
    )
    flows = [module.FLOW for module in modules if hasattr(module, "FLOW")]
    return {flow.key: flow for flow in sorted(flows, key=lambda flow: flow.key)}
