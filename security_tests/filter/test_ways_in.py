"""The verdict is the same on every way in: a reply, an edit, a quick reply, the platform's webhook, a customer's name.

What the check says of a text (test_corpus.py holds it to its claims) is what must become of the real message.
"""

from random import Random
from typing import Final

import pytest

from fixtures.corpus import RULES, Rule
from fixtures.evasions.catalogue import CATALOGUE, SPLIT_MESSAGES, Evasion
from reports.filter_figures import Recall
from security_tests.filter.corpus import ALLOW, LIST
from security_tests.filter.door import Door, Side, needed
from security_tests.filter.measuring import Measured
from suites.lab import Lab, LabShop
from suites.letterbox import Letterbox
from targets.interface import Edit, Event, FilterVerdict, WordRule

CLEAN: Final = ("您好，请问有什么可以帮您", "可以微信支付吗", "订单6921234567890123456到哪了")
CATEGORY: Final = {rule.word: rule.category for rule in RULES}
ODD: Final = (  # NUL, writing from right to left, beyond 16 bits, joined emoji, marks, no characters
    "在\x00吗", "\u202e吗在\u202c", "𠮷野家的碗", "👩\u200d🚀🇨🇳好看", "要e\u0301\u0336的", "ﷺ㍿", "\ufffe\U0010ffff",
    "加\x00微\u202d信",
)  # fmt: skip
FEW: Final = 5


def _actions(listed: WordRule) -> WordRule:
    """Block as a rule; extreme words are masked for customers, abuse is withheld from agents."""
    category = CATEGORY[listed.word]
    masked = listed._replace(to_customer="mask") if category == "extreme" else listed
    return masked._replace(to_agent="block") if category == "abuse" else masked


async def _shop(lab: Lab, agents: int = 1) -> tuple[LabShop, Door]:
    shop = await lab.shop(agents=agents)
    door = needed(shop)
    await door.put([_actions(listed) for listed in LIST], ALLOW)
    return shop, door


async def _texts(door: Door, to: Side, most: int = 100) -> list[tuple[str, FilterVerdict]]:
    """Clean texts and a word in each disguise, with what the check says of each."""
    hidden = [f"亲，{evasion.hide(_word(evasion).word, Random(evasion.name))}哦" for evasion in CATALOGUE]
    texts = list(dict.fromkeys([*CLEAN, *ODD, *(f"你真是{word}" for word in ("骗子", "垃圾")), *hidden]))
    texts = [text for text in texts if "\n" not in text]
    step = max(1, len(texts) // most)
    chosen = texts[::step][:most]
    return list(zip(chosen, await door.check(chosen, to), strict=True))


def _word(evasion: Evasion) -> Rule:
    return Random(evasion.name).choice([rule for rule in RULES if evasion.applies(rule.word)])


@pytest.mark.promise("FILTER-1", "FILTER-5")
async def test_a_reply_comes_to_its_customer_as_the_check_says(lab: Lab) -> None:
    shop, door = await _shop(lab)
    customer, desk = await shop.customer(), await shop.desk()
    wanted = []
    for text, verdict in await _texts(door, "customer"):
        event = await desk.sees(await customer.say("在吗"))
        sent = await desk.reply(event.conversation, text, exact=True)
        assert (sent.outcome == "ok") == (verdict.text is not None), f"{text!r}: {sent}, the check says {verdict}"
        if verdict.text is not None:
            wanted.append(verdict.text)
            await customer.receives(verdict.text)
    await desk.reply(event.conversation, "好的")
    await customer.receives(desk.last_text)
    assert [each.text for each in customer.received] == [*wanted, desk.last_text]
    assert "block" in {verdict.action for _, verdict in await _texts(door, "customer")}


@pytest.mark.promise("FILTER-1", "FILTER-5")
async def test_an_edit_is_judged_as_a_reply_is(lab: Lab) -> None:
    lab.need("edit")
    shop, door = await _shop(lab)
    desk = await shop.desk()
    for text, verdict in await _texts(door, "customer", FEW):
        customer = await shop.customer()
        event = await desk.sees(await customer.say("在吗"))
        await lab.disturb(customer, refuse_call=True)  # so that the second waits behind the first, and may be edited
        await desk.reply(event.conversation, "先说一句")
        first = desk.last_text
        sent = await desk.reply(event.conversation, "再说一句")
        second = desk.last_text
        done = await shop.act(Edit(event.conversation, sent.target_id, text))
        assert (done.outcome == "ok") == (verdict.text is not None), f"{text!r}: {done}, the check says {verdict}"
        await customer.receives(verdict.text or second)
        assert [each.text for each in customer.received] == [first, verdict.text or second]


@pytest.mark.promise("FILTER-1")
async def test_a_quick_reply_is_kept_only_where_it_would_pass_as_it_is(lab: Lab) -> None:
    shop, door = await _shop(lab)
    for text, verdict in await _texts(door, "customer"):
        body = {"title": "一句", "text": text, "tags": []}
        answer = await shop.api("addCannedResponse", body=body, expect=(201, 422))
        assert (answer.status == 201) == (verdict.text == text), f"{text!r}: {answer.status}, the check says {verdict}"


@pytest.mark.promise("FILTER-1", "FILTER-5")
async def test_a_customers_message_comes_to_its_agent_as_the_check_says(lab: Lab) -> None:
    shop, door = await _shop(lab)
    customer, desk = await shop.customer(), await shop.desk()
    texts = await _texts(door, "agent")
    said = [await customer.say(text, exact=True) for text, _ in texts]
    told = [await desk.sees(each) for each in said]
    shown = [_shown(event) for event in told]
    wrong = [(text, seen, v) for (text, v), seen in zip(texts, shown, strict=True) if seen != v.text]
    assert not wrong, f"text, what its agent was shown, what the check says: {wrong[:5]}"
    assert {"pass", "mask", "block"} <= {verdict.action for _, verdict in texts}


def _shown(event: Event) -> str | None:
    return None if event.kind == "withheld" else event.text


@pytest.mark.promise("FILTER-4")
async def test_half_a_surrogate_pair_in_a_message_harms_nothing_that_comes_after(lab: Lab) -> None:
    """Taken or refused with a reason, as the target likes: it is no text; but no error, and what follows arrives."""
    shop, _ = await _shop(lab)
    customer, desk = await shop.customer(), await shop.desk()
    event = await desk.sees(await customer.say("在吗"))
    box = Letterbox(shop)
    message = box.message(customer, "加HALF微信")
    body = box.request(message).body
    if b"HALF" not in body:
        pytest.skip("not offered: a platform profile that writes texts as they are")
    half = b"\\\\ud800" if b'\\"' in body else b"\\ud800"  # a payload may be JSON in a string of JSON
    answer = await box.post(box.signed(body.replace(b"HALF", half), message))
    assert answer.status < 500, f"half a surrogate pair in a customer's message was answered {answer.status}"
    if "reply" in lab.operations:
        reply = b'{"client_msg_id":"half-a-pair","text":"\\ud800"}'
        due = (200, 201, 400, 422)
        await shop.api("reply", who=shop.agents[0], conversation_id=event.conversation, body=reply, expect=due)
    await desk.sees(await customer.say("还在吗"))
    await desk.reply(event.conversation, "在的")
    await customer.receives(desk.last_text)


@pytest.mark.promise("FILTER-1")
async def test_a_customers_name_is_shown_to_agents_as_the_check_says(lab: Lab) -> None:
    shop, door = await _shop(lab)
    shop.api.need("getConversation")
    desk = await shop.desk()
    names = ["小王", "加微信看主页", "微.信同号", "骗子", "傻\u200b逼", "第壹名", "Ｖｘ号"]
    for name, verdict in zip(names, await door.check(names, "agent"), strict=True):
        event = await desk.sees(await (await shop.customer(nick=name)).say("在吗"))
        answer = await shop.api("getConversation", who=shop.agents[0], conversation_id=event.conversation)
        assert answer.body["customer"]["nick"] == (verdict.text or ""), f"{name!r}: the check says {verdict}"


@pytest.mark.promise("FILTER-1")
async def test_a_word_spread_over_several_messages_is_measured(lab: Lab, measured: Measured) -> None:
    """Each piece by itself is no word: what a target shows of them is told, and judged where it claims the class."""
    shop, door = await _shop(lab)
    customer, desk = await shop.customer(), await shop.desk()
    words = [rule.word for rule in RULES if len(rule.word) > 2][:10]
    found = 0
    for word in words:
        pieces = [await customer.say(piece, exact=True) for piece in (word[:1], word[1:])]
        told = [await desk.sees(each) for each in pieces]
        found += [_shown(event) for event in told] != [word[:1], word[1:]]
    claimed = SPLIT_MESSAGES in await door.claims()
    measured.classes.append(Recall(SPLIT_MESSAGES, claimed, len(words), found))
    assert not claimed or found == len(words), f"{SPLIT_MESSAGES} is claimed; of {len(words)} words {found} were found"
    if not claimed:
        pytest.skip(f"not offered: the target claims no class {SPLIT_MESSAGES}; measured, not judged")
