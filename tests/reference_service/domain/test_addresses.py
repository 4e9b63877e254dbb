"""Only what the operator has named is called (LIMIT-1)."""

import pytest

from reference_service.domain.addresses import permitted, refusal

HOSTS = frozenset({"ai.example.com", "127.0.0.1:8080", "[::1]:9000"})


@pytest.mark.parametrize(
    "address",
    [
        "https://ai.example.com/bot",
        "http://AI.example.com:444/bot?x=1",
        "http://127.0.0.1:8080/",
        "http://[::1]:9000/bot",
    ],
)
def test_what_is_named_may_be_called(address: str) -> None:
    assert refusal(address, HOSTS) == ""


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/bot",
        "ai.example.com/bot",
        "file:///etc/passwd",
        "ftp://ai.example.com/",
        "gopher://ai.example.com/",
        "https:///bot",
        "https://example.com/",
        "https://ai.example.com.evil.org/",
        "https://evil.org/ai.example.com",
        "https://evil.org#@ai.example.com/",
        "https://evil.org\\@ai.example.com/",
        "https://ai.example.com@evil.org/",
        "https://user:word@ai.example.com/",
        "https://ai.example.com/#top",
        "http://127.0.0.1/",
        "http://127.0.0.1:8081/",
        "http://0x7f000001:8080/",
        "http://2130706433:8080/",
        "http://localhost:8080/",
        "http://169.254.169.254/latest/meta-data",
        "http://ai.example.com:99999/",
        "http://ai.example.com:abc/",
        "http://[::1/",
        "http://ai.example.com\r\nHost: evil/",
    ],
)
def test_what_is_not_may_not(address: str) -> None:
    assert refusal(address, HOSTS) != ""


def test_nothing_is_named_unless_the_operator_does() -> None:
    assert refusal("http://127.0.0.1:8080/", frozenset()) != ""


@pytest.mark.parametrize(
    ("address", "unnamed", "named"),
    [
        ("8.8.8.8", True, True),
        ("2001:4860:4860::8888", True, True),
        ("127.0.0.1", False, True),
        ("127.0.0.2", False, False),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("10.1.2.3", False, False),
        ("10.0.0.5", False, True),
        ("10.0.0.6", False, False),
        ("172.16.0.1", False, False),
        ("192.168.1.1", False, False),
        ("100.64.0.1", False, False),
        ("169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("fc00::1", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("::ffff:10.0.0.1", False, False),
        ("::ffff:10.0.0.5", False, True),
        ("64:ff9b::a00:1", False, False),
        ("64:ff9b::808:808", True, True),
        ("2002:a00:1::", False, False),
        ("2002:a9fe:a9fe::", False, False),
    ],
)
def test_an_address_inside_is_permitted_only_where_it_is_named_itself(address: str, unnamed: bool, named: bool) -> None:
    hosts = {"crm.example.com", "127.0.0.1", "::1", "10.0.0.5:8080", "10.0.0.6:80"}
    assert (permitted(address, 8080, {"crm.example.com"}), permitted(address, 8080, hosts)) == (unnamed, named)
