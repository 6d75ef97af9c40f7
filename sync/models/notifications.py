"""Messages: what people are told, their copies of it, how they want it, and what is sent out."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from connections.fields import EncryptedTextField


class Announcement(models.Model):
    """One message: a fact told once while it stands, with how often it happened.

    Nobody is told before `due_at`: what passes by itself is never told of. `brief` names no
    customer, deal or person: it may leave the house. `path` is the place in Counterpart.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    brief = models.CharField(max_length=200)
    path = models.CharField(max_length=500, blank=True)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One standing message a key."""

        verbose_name = "message"
        ordering = ["-last_at", "-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(over_at__isnull=True),
                name="one_standing_message_a_key",
            )
        ]
        indexes = [models.Index(fields=["over_at"], name="messages_over")]

    def __str__(self) -> str:
        return self.title


class Happening(models.Model):
    """One occurrence that a message counts; the same one is never counted twice."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="happenings")
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The reference says which occurrence it is."""

        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref"], name="one_happening_a_reference")
        ]

    def __str__(self) -> str:
        return self.ref


class Copy(models.Model):
    """One person's copy of a message. `mail_from`: since when it waits to go into an e-mail."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="copies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    mail_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One a person and message."""

        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["announcement", "user"], name="one_copy_a_person")
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="copies_unread"),
            models.Index(
                fields=["user"], condition=Q(mail_from__isnull=False), name="copies_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} for {self.user_id}"


class Wish(models.Model):
    """How one person wants to be told of one kind of message; without a row, as the kind says."""

    class How(models.TextChoices):
        """The inbox is always there for whom a kind is meant; e-mail is a person's choice."""

        NONE = "none", "Not told"
        INBOX = "inbox", "Inbox only"
        NOW = "now", "E-mail at once"
        DAILY = "daily", "In the daily e-mail"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    how = models.CharField(max_length=5, choices=How.choices)

    class Meta:
        """One a person and kind."""

        ordering = ["id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_wish_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.how}"


class MailDay(models.Model):
    """When a person's daily e-mail comes, and when the last one of each sort was written."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    hour = models.PositiveSmallIntegerField(default=8)
    time_zone = models.CharField(max_length=80, blank=True)
    written_on = models.DateField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One a person."""

        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.hour}:00 {self.time_zone}"


class Outgoing(models.Model):
    """Something to be sent out: saved before it goes, and again until it has gone.

    A sender that dies loses nothing: when its lease is over, another sends. At worst the same is
    sent twice, if the answer was lost.
    """

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    OPEN = (State.WAITING, State.SENDING)

    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """`due_at` of one that is being sent is the end of its sender's lease."""

        abstract = True
        ordering = ["id"]
        default_permissions = ()


class Email(Outgoing):
    """One e-mail to one person; the address is the one they have when it is sent."""

    class Sort(models.TextChoices):
        """Why it is written."""

        NOW = "now", "At once"
        DAILY = "daily", "Daily"
        TEST = "test", "Test"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sort = models.CharField(max_length=5, choices=Sort.choices)
    name = models.UUIDField(default=uuid.uuid4, unique=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()

    class Meta(Outgoing.Meta):
        """What waits is found quickly."""

        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="emails_to_send",
            ),
            models.Index(fields=["user", "-id"], name="emails_of_person"),
        ]

    def __str__(self) -> str:
        return self.subject


class Channel(models.Model):
    """A Slack-compatible webhook: whoever knows its address may post there, so it is a secret."""

    name = models.CharField(max_length=100, unique=True)
    address = EncryptedTextField()
    host = models.CharField(max_length=255, blank=True, editable=False)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """By name."""

        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Post(Outgoing):
    """One line to be posted to a channel."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="posts")
    announcement = models.ForeignKey(Announcement, models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=5, choices=[("begun", "Begun"), ("over", "Over"),
                                                   ("test", "Test")])  # fmt: skip
    text = models.CharField(max_length=500)

    class Meta(Outgoing.Meta):
        """A message is posted once when it begins, and once when it is over."""

        constraints = [
            models.UniqueConstraint(
                fields=["channel", "announcement", "what"],
                condition=Q(announcement__isnull=False),
                name="one_post_a_message",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="posts_to_send",
            )
        ]

    def __str__(self) -> str:
        return self.text
