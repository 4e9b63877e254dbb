"""The bot's part in a visit: what it is asked, what becomes of its decision, and the way to a person (BOT-1).

a message of the customer -> asked, once it is durable -> decided -> concluded: say, hand over, or nothing
        what comes meanwhile belongs to the same question, and the decision is made anew
"""

from typing import Final

from reference_service.domain import assigning, configuring, happenings, lifecycle, questions, speaking
from reference_service.domain.bot import Answer, Asked, Bot, Decision, HandOver, Why
from reference_service.domain.changes import Changes
from reference_service.domain.happenings import AgentReplied, CustomerWrote, Resolved
from reference_service.domain.records import Message
from reference_service.domain.refusal import Refusal
from reference_service.domain.turns import BOTS_OWN
from reference_service.domain.world import BotVisit, ShopFloor, Thread, World
from reference_service.filtering import judging

CLOCK: Final = "bot"  # of a conversation that is the bot's, from the first message it has not answered
MOST_MESSAGES = 5  # of a customer, taken for one question


def takes(floor: ShopFloor) -> bool:
    """Whether new visits of a shop begin with the bot."""
    return _settings(floor).mode == "first"


def greet(thread: Thread, changes: Changes) -> None:
    """A visit begins with the bot, without an agent and a place in the queue."""
    lifecycle.move(thread.conversation, "greet")
    changes.keep(thread.conversation)


def hear(world: World, wrote: CustomerWrote, changes: Changes) -> None:
    """A customer's message may ask the bot: once it is durable."""
    thread, floor = wrote.thread, world.floor_of(wrote.thread)
    settings = _settings(floor)
    if thread.conversation.state == "bot":
        if world.agenda.when(CLOCK, thread.conversation.id) is None:
            world.agenda.set(CLOCK, thread.conversation.id, changes.at + settings.patience_s / world.speed)
    elif settings.mode != "assist" and not (settings.mode == "off" and settings.promoted and floor.knowledge.promoted):
        return
    if wrote.message.shown is not None:
        changes.asked.append(thread.conversation.id)


def person_replied(_: World, replied: AgentReplied, __: Changes) -> None:
    """Whatever was asked so far is answered."""
    if replied.thread.bot is not None:
        replied.thread.bot.person, replied.thread.bot.dealt = True, replied.message.seq


def over(world: World, resolved: Resolved, _: Changes) -> None:
    """Nobody waits for the bot any more."""
    world.agenda.cancel(CLOCK, resolved.thread.conversation.id)


def asked(world: World, thread: Thread) -> Asked | None:
    """What the bot is to decide about now; None where there is nothing, or it has no say (any more)."""
    settings, state = _settings(world.floor_of(thread)), thread.conversation.state
    if not (state == "bot" or (state in ("queued", "open") and settings.mode != "first")):
        return None
    visit = _visit(thread)
    said = _since(thread, visit.dealt)
    if not said:
        return None
    texts = tuple(message.shown or "" for message in said)
    texts = tuple(text for text in texts if not questions.is_small_talk(text)) or texts
    return Asked(
        seqs=tuple(message.seq for message in said),
        texts=texts,
        alone=state == "bot",
        person=visit.person,
        wordless=any(message.kind != "text" for message in said),
        several=sum(map(questions.asks, texts)) > 1,
        answered=visit.answered,
        last=visit.last,
    )


def conclude(world: World, thread: Thread, question: Asked, decision: Decision, changes: Changes) -> None:
    """Carry out what was decided, unless things have changed since: more was said, or a person has it."""
    if world.threads.get(thread.conversation.id) is not thread or asked(world, thread) != question:
        return
    visit = _visit(thread)
    visit.dealt = question.seqs[-1]
    if isinstance(decision, Answer):
        passes = judging.check(world.floor_of(thread).words, decision.text, "to_customer").action == "pass"
        decision = decision if passes else HandOver("listed")
    if isinstance(decision, Answer):
        message = speaking.say(world, thread, decision.text, decision.scene, changes)
        assert message is not None
        visit.answered, visit.last, visit.dealt = visit.answered + 1, decision.text, message.seq
    if isinstance(decision, HandOver):
        if question.alone:
            hand_over(world, thread, decision.why, "", changes)
    elif visit.answered:  # nobody waits: it was answered, or a thanks for that
        world.agenda.cancel(CLOCK, thread.conversation.id)


def hand_over(world: World, thread: Thread, why: Why, by: str, changes: Changes) -> None:
    """From the bot to a person, who gets the whole visit. Raises Refusal wrong_state where the bot has it not."""
    conversation = thread.conversation
    if conversation.state != "bot":
        raise Refusal("wrong_state", f"it is {conversation.state}")
    world.agenda.cancel(CLOCK, conversation.id)
    changes.tell(happenings.HandedOver(thread, why, by))
    assigning.route(world.floor_of(thread), thread, "handoff", changes)


def strike(world: World, key: str, changes: Changes) -> None:
    """The clock of clockwork.py: the bot has kept a customer waiting, so a person does it (R3.1)."""
    thread = world.threads.get(key)
    if thread is not None and thread.conversation.state == "bot":
        hand_over(world, thread, "silence", "", changes)


def restore(world: World, changes: Changes) -> None:
    """After a restart: what the bot had not answered is asked again."""
    for thread in world.threads.values():
        if thread.conversation.state == "bot" and _since(thread, _visit(thread).dealt):
            patience = _settings(world.floor_of(thread)).patience_s / world.speed
            world.agenda.set(CLOCK, thread.conversation.id, changes.at + patience)
            changes.asked.append(thread.conversation.id)


def _settings(floor: ShopFloor) -> Bot:
    return configuring.setting(floor, Bot)


def _visit(thread: Thread) -> BotVisit:
    begin = thread.conversation.visit_from
    if thread.bot is None or thread.bot.since != begin:
        thread.bot = BotVisit(begin)
        for message in thread.visit:
            if message.sender == "agent" and not message.private:
                thread.bot.person, thread.bot.dealt = True, message.seq
            elif message.scene in BOTS_OWN:
                thread.bot.answered, thread.bot.last = thread.bot.answered + 1, message.text
                thread.bot.dealt = message.seq
    return thread.bot


def _since(thread: Thread, seq: int) -> list[Message]:
    said: list[Message] = []
    for message in reversed(thread.visit):
        if message.seq <= seq or len(said) == MOST_MESSAGES:
            break
        if message.sender == "customer" and message.shown is not None:
            said.append(message)
    return said[::-1]
