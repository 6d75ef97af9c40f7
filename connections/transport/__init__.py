"""All HTTP there is: time limits, one budget for all workers, retried reads, one-time writes."""

from .caller import Caller
from .calls import Call, Reply, Tokens, Tongue
from .outside import OutsideAdapter, post_outside
from .sessions import session

__all__ = [
    "Call",
    "Caller",
    "OutsideAdapter",
    "Reply",
    "Tokens",
    "Tongue",
    "post_outside",
    "session",
]
