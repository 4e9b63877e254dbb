"""What a shop says by itself: welcome, off hours, queueing; each once a visit, as a bot's message."""

from typing import Final

from tests.second import hours, outbox
from tests.second.document import SCENES
from tests.second.state import Conversation, Json, Shop, World

DEFAULTS: Final = {
    "welcome": "您好，请问有什么可以帮您？",
    "off_hours": "您好，现在是非营业时间，您的留言我们已经收到。",
    "queueing": "您好，正在为您排队，请稍候。",
}


def settings(shop: Shop) -> Json:
    """The scenes as openapi.yaml shows them."""
    return {scene: {"enabled": False, "text": DEFAULTS[scene]} for scene in SCENES} | shop.scenes


def wrote(world: World, conversation: Conversation, begun: bool) -> None:
    """The customer wrote: outside the hours they are told so, once a visit; else a new visit is greeted."""
    closed = not hours.is_open(conversation.shop.hours, world.clock.now())
    said = closed and _say(world, conversation, "off_hours")
    if begun and not said:
        _say(world, conversation, "welcome")


def queueing(world: World, conversation: Conversation) -> None:
    """A visit waits for an agent; where nobody is there it was, or is about to be, told that instead."""
    shop = conversation.shop
    closed = not hours.is_open(shop.hours, world.clock.now())
    if not (closed and settings(shop)["off_hours"]["enabled"]):
        _say(world, conversation, "queueing")


def _say(world: World, conversation: Conversation, scene: str) -> bool:
    setting = settings(conversation.shop)[scene]
    shown = conversation.shop.words.check(setting["text"], "to_customer").text
    if not setting["enabled"] or scene in conversation.said or shown is None:
        return False
    conversation.said.add(scene)
    message = conversation.add("bot", setting["text"], shown, world.clock.now(), status="pending", scene=scene)
    outbox.put(message)
    if conversation.agent is not None:
        conversation.agent.tell(*message.event())
    return True
