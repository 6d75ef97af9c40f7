"""What the sync remembers: one module per kind of row."""

from sync.models.assignments import Assignment, Unplaced
from sync.models.events import Delivery, Event
from sync.models.heartbeats import Heartbeat
from sync.models.index import Cursor, KnownAddress, KnownKey, KnownOrganisation, KnownRecord
from sync.models.links import Link
from sync.models.notices import Notice
from sync.models.notifications import (
    Announcement,
    Channel,
    Copy,
    Email,
    Happening,
    MailDay,
    Outgoing,
    Post,
    Wish,
)
from sync.models.reviews import Decision, ReviewItem, ReviewNote, ReviewSubject
from sync.models.risk import RefusedOwner, RiskCase, RiskEntry
from sync.models.runs import Mode, PlanRow, Run
from sync.models.switches import FlowSwitch, Pause
from sync.models.verdicts import Lock, Verdict
from sync.models.writes import Attempt, Sent, Write

__all__ = [
    "Announcement",
    "Assignment",
    "Attempt",
    "Channel",
    "Copy",
    "Cursor",
    "Decision",
    "Delivery",
    "Email",
    "Event",
    "FlowSwitch",
    "Happening",
    "Heartbeat",
    "KnownAddress",
    "KnownKey",
    "KnownOrganisation",
    "KnownRecord",
    "Link",
    "Lock",
    "MailDay",
    "Mode",
    "Notice",
    "Outgoing",
    "Pause",
    "PlanRow",
    "Post",
    "RefusedOwner",
    "ReviewItem",
    "ReviewNote",
    "ReviewSubject",
    "RiskCase",
    "RiskEntry",
    "Run",
    "Sent",
    "Unplaced",
    "Verdict",
    "Wish",
    "Write",
]
