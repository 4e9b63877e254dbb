"""Which URLs may be pushed to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from simulators.douyin.webhook_url import webhook_url


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000/a?b=c", "https://localhost/hook", "http://[::1]:1/"])
def test_loopback_is_always_right(text: str) -> None:
    assert webhook_url(text) == URL(text)


def test_another_host_must_be_allowed_by_its_name() -> None:
    text = "https://staging.example.com/hook"
    assert webhook_url(text, ["staging.example.com"]) == URL(text)
    assert "GOLIVE_ALLOW" in str(webhook_url(text))
    assert "GOLIVE_ALLOW" in str(webhook_url(text, ["example.com", ""]))


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", "ftp://127.0.0.1/", "http://", "http://[::1/", "http://127.0.0.1:99999/"]
)
def test_what_is_no_web_address_is_refused_in_words(text: str) -> None:
    assert isinstance(webhook_url(text), str)


@given(st.text(max_size=40).map(lambda tail: f"http://{tail}"))
def test_no_text_makes_an_exception(text: str) -> None:
    assert isinstance(webhook_url(text), URL | str)
