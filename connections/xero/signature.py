"""The signature of Xero's webhooks: base64 of the HMAC-SHA256 of the body as it came."""

from __future__ import annotations

import base64
import hashlib
import hmac

HEADER = "x-xero-signature"


def signature_of(body: bytes, key: str) -> str:
    """Return the signature of a body under the webhook key (Xero, Webhooks, signature)."""
    return base64.b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()


def is_signed(body: bytes, signature: str, key: str) -> bool:
    """Return whether the signature is the body's; takes as long whichever part is wrong."""
    expected = signature_of(body, key).encode()
    return bool(key) and hmac.compare_digest(expected, signature.encode())
