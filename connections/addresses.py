"""Which addresses may be talked to: https, or plain http on this machine only."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def safe_address(text: str) -> str:
    """Return scheme://host[:port] of an address.

    One without a scheme is taken as https, or as http where it is on this machine. Raises
    ValueError with a sentence when it is no address, holds a password, or would carry secrets
    over the network unencrypted.
    """
    text = text.strip()
    address = text if "://" in text else f"https://{text}"
    if address != text and is_loopback(address):
        address = f"http://{text}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or ""):
        raise ValueError(f"'{text}' is not an address such as https://example.com.")
    if parts.username or parts.password:
        raise ValueError("An address must not hold a user name or a password.")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"'{text}' has a port that cannot be.") from error
    if parts.scheme == "http" and not is_loopback(address):
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


def outside_place(host: str, port: int) -> str:
    """Return an IP address of a host on the public internet.

    Raises ValueError with a sentence for one of our own network, in whatever way it is written,
    unless MESSAGE_PRIVATE_HOSTS names it; OSError when the name is not known.
    """
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = host.lower() in {name.lower() for name in settings.MESSAGE_PRIVATE_HOSTS}
    if not allowed and not all(map(is_public, found)):
        raise ValueError(
            f"{host} is in your own network. An administrator may allow it by "
            "MESSAGE_PRIVATE_HOSTS."
        )
    return found[0]


def is_public(place: str) -> bool:
    """Whether an IP address is one of the public internet, also when it is wrapped in another."""
    ip = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(each is not None and not each.is_global for each in inner):
            return False
        if ip.ipv4_mapped is not None:
            return not ip.ipv4_mapped.is_multicast
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
