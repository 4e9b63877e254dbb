"""The bot in a visit: one answer a question, never twice, never to what is not the customer's question (BOT-1)."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_service.domain import assigning, bot, bot_visits, configuring, knowledge
from reference_service.domain.auto_replies import AutoReplies, Scene
from reference_service.domain.bot import Answer, Asked, Bot, Decision
from reference_service.domain.changes import Changes
from reference_service.domain.happenings import HandedOver
from reference_service.domain.knowledge import NewArticle
from reference_service.domain.records import Message
from reference_service.domain.refusal import Refusal
from reference_service.domain.world import Thread
from reference_service.filtering.words import Word

SHIPPING, RETURNS = ("什么时候发货", "亲，两天内发货"), ("怎么退货", "亲，七天内可以退")


class Bots:
    """A stage with a bot that answers what it was asked when told to."""

    def __init__(self, stage: Any, **setting: Any) -> None:
        self.stage = stage
        self.settings = Bot(**setting)
        self.do(lambda changes: configuring.put(stage.floor, self.settings, changes))
        for question, answer in (SHIPPING, RETURNS):
            new = NewArticle("faq", question, answer)
            self.do(lambda changes, new=new: knowledge.add(stage.world, stage.floor, new, changes))  # type: ignore[misc]
        self.taken = 0  # commands whose questions were taken up

    def do(self, command: Callable[[Changes], object]) -> None:
        self.stage._do(command)

    def think(self) -> None:
        """Take up everything asked until nothing is."""
        while self.taken < len(self.stage.all):
            asked = self.stage.all[self.taken].asked
            self.taken += 1
            for conversation_id in asked:
                self.answer(self.stage.world.threads[conversation_id])

    def answer(self, thread: Thread) -> None:
        while question := bot_visits.asked(self.stage.world, thread):
            self.conclude(thread, question, self.decide(question))

    def decide(self, question: Asked) -> Decision:
        base = self.stage.floor.knowledge
        exact = bot.word_for_word(question, base, self.stage.now)
        if (decision := bot.at_once(question, exact, self.settings)) is not None:
            return decision
        near = [bot.candidate(article, question.text) for article in base.articles.values()]
        return bot.decide(question, near, self.settings)

    def conclude(self, thread: Thread, question: Asked, decision: Decision) -> None:
        self.do(lambda c: bot_visits.conclude(self.stage.world, thread, question, decision, c))

    def says(self, customer: str = "c1") -> list[str]:
        """What the bot has said in a visit."""
        return [message.text for message in self.stage.thread(customer).visit if message.sender == "bot"]


def state(stage: Any, customer: str = "c1") -> tuple[str, str | None]:
    conversation = stage.thread(customer).conversation
    return conversation.state, conversation.agent_id


def test_assisting_it_answers_beside_the_agent_who_sees_it(stage: Any) -> None:
    bots, agent = Bots(stage, mode="assist"), stage.agent()
    stage.write("c1", "m1", SHIPPING[0])
    assert bots.says() == []  # not before it is durable
    bots.think()
    assert state(stage) == ("open", agent.person.id)
    assert bots.says() == [SHIPPING[1]]
    told = stage.told(agent, "message.created")
    assert [(one["sender"], one["text"]) for one in told] == [("customer", SHIPPING[0]), ("bot", SHIPPING[1])]
    assert stage.calls[-1].text == SHIPPING[1]


def test_assisting_it_answers_in_the_queue_and_the_agent_gets_it_later(stage: Any) -> None:
    bots = Bots(stage, mode="assist")
    stage.write("c1", "m1", SHIPPING[0])
    bots.think()
    assert (state(stage), bots.says()) == (("queued", None), [SHIPPING[1]])
    agent = stage.agent()
    assert [one["sender"] for one in stage.told(agent, "message.created")] == ["customer", "bot"]


def test_assisting_it_leaves_doubt_and_a_visit_with_replies_to_the_person_unless_asked_word_for_word(
    stage: Any,
) -> None:
    bots, agent = Bots(stage, mode="assist"), stage.agent()
    stage.write("c1", "m1", "衣服破了")
    bots.think()
    stage.reply(agent, stage.thread("c1"), "您好", "r1")
    stage.write("c1", "m2", "那双跑鞋什么时候发货")
    bots.think()
    assert bots.says() == []
    stage.write("c1", "m3", RETURNS[0])
    bots.think()
    assert bots.says() == [RETURNS[1]]


def test_off_it_answers_promoted_questions_only(stage: Any) -> None:
    bots = Bots(stage, mode="off")
    stage.agent()
    stage.write("c1", "m1", SHIPPING[0])
    assert stage.all[-1].asked == []  # nothing promoted: nothing to decide
    bots.do(lambda c: knowledge.promote(stage.world, stage.floor, "可以开发票吗", "亲，可以", c))
    for number, text in enumerate((SHIPPING[0], "可以开发票吗？", "你们可以开发票的吗")):
        stage.write("c2", f"n{number}", text)
        bots.think()
    assert bots.says("c2") == ["亲，可以"]
    assert stage.thread("c2").visit[-2].scene == "faq"


def test_first_it_has_the_visit_without_agent_or_place_and_answers(stage: Any) -> None:
    bots, agent = Bots(stage, mode="first"), stage.agent()
    stage.write("c1", "m1", "你好")
    bots.think()
    stage.write("c1", "m2", SHIPPING[0])
    bots.think()
    assert (state(stage), list(stage.floor.queue), bots.says()) == (("bot", None), [], [SHIPPING[1]])
    assert stage.told(agent, "conversation.assigned") == []
    stage.wait(3600)
    assert state(stage) == ("bot", None)  # answered: nobody waits


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["转人工"], "requested"),
        (["你们都是骗子"], "complaint"),
        (["这个能微波炉加热吗"], "not_covered"),
        ([SHIPPING[0], "那双跑鞋什么时候发货？"], "repeated"),
        ([SHIPPING[0], RETURNS[0], "可以开发票吗"], "enough"),
    ],
)
def test_first_it_hands_over_by_request_or_doubt_and_the_agent_gets_the_whole_visit(
    stage: Any, texts: list[str], why: str
) -> None:
    bots, agent = Bots(stage, mode="first", answers=2), stage.agent()
    for number, text in enumerate(texts):
        assert not stage.told(agent, "conversation.assigned")
        stage.write("c1", f"m{number}", text)
        bots.think()
    happened = [happening for changes in stage.all for happening in changes.happened]
    assert [one.why for one in happened if isinstance(one, HandedOver)] == [why]
    assert state(stage) == ("open", agent.person.id)
    assert stage.told(agent, "conversation.assigned")[0]["reason"] == "handoff"
    told = [one["seq"] for one in stage.told(agent, "message.created")]
    assert told == list(range(1, stage.thread("c1").seq + 1))
    stage.write("c1", "more", RETURNS[0])
    said = bots.says()
    bots.think()
    assert bots.says() == said  # the visit is the person's now


def test_first_with_nobody_there_it_hands_over_into_the_queue(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    stage.write("c1", "m1", "转人工")
    bots.think()
    assert state(stage) == ("queued", None)
    assert list(stage.floor.queue) == [stage.thread("c1")]


@pytest.mark.parametrize("text", ["你好", "在吗"])
def test_a_customer_waits_for_the_bot_no_longer_than_its_patience(stage: Any, text: str) -> None:
    bots = Bots(stage, mode="first", patience_s=20.0)
    stage.write("c1", "m1", text)
    bots.think()
    stage.wait(10)
    stage.write("c1", "m2", text)  # writing again makes nobody wait longer
    bots.think()
    stage.wait(9.999)
    assert state(stage) == ("bot", None)
    stage.wait(0.001)
    assert state(stage) == ("queued", None)


def test_another_visit_has_all_the_patience_again(stage: Any) -> None:
    bots = Bots(stage, mode="first", patience_s=20.0)
    stage.write("c1", "m1", "你好")
    stage.wait(15)
    bots.do(lambda c: assigning.resolve(stage.floor, stage.thread("c1"), "admin", c))
    stage.write("c1", "m2", "你好")
    stage.wait(19)
    assert state(stage) == ("bot", None)


def test_a_bot_that_never_answers_loses_the_visit_to_a_person(stage: Any) -> None:
    Bots(stage, mode="first", patience_s=20.0)
    stage.write("c1", "m1", SHIPPING[0])
    stage.wait(20)
    assert state(stage) == ("queued", None)


def test_what_is_said_before_the_answer_is_one_question(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    for number, text in enumerate(("你好", "什么时候", "发货", "？", "在吗")):
        stage.write("c1", f"m{number}", text)
    bots.think()
    assert (state(stage), bots.says()) == (("bot", None), [SHIPPING[1]])
    for number, text in enumerate(("我的表坏了怎么修", SHIPPING[0])):
        stage.write("c2", f"n{number}", text)
    bots.think()
    assert (state(stage, "c2"), bots.says("c2")) == (("queued", None), [])  # none of two questions is forgotten


def test_beside_a_person_one_of_two_questions_is_answered_where_it_is_asked_word_for_word(stage: Any) -> None:
    bots = Bots(stage, mode="assist")
    stage.write("c1", "m1", "我的表坏了怎么修")
    stage.write("c1", "m2", SHIPPING[0])
    stage.write("c2", "n1", SHIPPING[0])
    stage.write("c2", "n2", RETURNS[0])
    bots.think()
    assert (bots.says("c1"), bots.says("c2")) == ([SHIPPING[1]], [])


def test_a_decision_made_before_more_was_said_is_dropped_and_made_anew(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    stage.write("c1", "m1", SHIPPING[0])
    thread = stage.thread("c1")
    question = bot_visits.asked(stage.world, thread)
    assert question is not None
    stage.write("c1", "m2", "算了，转人工")
    bots.conclude(thread, question, Answer("太晚"))
    assert bots.says() == []
    bots.think()
    assert (state(stage), bots.says()) == (("queued", None), [])


@pytest.mark.parametrize("meanwhile", ["replied", "resolved", "handed over", "taken back", "shop removed"])
def test_a_late_decision_is_dropped(stage: Any, meanwhile: str) -> None:
    bots, agent = Bots(stage, mode="assist" if meanwhile == "replied" else "first"), stage.agent()
    stage.write("c1", "m1", SHIPPING[0])
    thread = stage.thread("c1")
    question = bot_visits.asked(stage.world, thread)
    assert question is not None
    if meanwhile == "replied":
        stage.reply(agent, thread, "您好", "r1")
    elif meanwhile == "resolved":
        bots.do(lambda c: assigning.resolve(stage.floor, thread, "admin", c))
    elif meanwhile == "handed over":
        bots.do(lambda c: bot_visits.hand_over(stage.world, thread, "person", "u1", c))
    elif meanwhile == "taken back":
        stage.recall("m1")
    else:
        stage.world.threads.clear()
    bots.conclude(thread, question, Answer("太晚"))
    if meanwhile != "shop removed":
        bots.answer(thread)  # nor is it asked again
    assert [message.text for message in thread.visit if message.sender == "bot"] == []


def test_a_blocked_message_is_not_answered_and_a_person_sees_to_it(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    stage.words(Word("发货", to_agent="block"))
    stage.write("c1", "m1", SHIPPING[0])
    bots.think()
    assert (state(stage), bots.says()) == (("bot", None), [])
    stage.wait(20)
    assert state(stage) == ("queued", None)


def test_an_echo_and_a_recall_ask_nothing(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    stage.write("c1", "m1", SHIPPING[0])
    bots.think()
    before = len(stage.all)
    stage.echo("c1", "e1", SHIPPING[1])
    stage.echo("c1", "e2", SHIPPING[0])  # typed in the platform's own app
    stage.recall("m1")
    assert [changes.asked for changes in stage.all[before:]] == [[], [], []]
    bots.answer(stage.thread("c1"))
    assert bots.says() == [SHIPPING[1]]


def test_an_answer_that_the_filter_now_touches_goes_to_a_person(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    stage.words(Word("两天", to_customer="mask"))
    stage.write("c1", "m1", SHIPPING[0])
    bots.think()
    assert (state(stage), bots.says()) == (("queued", None), [])


def test_only_what_the_bot_has_can_be_handed_over(stage: Any) -> None:
    bots = Bots(stage, mode="assist")
    stage.write("c1", "m1", "你好")
    with pytest.raises(Refusal, match="wrong_state"):
        bots.do(lambda c: bot_visits.hand_over(stage.world, stage.thread("c1"), "person", "u1", c))


def test_whoever_is_handed_over_is_told_so_and_not_that_they_wait_as_well(stage: Any) -> None:
    bots = Bots(stage, mode="first")
    scenes = AutoReplies(handover=Scene(True, "为您转人工"), queueing=Scene(True, "请排队"))
    bots.do(lambda c: configuring.put(stage.floor, scenes, c))
    stage.write("c1", "m1", "转人工")
    bots.think()
    assert bots.says() == ["为您转人工"]


def test_the_part_of_a_visit_is_the_same_when_it_is_told_anew_from_its_messages(stage: Any) -> None:
    bots, agent = Bots(stage, mode="assist"), stage.agent()
    thread = None
    for number, text in enumerate((SHIPPING[0], "你好", RETURNS[0], "衣服破了")):
        stage.write("c1", f"m{number}", text)
        bots.think()
        thread = stage.thread("c1")
        if number == 2:
            stage.reply(agent, thread, "您好", "r1")
    assert thread is not None
    lived, thread.bot = thread.bot, None
    bot_visits.asked(stage.world, thread)
    told = thread.bot
    assert lived is not None
    assert told is not None
    assert (told.since, told.answered, told.last, told.person) == (1, 2, RETURNS[1], True)
    assert (lived.since, lived.answered, lived.last, lived.person) == (1, 2, RETURNS[1], True)


SAYS = {
    "ask": SHIPPING[0],
    "another": "可以开发票吗",
    "greet": "你好",
    "complain": "投诉",
    "want": "转人工",
    "show": "",
}
DOES = ["think", "reply", "resolve", "echo", "recall", "wait", "on", "off"]


class Play(Bots):
    """A visit as it may go; the bot must never speak where nothing new was asked."""

    def __init__(self, stage: Any, mode: Any, promoted: bool) -> None:
        super().__init__(stage, mode=mode)
        self.agent, self.number = stage.agent(capacity=1), 0
        if promoted:
            self.do(lambda c: knowledge.promote(stage.world, stage.floor, "可以开发票吗", "亲，可以", c))

    @property
    def thread(self) -> Thread | None:
        threads: dict[str, Thread] = self.stage.floor.threads
        return threads.get("@c1-s1")

    def step(self, name: str) -> None:
        self.number += 1
        if name in SAYS:
            self.stage.write("c1", f"m{self.number}", SAYS[name], kind="image" if name == "show" else "text")
        elif name in ("think", "wait", "on", "off"):
            {"think": self.think, "wait": lambda: self.stage.wait(25)}.get(name, lambda: self.switch(name))()
        elif self.thread is not None:
            getattr(self, name)(self.thread)

    def switch(self, name: str) -> None:
        (self.stage.on if name == "on" else self.stage.off)(self.agent)

    def reply(self, thread: Thread) -> None:
        self.stage.reply(self.agent, thread, "您好", f"r{self.number}")

    def resolve(self, thread: Thread) -> None:
        self.do(lambda c: assigning.resolve(self.stage.floor, thread, "admin", c))
        seq = thread.seq
        self.think()
        assert thread.seq == seq, "the bot spoke in a visit that is over"

    def echo(self, _: Thread) -> None:
        self.stage.echo("c1", f"e{self.number}", SHIPPING[1])

    def recall(self, thread: Thread) -> None:
        self.stage.recall(next((m.platform_id or "" for m in thread.visit[::-1] if m.sender == "customer"), ""))

    def story(self) -> list[str]:
        """Who said something, in order, in all visits."""
        rows = [row for changes in self.stage.all for record, row in changes.rows if record is Message]
        return [sender for _, sender in sorted({(row[1], row[2]) for row in rows})]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([*SAYS, *DOES]), max_size=25), st.sampled_from(["off", "assist", "first"]), st.booleans()
)
def test_however_a_visit_goes_nothing_is_answered_twice_and_nobody_waits_for_ever(
    new_stage: Any, steps: list[str], mode: str, promoted: bool
) -> None:
    play = Play(new_stage(), mode, promoted)
    for name in [*steps, "think", "wait"]:
        play.step(name)
    for before, after in pairwise(play.story()):
        assert after != "bot" or before == "customer", "the bot answered what was answered"
    if play.thread is not None and play.thread.conversation.state == "bot":
        assert play.thread.bot is not None
        assert play.thread.bot.answered > 0
