"""Starts and stops the sandbox's three addresses: Salesforce, Xero and the control page."""

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.faults import SYSTEMS, Faults
from sandbox.journal import Journal, journaled
from sandbox.outgoing import Postman
from sandbox.play.links import with_record_pages
from sandbox.salesforce.outbound import Outbound
from sandbox.trouble import troubled
from sandbox.wire import Server
from sandbox.world import World
from sandbox.xero.clients import CLIENTS, USUAL_CLIENT
from sandbox.xero.webhooks import Webhooks

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"  # only this machine: the sandbox's secrets are known to everybody


@dataclass
class Box:
    """A running sandbox: its state, and its addresses by name."""

    world: World
    faults: Faults
    journal: Journal
    hooks: dict[str, Webhooks]
    outbound: Outbound
    postman: Postman
    servers: dict[str, Server] = field(default_factory=dict)

    @property
    def webhooks(self) -> Webhooks:
        """The webhook of Xero's usual app."""
        return self.hooks[USUAL_CLIENT]

    @property
    def salesforce_url(self) -> str:
        """Where Salesforce answers."""
        return self.servers["salesforce"].url

    @property
    def xero_url(self) -> str:
        """Where Xero's identity and accounting API answer."""
        return self.servers["xero"].url

    @property
    def control_url(self) -> str:
        """Where the control API and the play page answer."""
        return self.servers["control"].url


@contextmanager
def running(
    seed: int | None = None,
    size: str = "small",
    state: Path | None = None,
    ports: dict[str, int] | None = None,
    *,
    systems: Sequence[str] = SYSTEMS,
    instance: str = "",
    bare: bool = False,
) -> Iterator[Box]:
    """Run the sandbox until the block ends; ports not named are free ones.

    A seed fills an empty world; one that `state` brings back is left as it was. `instance`, such
    as `8k0`, makes the Salesforce a second org, no id of which is one of the usual org. A
    `bare` Salesforce has none of the fields of Counterpart's package when it is filled.
    Raises OSError where a port is taken, StateInUseError where another sandbox has the state.
    """
    world = World(state, instance)
    hooks = {client: Webhooks(world, client) for client in CLIENTS}
    outbound = Outbound(world)
    postman = Postman([*hooks.values(), outbound])
    box = Box(world, Faults(), Journal(world.clock), hooks, outbound, postman)
    try:
        for system in systems:
            _serve(box, system, _wrapped(box, system), ports)
        _serve(box, "control", _control(box), ports)
        if seed is not None:
            _fill(world, seed, size, bare=bare)
        for server in box.servers.values():  # whoever calls sooner is answered now
            server.start()
        postman.start()
        yield box
    finally:
        postman.stop()
        for server in box.servers.values():
            server.stop()
        world.close()


def _fill(world: World, seed: int, size: str, *, bare: bool) -> None:
    """Plant the company in a world that is empty yet."""
    planting = importlib.import_module("sandbox.seeding.planting")
    if not planting.is_empty(world):
        return
    if bare:
        world.set_setting("salesforce", "bare", True)
    planting.plant(world, seed, size)


def _serve(box: Box, name: str, app: "WSGIApplication", ports: dict[str, int] | None) -> None:
    box.servers[name] = Server(HOST, (ports or {}).get(name, 0), app)


def _wrapped(box: Box, system: str) -> "WSGIApplication":
    module = importlib.import_module(f"sandbox.{system}.app")
    app = troubled(module.make_app(box.world), box.world, box.faults, system)
    if counting := getattr(module, "counting", None):
        app = counting(app)  # slow calls are open calls, which a system may limit
    app = with_record_pages(app, system, lambda: box.control_url)
    return journaled(app, box.journal, system)


def _control(box: Box) -> "WSGIApplication":
    app: WSGIApplication = importlib.import_module("sandbox.control").make_app(box)
    return app
