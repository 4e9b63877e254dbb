"""Where it listens decides who may come, and by which URL."""

from pathlib import Path

import pytest

from simulators.douyin.listening import Listening


@pytest.mark.parametrize(
    ("listening", "near", "far", "beyond"),
    [
        (Listening(), "http://127.0.0.1:80", "http://127.0.0.1:80", False),
        (Listening("localhost"), "http://localhost:80", "http://localhost:80", False),
        (Listening("::1"), "http://[::1]:80", "http://[::1]:80", False),
        (Listening("10.0.0.5"), "http://10.0.0.5:80", "http://10.0.0.5:80", True),
        (Listening("0.0.0.0", public_url="http://me:9/"), "http://127.0.0.1:80", "http://me:9", True),
        (Listening("::", public_url="http://me"), "http://[::1]:80", "http://me", True),
        (Listening(tls_cert=Path("c"), tls_key=Path("k")), "https://127.0.0.1:80", "https://127.0.0.1:80", False),
    ],
)
def test_urls_and_who_may_come(listening: Listening, near: str, far: str, beyond: bool) -> None:
    assert (listening.near_url(80), listening.far_url(80), listening.beyond_loopback) == (near, far, beyond)
