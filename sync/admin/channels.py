"""Channels: the Slack-compatible webhooks to which short lines are posted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from config.admin_base import ModelAdmin, display
from connections import posting
from sync import bell
from sync.engine.announcing_kinds import of_everybody
from sync.models import Channel, Post

from .records import chip

KEPT = "Kept encrypted, and never shown again."


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A channel's name, its secret address and what it is told of."""

    webhook = forms.CharField(
        label="Webhook address",
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "secret-field"}),
        help_text=f"As the channel’s settings show it; whoever knows it may post there. {KEPT}",
    )
    kinds = forms.MultipleChoiceField(
        label="Is told of",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Short lines without names of customers, deals or people, and a link.",
    )

    class Meta:
        """What a person enters."""

        model = Channel
        fields = ("name", "kinds", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["webhook"].help_text += " Leave it empty to keep the present one."
        else:
            self.fields["webhook"].required = True
        self.fields["kinds"].choices = [(k.key, k.title) for k in of_everybody()]  # type: ignore[attr-defined]

    def clean_webhook(self) -> str:
        """Take the address where one was typed; say what is wrong with it. It is never read."""
        typed = str(self.cleaned_data.get("webhook") or "").strip()
        if not typed:
            return ""  # a new channel must have one, as the field says
        try:
            self.instance.host = posting.check_address(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        self.instance.address = typed
        return ""


@admin.register(Channel)
class ChannelAdmin(ModelAdmin):
    """Channels; each change is kept in the history, without the address."""

    form = ChannelForm
    fields = ("name", "webhook", "kinds", "active")
    list_display = ("name", "host", "state_shown", "told_of", "last_shown")
    actions = None
    change_form_after_template = "admin/sync/inbox/channel_test.html"
    export_columns = (("Name", lambda row: row.name), ("Host", lambda row: row.host))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the secret where it is until the form needs it."""
        return super().get_queryset(request).defer("address")

    def get_urls(self) -> list[URLPattern]:
        """Add the test."""
        view = self.admin_site.admin_view(self.test)
        return [path("<int:pk>/test/", view, name="channel_test"), *super().get_urls()]

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Post a line to the channel; a POST by whoever may change it."""
        row = self.get_object(request, str(pk))
        if row is None or request.method != "POST" or not self.has_change_permission(request, row):
            return HttpResponseRedirect(reverse("admin:sync_channel_changelist"))
        Post.objects.create(channel=row, what="test", text="This is a test from Counterpart.")
        bell.ring("send_messages")
        messages.success(request, "A test is on its way; the list says when it has gone.")
        return HttpResponseRedirect(reverse("admin:sync_channel_changelist"))

    @display(description="State")
    def state_shown(self, row: Channel) -> SafeString:
        """Return whether its last line went out."""
        if not row.active:
            return chip(("", "○", "off"))
        last = row.posts.order_by("-id").first()
        if last is None:
            return chip(("", "…", "nothing posted yet"))
        words = {
            "sent": ("good", "✓", "works"),
            "failed": ("bad", "✕", last.error or "refused"),
            "waiting": ("warn", "!", last.error or "on its way"),
            "sending": ("", "…", "being sent"),
        }
        return chip(words[last.state])

    @display(description="Is told of")
    def told_of(self, row: Channel) -> str:
        """Return the titles of its kinds."""
        return ", ".join(k.title for k in of_everybody() if k.key in row.kinds) or "nothing"

    @display(description="Last posted")
    def last_shown(self, row: Channel) -> Any:
        """Return when the last line went out."""
        last = row.posts.filter(sent_at__isnull=False).order_by("-id").first()
        return last.sent_at if last else "–"
