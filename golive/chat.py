"""`golive chat`: a person writes as a customer, through the simulated platform, and sees the reply."""

import asyncio
import ssl
import sys
from typing import Any

import aiohttp
import msgspec
from rich.console import Console
from rich.text import Text

from golive.failures import Failure, Usage
from golive.language import say


async def chat(gateway: str, shop: str, customer: str, console: Console, ca: str = "") -> None:
    """Connect as one test customer and pass lines both ways until the input ends. Raises Failure."""
    trust = ssl.create_default_context()
    try:
        if ca:
            trust.load_verify_locations(ca)
    except OSError as error:
        raise Usage(f"--ca {ca}: no file of certificates: {error}") from error
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as http:
        try:
            socket = await http.ws_connect(f"{gateway}/customer", heartbeat=20.0)
        except (aiohttp.ClientError, OSError) as error:
            raise Failure(
                f"no gateway at {gateway} ({error}). Start one:  golive serve  and give its address with --gateway"
            ) from error
        await _send(socket, op="hello", customer=customer, shop=shop, nick="golive chat", after=0)
        writing = asyncio.create_task(_write(socket, customer))
        try:
            await _read(socket, console)
        finally:
            writing.cancel()


async def _write(socket: aiohttp.ClientWebSocketResponse, customer: str) -> None:
    lines: asyncio.StreamReader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    number = 0
    while line := await lines.readline():
        if text := line.decode(errors="replace").strip():
            number += 1
            await _send(socket, op="send", id=f"{customer}-{number}", text=text)
    await asyncio.sleep(2)  # the reply to a piped-in line is still on its way
    await _send(socket, op="leave")
    await socket.close()


async def _read(socket: aiohttp.ClientWebSocketResponse, console: Console) -> None:
    async for message in socket:
        if message.type is not aiohttp.WSMsgType.TEXT:
            continue
        if (line := words(msgspec.json.decode(message.data))) is not None:
            console.print(line)


def words(frame: dict[str, Any]) -> Text | None:
    """What a person sees of one frame of the gateway; None for what needs no line."""
    match frame.get("op"):
        case "welcome":
            return Text(say("已接入,写一句话后回车;Ctrl-D 结束", "connected: write a line; Ctrl-D ends"), style="dim")
        case "receive":
            return Text(say("客服> ", "agent> "), style="bold green") + Text(
                str(frame.get("text", "")), style="default"
            )
        case "accepted":
            return Text(say("  (平台已收)", "  (taken by the platform)"), style="dim")
        case "busy":
            return Text(say("  (平台忙,稍后再发)", "  (the platform is busy: send again later)"), style="yellow")
        case "recalled":
            return Text(say("  (对方撤回了一条消息)", "  (a message was recalled)"), style="dim")
        case "error":
            return Text(f"  {frame.get('code')}: {frame.get('why')}", style="red")
    return None


async def _send(socket: aiohttp.ClientWebSocketResponse, **frame: object) -> None:
    await socket.send_str(msgspec.json.encode(frame).decode())
