"""Runs the sandbox from the command line until it is told to stop."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from sandbox.seeding import SIZES
from sandbox.server import running
from sandbox.store import StateInUseError


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; answers the exit code."""
    wanted = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ports = {
        "salesforce": wanted.salesforce_port,
        "xero": wanted.xero_port,
        "control": wanted.control_port,
    }
    try:
        with running(wanted.seed, wanted.size, wanted.state, ports, bare=wanted.bare) as box:
            _say(f"Salesforce    {box.salesforce_url}")
            _say(f"Xero          {box.xero_url}")
            _say(f"Control page  {box.control_url}")
            _say("Stop with Ctrl-C.")
            stop.wait()
    except (OSError, OverflowError, StateInUseError) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A local Salesforce and a local Xero to play with."
    )
    parser.add_argument("--seed", type=int, help="fill an empty sandbox, the same way each time")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument(
        "--bare", action="store_true", help="a Salesforce that Counterpart's package is not in"
    )
    parser.add_argument("--state", type=Path, help="directory to keep everything in")
    parser.add_argument("--salesforce-port", type=int, default=9101)
    parser.add_argument("--xero-port", type=int, default=9102)
    parser.add_argument("--control-port", type=int, default=9100)
    return parser


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
