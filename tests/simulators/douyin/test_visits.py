"""What a customer's coming sets off."""

from typing import Any

from history.scenario import Faults


async def test_who_comes_back_may_have_their_last_messages_pushed_again(bench: Any) -> None:
    async with bench(Faults(repush=1.0)) as b:
        customer = await b.customer()
        await customer.ask(op="send", id="1", text="一")
        await customer.say(op="read", index=1)
        await b.target.saw("im_message_read", 1)
        await b.customer(after=1)
        first, again = await b.target.saw("im_receive_msg", 2)
        assert first.body == again.body
        assert [push.event["event"] for push in b.target.pushed].count("im_enter_direct_msg") == 1


async def test_without_the_fault_a_return_pushes_nothing(bench: Any) -> None:
    async with bench() as b:
        customer = await b.customer()
        await customer.ask(op="send", id="1", text="一")
        await b.target.saw("im_receive_msg", 1)
        back = await b.customer(after=1)
        await back.ask(op="send", id="2", text="二")
        assert [push.text for push in await b.target.saw("im_receive_msg", 2)] == ["一", "二"]
