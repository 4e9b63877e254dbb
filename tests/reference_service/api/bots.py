"""What tests of the bot do with a whole service: set it, wait for it, and read what was said."""

import asyncio
from typing import Any


async def put(service: Any, admin: dict[str, str], **setting: Any) -> Any:
    done = await service.http.put("/api/v1/bot", json=setting, headers=admin)
    assert done.status_code == 200, done.text
    return done.json()


async def called(platform: Any) -> str:
    """The next text that went to the platform."""
    call = await asyncio.wait_for(platform.calls.get(), 10)
    return str(call["content"]["text"]["text"])


async def conversation(service: Any, admin: dict[str, str]) -> Any:
    listed = (await service.http.get("/api/v1/conversations", headers=admin)).json()["items"]
    assert len(listed) == 1
    return listed[0]


async def story(service: Any, admin: dict[str, str]) -> list[tuple[str, str]]:
    where = f"/api/v1/conversations/{(await conversation(service, admin))['id']}/messages"
    return [(one["sender"], one["text"]) for one in (await service.http.get(where, headers=admin)).json()["items"]]


async def quiet(service: Any) -> None:
    """Until the bot has taken up everything it was asked."""
    while tasks := list(service.engine.answering._tasks.values()):
        await asyncio.wait(tasks)
    await service.engine.settled()
