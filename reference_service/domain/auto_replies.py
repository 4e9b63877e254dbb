"""Auto-reply scenes: what a shop says by itself, when, and how often (R2.1, AUTO-1, HOURS-1).

scene       said                                                                            instead of
off_hours   at the visit's first message outside business hours                             welcome, queueing
big_sale    at the visit's first message during a big sale                                  welcome
welcome     at the visit's first message
queueing    when the visit begins to wait for an agent
handover    when the bot hands the conversation to a person                                 queueing
unread      when the customer has neither read nor answered a reply for long (reminders.py)
closing     before a visit is closed because the customer fell silent (silence.py)

Each once a visit, and two in one turn of the customer at most: the platform takes six replies to a message of a
customer, and people need some of them. All are a bot's messages and pass the shop's filter, and answer nothing for
the people (tiers.py). A shop switches on what it wants; big_sale is on, for it waits for a sale.
"""

from typing import Annotated, Final, Literal

import msgspec

from reference_service.domain import configuring, speaking
from reference_service.domain.big_sale import BigSale, active
from reference_service.domain.changes import Changes
from reference_service.domain.happenings import CustomerWrote, HandedOver, Opened, Queued
from reference_service.domain.hours import BusinessHours, open_at
from reference_service.domain.world import ShopFloor, Thread, World
from reference_service.filtering import judging

SceneName = Literal["welcome", "off_hours", "queueing", "big_sale", "unread", "closing", "handover"]
MOST_IN_A_TURN: Final = 2


class Scene(msgspec.Struct, frozen=True):
    """One scene: whether the shop has it said, and the words."""

    enabled: bool
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class AutoReplies(msgspec.Struct, frozen=True):
    """A shop's scenes."""

    welcome: Scene = Scene(False, "您好，欢迎光临本店！请问有什么可以帮您？")
    off_hours: Scene = Scene(False, "您好，现在是非营业时间。您的留言我们已经收到，营业后客服会尽快回复您。")
    queueing: Scene = Scene(False, "您好，当前咨询人数较多，正在为您排队，客服会尽快为您服务，请稍候。")
    big_sale: Scene = Scene(True, "您好，大促期间咨询量较大，客服会按顺序尽快回复您，感谢您的耐心等待！")
    unread: Scene = Scene(False, "您好，刚才的回复您看到了吗？如果还有疑问，欢迎随时告诉我们。")
    closing: Scene = Scene(False, "您好，因长时间没有收到您的消息，本次会话即将结束。如需帮助，欢迎随时联系我们。")
    handover: Scene = Scene(False, "正在为您转接人工客服，请稍候。")


SCENES: Final = AutoReplies.__struct_fields__


def blocked(floor: ShopFloor, replies: AutoReplies) -> list[str]:
    """The scenes whose words the shop's own filter would not let pass."""
    judged = {name: judging.check(floor.words, getattr(replies, name).text, "to_customer") for name in SCENES}
    return [name for name, one in judged.items() if one.text is None]


def said(thread: Thread, name: SceneName) -> bool:
    """Whether a scene was said in this visit."""
    return thread.said.get(name, 0) >= thread.conversation.visit_from


def say(world: World, thread: Thread, name: SceneName, changes: Changes) -> bool:
    """Say a scene where it is on, new in this visit, and the turn has room for it; whether it was said."""
    scene: Scene = getattr(configuring.setting(world.floor_of(thread), AutoReplies), name)
    if not scene.enabled or said(thread, name) or _in_turn(thread) >= MOST_IN_A_TURN:
        return False
    message = speaking.say(world, thread, scene.text, name, changes)
    if message is not None:
        thread.said[name] = message.seq
    return message is not None


def greet(world: World, opened: Opened, changes: Changes) -> None:
    """The first words of a visit."""
    if _off_hours(world, opened.thread, changes):
        return
    sale = configuring.setting(world.floor_of(opened.thread), BigSale)
    if not (active(sale, changes.at) and say(world, opened.thread, "big_sale", changes)):
        say(world, opened.thread, "welcome", changes)


def leave_word(world: World, wrote: CustomerWrote, changes: Changes) -> None:
    """A visit may go on into the night: its first message outside business hours is answered by template (HOURS-1)."""
    _off_hours(world, wrote.thread, changes)


def queue(world: World, queued: Queued, changes: Changes) -> None:
    """Whoever waits is told so, unless they know that nobody is there or that a person is being fetched."""
    if not said(queued.thread, "off_hours") and not said(queued.thread, "handover"):
        say(world, queued.thread, "queueing", changes)


def hand_over(world: World, handed: HandedOver, changes: Changes) -> None:
    """Whoever the bot hands over is told so."""
    say(world, handed.thread, "handover", changes)


def restore(thread: Thread) -> None:
    """After a restart: what was said is known from the visit's messages."""
    thread.said = {message.scene: message.seq for message in thread.visit if message.scene in SCENES}


def _off_hours(world: World, thread: Thread, changes: Changes) -> bool:
    floor = world.floor_of(thread)
    if not configuring.setting(floor, AutoReplies).off_hours.enabled or said(thread, "off_hours"):
        return False
    closed = not open_at(configuring.setting(floor, BusinessHours), changes.at)
    return closed and say(world, thread, "off_hours", changes)


def _in_turn(thread: Thread) -> int:
    begin = thread.turn.seq if thread.turn else thread.conversation.visit_from
    return sum(1 for seq in thread.said.values() if seq >= begin)
