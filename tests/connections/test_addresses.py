"""Plain http is for this machine only."""

import pytest

from connections.addresses import is_loopback, safe_address
from connections.salesforce.sign_in import check_host


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://fernhill.my.salesforce.com/", "https://fernhill.my.salesforce.com"),
        ("fernhill.my.salesforce.com", "https://fernhill.my.salesforce.com"),
        (" https://fernhill.my.salesforce.com/home?x=1#y ", "https://fernhill.my.salesforce.com"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("http://127.0.0.1:9101", "http://127.0.0.1:9101"),
        ("http://localhost:9101", "http://localhost:9101"),
        ("http://[::1]:9101", "http://[::1]:9101"),
        ("127.0.0.1:9101", "http://127.0.0.1:9101"),
        (" localhost:9101/ ", "http://localhost:9101"),
        ("[::1]:9101", "http://[::1]:9101"),
        ("https://localhost:9101", "https://localhost:9101"),
        ("localhost.example.com", "https://localhost.example.com"),
        ("127.0.0.1.example.com:8443", "https://127.0.0.1.example.com:8443"),
    ],
)
def test_an_address_is_reduced_to_its_host(text: str, address: str) -> None:
    assert safe_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "http://fernhill.my.salesforce.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://localhost@example.com",
        "localhost@example.com",
        "example.com@localhost:9101",
        "[::1",
        "http://0.0.0.0:9101",
        "http://192.168.0.1",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://user:password@example.com",
        "https://example.com:port",
        "https://",
        "https://nodots",
        "",
    ],
)
def test_an_address_that_would_leak_or_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        safe_address(text)


def test_only_this_machine_is_loopback() -> None:
    assert is_loopback("http://127.0.0.1:9101")
    assert not is_loopback("https://127.0.0.1.example.com")


def test_the_address_of_the_pages_is_answered_with_the_one_to_use() -> None:
    with pytest.raises(ValueError, match=r"Use fernhill\.my\.salesforce\.com"):
        check_host("https://fernhill.lightning.force.com/lightning/page/home", "jwt")


def test_an_app_that_signs_in_by_itself_needs_its_own_domain() -> None:
    with pytest.raises(ValueError, match="My Domain"):
        check_host("https://login.salesforce.com", "client-credentials")
    assert check_host("https://login.salesforce.com", "jwt") == "https://login.salesforce.com"
