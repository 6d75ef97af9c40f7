"""Which addresses may be talked to: https, or plain http on this machine only."""

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def safe_address(text: str) -> str:
    """Return scheme://host[:port] of an address; one without a scheme is taken as https.

    Raises ValueError with a sentence when it is no address, holds a password, or would carry
    secrets over the network unencrypted.
    """
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or ""):
        raise ValueError(f"'{text}' is not an address such as https://example.com.")
    if parts.username or parts.password:
        raise ValueError("An address must not hold a user name or a password.")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"'{text}' has a port that cannot be.") from error
    if parts.scheme == "http" and not is_loopback(text):
        raise ValueError(f"'{text}' must be https: plain http is accepted for this machine only.")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def is_loopback(address: str) -> bool:
    """Whether the address is on this machine, as the sandbox's is."""
    return urlsplit(address).hostname in LOOPBACK


def _is_host(host: str) -> bool:
    if host in LOOPBACK:
        return True
    return "." in host and all(part and not part.isspace() for part in host.split("."))
