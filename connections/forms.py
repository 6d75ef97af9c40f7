"""What a person or a script must say to connect: checked before anything is asked of a remote."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django import forms

from connections.models import Connection, Credential, Grant
from connections.salesforce.sign_in import check_host
from sync.core.records import System

GRANTS = {
    System.SALESFORCE: (Grant.AUTHORIZATION_CODE, Grant.JWT, Grant.CLIENT_CREDENTIALS),
    System.XERO: (Grant.AUTHORIZATION_CODE, Grant.CLIENT_CREDENTIALS),
}
NEEDED = {
    Grant.AUTHORIZATION_CODE: (),
    Grant.JWT: ("username", "private_key"),
    Grant.CLIENT_CREDENTIALS: ("client_secret",),
}
SALESFORCE_ONLY = ("host", "username", "private_key")


class AppForm(forms.Form):
    """The settings of the app that signs in. Secrets are never shown again."""

    name = forms.CharField(
        max_length=100, required=False, help_text="What this connection is called here."
    )
    grant = forms.ChoiceField(label="Signs in by", widget=forms.RadioSelect)
    host = forms.CharField(
        label="My Domain",
        max_length=255,
        required=False,
        help_text="Such as https://fernhill.my.salesforce.com, from Setup › My Domain.",
    )
    client_id = forms.CharField(label="Client id", max_length=512)
    client_secret = forms.CharField(
        max_length=512,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    username = forms.CharField(
        label="User name", max_length=255, required=False, help_text="Whom the app signs in as."
    )
    private_key = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text="The RSA key in PEM form whose certificate the app has.",
    )

    def __init__(
        self, system: System, *args: Any, former: Connection | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.system = system
        self.former = former
        grants = GRANTS[system]
        field = self.fields["grant"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [(grant.value, _sentence(str(grant.label))) for grant in grants]
        field.initial = grants[0].value
        if system is System.XERO:
            for name in SALESFORCE_ONLY:
                del self.fields[name]
            self.fields["name"].help_text = (
                "What this connection is called here. When a person signs in, each organisation "
                "is named afterwards."
            )
        if former is not None:
            self.fields["name"].disabled = True
            self.initial = {"name": former.name} | _known(former.credential)

    def clean_host(self) -> str:
        """Return the address to sign in at."""
        try:
            return check_host(self.cleaned_data["host"], self.cleaned_data.get("grant", ""))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_private_key(self) -> str:
        """Return the key when it is one."""
        text: str = self.cleaned_data["private_key"].strip()
        if text and not _is_rsa_key(text):
            raise forms.ValidationError("This is not an RSA private key in PEM form.")
        return text

    def clean(self) -> dict[str, Any]:
        """Return the values; a secret that is left empty stays as it was."""
        values = self.cleaned_data
        grant = values.get("grant", "")
        for name in ("client_secret", "private_key"):
            if not values.get(name) and self._keeps_secret(values):
                values[name] = getattr(self._credential(), name)
        for name in NEEDED.get(Grant(grant), ()) if grant else ():
            if not values.get(name) and name not in self.errors:
                self.add_error(name, "This is needed for this way of signing in.")
        web_by_xero = self.system is System.XERO and grant == Grant.AUTHORIZATION_CODE
        if web_by_xero and not values.get("client_secret"):
            self.add_error("client_secret", "Xero's web apps have a secret.")
        if not web_by_xero and not values.get("name"):
            self.add_error("name", "Give the connection a name.")
        return values

    def credential(self) -> Credential:
        """Return what the form says, unsaved and without tokens."""
        values = self.cleaned_data
        return Credential(
            system=self.system,
            grant=values["grant"],
            host=values.get("host", ""),
            client_id=values["client_id"],
            client_secret=values["client_secret"],
            private_key=values.get("private_key", ""),
            username=values.get("username", ""),
        )

    def _credential(self) -> Credential:
        return self.former.credential if self.former else Credential()

    def _keeps_secret(self, values: dict[str, Any]) -> bool:
        """Whether an empty secret means the former one: only for the very same app and place."""
        former = self._credential()
        same_place = values.get("host", "") == former.host
        return former.pk is not None and values.get("client_id") == former.client_id and same_place


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _known(credential: Credential) -> dict[str, str]:
    return {
        "grant": credential.grant,
        "host": credential.host,
        "client_id": credential.client_id,
        "username": credential.username,
    }


def _is_rsa_key(text: str) -> bool:
    try:
        return isinstance(load_pem_private_key(text.encode(), password=None), RSAPrivateKey)
    except (ValueError, TypeError):
        return False
