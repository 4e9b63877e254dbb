"""Which URLs the gateway may push to."""

from collections.abc import Collection

from yarl import URL

from targets.loading import allowed


def webhook_url(text: str, allow: Collection[str] = ()) -> URL | str:
    """The URL in a text, or why it may not be one: no HTTP URL, or a host that is neither loopback nor in `allow`."""
    try:
        url = URL(text)
    except ValueError as error:
        return f"{text!r} is no URL: {error}"
    if url.scheme not in ("http", "https") or not url.host:
        return f"{text!r} is no http:// or https:// URL"
    if not allowed(text, allow):
        return f"{text}: pushes go to loopback only; allow another host by its name in GOLIVE_ALLOW"
    return url
