"""The agent console as an agent meets it, in Debian's Chromium, against the whole service."""

import asyncio
from typing import Any

import pytest

from suites.browser import Page

pytestmark = pytest.mark.browser
NASTY = "<img src=x onerror=\"document.title='stolen'\"><b>能便宜点吗</b>"


class Console:
    """The page, asked from beside the event loop that serves it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def open(self, service: Any, query: str = "") -> None:
        url = f"http://127.0.0.1:{await service.port()}/console/index.html{query}"
        await asyncio.to_thread(self.page.open, url, 1200)
        await self.until("document.querySelector('#sign-in h1').textContent")

    async def until(self, expression: str) -> None:
        await asyncio.to_thread(self.page.until, expression)

    async def ask(self, expression: str) -> Any:
        return await asyncio.to_thread(self.page.ask, expression)

    async def sign_in(self, login: str, password: str) -> None:
        await self.ask(
            f"document.querySelector('[name=login]').value = {login!r};"
            f"document.querySelector('[name=password]').value = {password!r};"
            "document.querySelector('#sign-in button').click()"
        )

    async def reply(self, text: str) -> None:
        await self.ask(
            f"var box = document.querySelector('textarea'); box.value = {text!r};"
            "box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"
        )


@pytest.fixture
async def console(page: Page, service: Any) -> Console:
    made = Console(page)
    await made.open(service)
    return made


async def hired(service: Any, admin: dict[str, str], name: str = "甲") -> tuple[str, str, str]:
    """An agent of the shop: id, login, password."""
    made = await service.http.post("/api/v1/agents", json={"name": name, "certified": True}, headers=admin)
    return made.json()["id"], made.json()["login"], made.json()["password"]


def talk(what: str) -> str:
    """Whether a text stands among the messages."""
    return f"document.querySelector('#messages').innerText.includes({what!r})"


async def test_a_wrong_password_is_told_and_lets_nobody_in(console: Console, service: Any) -> None:
    await service.shop()
    await console.sign_in("nobody", "nothing")
    await console.until("document.querySelector('#sign-in .trouble').textContent")
    assert await console.ask("document.querySelector('#desk').hidden") is True


async def test_an_agent_signs_in_reads_replies_and_resolves(console: Console, service: Any, platform: Any) -> None:
    admin = await service.shop(authorization_code="code")
    _, login, password = await hired(service, admin)
    await console.sign_in(login, password)
    await console.until("document.querySelector('#line').textContent && !document.querySelector('#desk').hidden")
    await service.write(NASTY, "c1")
    await console.until("document.querySelectorAll('#conversations li').length === 1")
    await console.ask("document.querySelector('#conversations button').click()")
    await console.until(talk("能便宜点吗"))
    assert await console.ask("document.querySelectorAll('#messages img, #messages b').length") == 0
    assert NASTY in await console.ask("document.querySelector('#messages').innerText")
    await console.until("document.querySelector('#tier .wait')")
    await console.reply("亲，已经是最低价了")
    sent = await asyncio.wait_for(platform.calls.get(), 10)
    assert sent["content"]["text"]["text"] == "亲，已经是最低价了"
    await console.until("document.querySelector('#messages .sent')")
    assert await console.ask("document.querySelector('#tier').innerText") == ""
    await console.ask("document.querySelector('#resolve').click()")
    await console.until("document.querySelectorAll('#conversations li').length === 0")
    assert await console.ask("document.title") in ("客服工作台", "Agent console")
    assert console.page.complaints() == []


async def test_a_blocked_reply_says_so_and_stays_in_the_box(console: Console, service: Any) -> None:
    admin = await service.shop()
    await service.http.put("/api/v1/sensitive-words", json={"words": [{"word": "微信"}]}, headers=admin)
    _, login, password = await hired(service, admin)
    await console.sign_in(login, password)
    await service.write("怎么联系你")
    await console.until("document.querySelector('#conversations button')")
    await console.ask("document.querySelector('#conversations button').click()")
    await console.until("!document.querySelector('#conversation').hidden")
    await console.reply("加我微信吧")
    await console.until("document.querySelector('#reply .trouble').textContent")
    assert await console.ask("document.querySelector('textarea').value") == "加我微信吧"


async def test_a_conversation_is_handed_to_a_colleague_and_who_waits_is_shown(console: Console, service: Any) -> None:
    admin = await service.shop(capacity=1)
    _, login, password = await hired(service, admin)
    await console.sign_in(login, password)
    await console.until("!document.querySelector('#desk').hidden && document.querySelector('#load').textContent")
    await service.write("第一位", "c1")
    await service.write("第二位", "c2")
    await console.until("document.querySelector('#waiting').textContent === '1'")
    other, colleague = await service.agent(admin, name="乙", capacity=2)
    device = await service.device(colleague)  # takes who waits
    await device.dispatch("conversation.assigned")
    await console.ask("document.querySelector('#conversations button').click()")
    await console.until(f"[...document.querySelectorAll('#colleagues option')].some(o => o.value === {other!r})")
    await console.ask(
        f"document.querySelector('#colleagues').value = {other!r}; document.querySelector('#transfer').click()"
    )
    await console.until("document.querySelectorAll('#conversations li').length === 0")
    assert (await device.dispatch("conversation.assigned"))["customer"]["open_id"] == "c1"


async def test_a_cut_line_comes_back_with_what_was_missed(console: Console, service: Any) -> None:
    admin = await service.shop()
    agent, login, password = await hired(service, admin)
    await console.sign_in(login, password)
    await service.write("在吗")
    await console.until("document.querySelector('#conversations button')")
    await console.ask("document.querySelector('#conversations button').click()")
    await console.until(talk("在吗"))
    (link,) = service.engine.hub.of(agent)
    link.close(1011)
    await console.until("document.querySelector('#line').classList.contains('cut')")
    await service.write("还在吗")
    await console.until("!document.querySelector('#line').classList.contains('cut')")
    await console.until(talk("还在吗"))
    assert await console.ask("document.querySelectorAll('#messages li').length") == 2


async def test_nothing_but_its_own_files_is_served(service: Any) -> None:
    for file in ("%2e%2e", "words.toml", "console.js.map"):
        assert (await service.http.get(f"/console/{file}")).status_code == 404
    told = await service.http.get("/console/index.html")
    assert "default-src 'none'" in told.headers["content-security-policy"]
    assert (await service.http.get("/console")).headers["location"] == "console/index.html"
