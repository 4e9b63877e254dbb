"""TENANT-1: what a customer writes is text on the agents' page, and runs nowhere (the report's page: tests/reports)."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from suites.browser import Page, chromium
from suites.lab import Lab

pytestmark = [pytest.mark.promise("TENANT-1"), pytest.mark.owasp("WSTG-INPV-02 Stored Cross Site Scripting")]
PAYLOADS: Final = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<svg/onload=document.title='owned'>",
    '"><iframe srcdoc="<script>parent.document.title=\'owned\'</script>">',
    "<a href=\"javascript:document.title='owned'\">优惠</a>",
    "{{7*7}} ${7*7} <%= 7*7 %>",
)
FOREIGN: Final = "#messages script, #messages img, #messages svg, #messages iframe, #messages a[href^=javascript]"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A tab of Debian's Chromium."""
    if shutil.which("chromium") is None:
        pytest.skip("not offered: this machine has no chromium (apt-get install chromium)")
    with chromium(tmp_path / "profile") as tab:
        yield tab


async def test_what_a_customer_writes_is_shown_as_they_wrote_it(lab: Lab, page: Page) -> None:
    shop = await lab.shop()
    shop.api.need("console")
    made = (await shop.api("createAgent", body={"name": "<b>甲</b>", "certified": True}, expect=201)).body
    await asyncio.to_thread(page.open, f"{lab.run.target_url}/console/index.html", 1200)
    await asyncio.to_thread(page.until, "document.querySelector('#sign-in h1').textContent")
    await asyncio.to_thread(
        page.ask,
        f"document.querySelector('[name=login]').value = {made['login']!r};"
        f"document.querySelector('[name=password]').value = {made['password']!r};"
        "document.querySelector('#sign-in button').click()",
    )
    await asyncio.to_thread(page.until, "document.querySelector('#load').textContent")
    customer = await shop.customer(nick="<img src=x onerror=\"document.title='owned'\">")
    for payload in PAYLOADS:
        await customer.say(payload)
    await lab.settled()
    first = "document.querySelector('#conversations button')"
    await asyncio.to_thread(page.until, first)
    await asyncio.to_thread(page.ask, f"{first}.click()")
    last = "document.querySelector('#messages').innerText.includes('<%= 7*7 %>')"
    await asyncio.to_thread(page.until, last)
    shown = await asyncio.to_thread(page.ask, "document.querySelector('#messages').innerText")
    assert [payload for payload in PAYLOADS if payload not in shown] == []
    assert await asyncio.to_thread(page.ask, f"document.querySelectorAll({FOREIGN!r}).length") == 0
    assert await asyncio.to_thread(page.ask, "document.title") != "owned"
