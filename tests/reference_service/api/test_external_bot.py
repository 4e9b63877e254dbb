"""An AI agent over HTTP in the bot's place: a real little server that answers, hangs, talks rubbish or is late."""

import asyncio
import base64
import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
import standardwebhooks
from aiohttp import web

from reference_service.shell import external_bot
from tests.reference_service.api.bots import called, conversation, put, quiet, story

PATH = "/api/v1/external-bot"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Agent:
    """The AI agent: `answers` is what it does with a question; every question is kept, and its signature checked."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[Any] = asyncio.Queue()
        self.go = asyncio.Event()  # for answers that wait
        self.answers: Any = {"action": "silent"}
        self.elsewhere = 0  # requests to where it redirects
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    async def bot(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        standardwebhooks.Webhook(SECRET).verify(body, dict(request.headers))
        self.asked.put_nowait(msgspec.json.decode(body) | {"webhook-id": request.headers["webhook-id"]})
        if callable(self.answers):
            answered: web.StreamResponse = await self.answers(request)
            return answered
        return web.json_response(self.answers)

    async def other(self, _: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.json_response({"action": "reply", "text": "别处"})

    async def question(self) -> Any:
        return await asyncio.wait_for(self.asked.get(), 10)


@pytest.fixture
async def agent() -> AsyncIterator[Agent]:
    played = Agent()
    app = web.Application()
    app.router.add_post("/bot", played.bot)
    app.router.add_route("*", "/elsewhere", played.other)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.port = runner.addresses[0][1]
    yield played
    played.go.set()
    await runner.cleanup()


@pytest.fixture
async def allowing(serve: Any, settings: Any) -> AsyncIterator[Any]:
    """A service whose operator allows calls to this machine."""
    async with serve(msgspec.structs.replace(settings, allow_hosts=frozenset({"127.0.0.1"}))) as service:
        yield service


async def shop(service: Any, agent: Agent, mode: str = "first", **more: Any) -> dict[str, str]:
    admin: dict[str, str] = await service.shop(authorization_code="code")
    await put(service, admin, mode=mode)
    setting = {"url": agent.url, "secret": SECRET, "timeout_s": 10, **more}
    done = await service.http.put(PATH, json=setting, headers=admin)
    assert done.status_code == 200, done.text
    assert done.json()["secret"] == ""
    return admin


async def test_its_reply_goes_to_the_customer(allowing: Any, agent: Agent, platform: Any) -> None:
    agent.answers = {"action": "reply", "text": "亲，可以微波加热"}
    admin = await shop(allowing, agent)
    await allowing.write("这个碗能微波炉加热吗")
    assert await called(platform) == "亲，可以微波加热"
    asked = await agent.question()
    assert asked["message"] == {"id": asked["webhook-id"], "text": "这个碗能微波炉加热吗"}
    assert (await conversation(allowing, admin))["state"] == "bot"


async def test_it_is_given_the_articles_that_come_near_and_may_choose_one(
    allowing: Any, agent: Agent, platform: Any
) -> None:
    admin = await shop(allowing, agent)
    new = {"kind": "faq", "title": "碗能进烤箱吗", "answer": "亲，不能进烤箱"}
    article = (await allowing.http.post("/api/v1/knowledge", json=new, headers=admin)).json()
    agent.answers = {"action": "reply", "article_id": article["id"]}
    await allowing.write("你们家的碗放烤箱行不行")
    assert await called(platform) == "亲，不能进烤箱"
    [near] = (await agent.question())["candidates"]
    assert (near["id"], near["answer"]) == (article["id"], "亲，不能进烤箱")


async def test_what_is_asked_word_for_word_and_a_wish_for_a_person_need_no_ai(
    allowing: Any, agent: Agent, platform: Any
) -> None:
    admin = await shop(allowing, agent)
    new = {"kind": "faq", "title": "碗能进烤箱吗", "answer": "亲，不能进烤箱"}
    await allowing.http.post("/api/v1/knowledge", json=new, headers=admin)
    await allowing.write("碗能进烤箱吗")
    assert await called(platform) == "亲，不能进烤箱"
    await allowing.write("转人工")
    await quiet(allowing)
    assert (await conversation(allowing, admin))["state"] == "queued"
    assert agent.asked.empty()


async def hang(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def trickle(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await answer.write(b" ")
            await asyncio.sleep(0.02)
    return answer


def raw(body: bytes, status: int = 200, **headers: str) -> Handler:
    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers=headers)

    return handle


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


GOOD = b'{"action": "reply", "text": "\xe5\xa5\xbd"}'
BAD: dict[str, Any] = {
    "hangs": hang,
    "never ends": trickle,
    "ends at once": cut,
    "fails": raw(GOOD, 500),
    "is not there": raw(GOOD, 404),
    "redirects": raw(b"", 307, Location="/elsewhere"),
    "redirects by another method": raw(b"", 303, Location="/elsewhere"),
    "says nothing": raw(b""),
    "says no JSON": raw(b"<html>"),
    "says no UTF-8": raw(b'{"action": "reply", "text": "\xff"}'),
    "says something else": {"text": "好"},
    "does something else": {"action": "refund"},
    "nests deeply": raw(b"[" * 60_000),
    "packs it": raw(gzip.compress(GOOD), **{"Content-Encoding": "gzip"}),
    "says too much": raw(b'{"action": "reply", "text": "\xe5\xa5\xbd", "why": "' + b"x" * 70_000 + b'"}'),
    "says more than a message holds": {"action": "reply", "text": "长" * 2001},
    "says a listed word": {"action": "reply", "text": "全网最便宜"},
    "is not sure": {"action": "reply", "text": "好", "confidence": 0.5},
    "is surer than can be": {"action": "reply", "text": "好", "confidence": 1.5},
    "names no article": {"action": "reply", "article_id": "k99"},
    "gives it back": {"action": "handover"},
}


@pytest.mark.parametrize("sin", BAD)
async def test_whatever_goes_wrong_a_person_does_it(allowing: Any, agent: Agent, platform: Any, sin: str) -> None:
    agent.answers = BAD[sin]
    admin = await shop(allowing, agent, timeout_s=0.3 if sin in ("hangs", "never ends") else 10)
    await allowing.http.put("/api/v1/sensitive-words", json={"words": [{"word": "最便宜"}]}, headers=admin)
    await allowing.write("这个碗能微波炉加热吗")
    await agent.question()
    await quiet(allowing)
    assert (await conversation(allowing, admin))["state"] == "queued"
    assert await story(allowing, admin) == [("customer", "这个碗能微波炉加热吗")]
    assert (platform.calls.empty(), agent.elsewhere) == (True, 0)


async def test_a_host_that_is_not_allowed_any_more_is_not_called(allowing: Any, agent: Agent) -> None:
    admin = await shop(allowing, agent)
    allowing.engine.answering._external._hosts = frozenset()
    await allowing.write("这个碗能微波炉加热吗")
    await quiet(allowing)
    assert (await conversation(allowing, admin))["state"] == "queued"
    assert agent.asked.empty()


async def test_a_name_that_leads_inside_is_not_connected_to(
    serve: Any, settings: Any, agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    here = agent.url.replace("127.0.0.1", "localhost")
    async with serve(msgspec.structs.replace(settings, allow_hosts=frozenset({"localhost"}), test_hooks=False)) as own:
        admin = await shop(own, agent, url=here)
        await own.write("这个碗能微波炉加热吗")
        await quiet(own)
        assert (await conversation(own, admin))["state"] == "queued"
    assert agent.asked.empty()
    assert "address not permitted" in capsys.readouterr().out


async def test_nobody_listening_is_a_doubt(allowing: Any, agent: Agent) -> None:
    admin = await shop(allowing, agent, url="http://127.0.0.1:1/bot")
    await allowing.write("这个碗能微波炉加热吗")
    await quiet(allowing)
    assert (await conversation(allowing, admin))["state"] == "queued"


async def waits(agent: Agent) -> None:
    async def handle(_: web.Request) -> web.StreamResponse:
        await agent.go.wait()
        return web.json_response({"action": "reply", "text": "太晚"})

    agent.answers = handle


async def test_an_answer_after_a_persons_reply_is_dropped(allowing: Any, agent: Agent) -> None:
    await waits(agent)
    admin = await shop(allowing, agent, mode="assist")
    _, person = await allowing.agent(admin)
    _device = await allowing.device(person)
    await allowing.write("这个碗能微波炉加热吗")
    await agent.question()
    where = f"/api/v1/conversations/{(await conversation(allowing, admin))['id']}/messages"
    reply = {"client_msg_id": "r1", "text": "亲，可以的"}
    assert (await allowing.http.post(where, json=reply, headers=person)).status_code == 201
    agent.go.set()
    await quiet(allowing)
    assert await story(allowing, admin) == [("customer", "这个碗能微波炉加热吗"), ("agent", "亲，可以的")]


async def test_an_answer_after_the_hand_over_is_dropped(allowing: Any, agent: Agent) -> None:
    await waits(agent)
    admin = await shop(allowing, agent)
    await allowing.write("这个碗能微波炉加热吗")
    await agent.question()
    await allowing.engine.travel(21)  # the customer has waited long enough
    agent.go.set()
    await quiet(allowing)
    assert (await conversation(allowing, admin))["state"] == "queued"
    assert await story(allowing, admin) == [("customer", "这个碗能微波炉加热吗")]


async def test_one_question_of_a_conversation_is_under_way_and_what_came_meanwhile_is_asked_with_it(
    allowing: Any, agent: Agent, platform: Any
) -> None:
    await waits(agent)
    admin = await shop(allowing, agent)
    await allowing.write("这个碗能微波炉加热吗")
    first = await agent.question()
    await allowing.write("烤箱呢")
    await allowing.write("洗碗机呢")
    assert agent.asked.empty()
    agent.go.set()
    second = await agent.question()
    assert await called(platform) == "太晚"
    await quiet(allowing)
    assert (first["message"]["text"], second["message"]["text"]) == (
        "这个碗能微波炉加热吗",
        "这个碗能微波炉加热吗\n烤箱呢\n洗碗机呢",
    )
    assert [sender for sender, _ in await story(allowing, admin)] == ["customer", "customer", "customer", "bot"]


async def test_only_so_many_of_a_shop_are_under_way_and_the_rest_go_to_people(
    allowing: Any, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_bot, "AT_ONCE", 1)
    await waits(agent)
    admin = await shop(allowing, agent)
    await allowing.write("这个碗能微波炉加热吗", "c1")
    await agent.question()
    await allowing.write("这个碗能微波炉加热吗", "c2")
    if task := allowing.engine.answering._tasks.get("cv2"):
        await asyncio.wait([task])
    listed = (await allowing.http.get("/api/v1/conversations", headers=admin)).json()["items"]
    assert [one["state"] for one in listed] == ["bot", "queued"]
    agent.go.set()
    await quiet(allowing)
    assert not allowing.engine.answering._external._asking


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "http://127.0.0.1:1/x"}, "bad_secret"),
        ({"url": "http://127.0.0.1:1/x", "secret": "geheim"}, "bad_secret"),
        ({"url": "http://127.0.0.1:1/x", "secret": "whsec_" + "A" * 8}, "bad_secret"),
        ({"url": "http://127.0.0.1:1/x", "secret": "whsec_" + "ä" * 32}, "bad_secret"),
        ({"url": "http://169.254.169.254/x", "secret": SECRET}, "bad_address"),
        ({"url": "file:///etc/passwd", "secret": SECRET}, "bad_address"),
        ({"url": "http://127.0.0.1/" + "x" * 500, "secret": SECRET}, "malformed"),
        ({"timeout_s": 16}, "malformed"),
    ],
)
async def test_a_wrong_setting_is_refused_and_the_old_one_stays(allowing: Any, wrong: Any, code: str) -> None:
    admin = await allowing.shop()
    refused = await allowing.http.put(PATH, json=wrong, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    seen = (await allowing.http.get(PATH, headers=admin)).json()
    assert seen == {"version": 0, "url": "", "secret": "", "timeout_s": 5.0}


async def test_the_secret_is_never_shown_and_a_lost_race_changes_nothing(allowing: Any, agent: Agent) -> None:
    admin = await shop(allowing, agent)
    seen = (await allowing.http.get(PATH, headers=admin)).json()
    assert seen == {"version": 1, "url": agent.url, "secret": "", "timeout_s": 10.0}
    lost = await allowing.http.put(PATH, json={"url": "", "version": 0}, headers=admin)
    assert (lost.status_code, lost.json()["code"]) == (409, "version_is_old")
    assert (await allowing.http.put(PATH, json={"url": "", "version": 1}, headers=admin)).json()["url"] == ""
