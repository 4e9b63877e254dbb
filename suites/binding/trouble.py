"""What platforms and networks do: duplicates, lost lines, forged pushes, ids beyond 2^53."""

from suites.binding.bench import Bench
from suites.binding.line import Left, Wrong


async def duplicate(bench: Bench) -> str:
    """A message that the platform pushes twice is told once."""
    await bench.lab.disturb(bench.customer, doubled=True)
    said = await bench.customer.say("这条平台会推两次")
    await bench.desk.sees(said)
    await bench.passed()
    if (times := bench.desk.times_seen(said)) != 1:
        do = "the id that counts is the one inside the signed body (server_message_id); yield each told message once"
        raise Wrong(f"pushed twice, it was told {times} times", do)
    return "pushed twice, told once"


async def resume(bench: Bench) -> str:
    """A device that was cut off and comes back with its cursor is told what it missed, once."""
    second = await bench.shop.desk(0, "2")
    await second.sees(await bench.customer.say("断线之前"))
    await second.cut()
    missed = [await bench.customer.say(text) for text in ("断线时一", "断线时二")]
    for said in missed:
        await bench.desk.sees(said)
    back = await second.again()
    after = await bench.customer.say("断线之后")
    await back.sees(after)
    times = [back.times_seen(said) for said in missed]
    await back.close()
    if "resume" not in bench.lab.offers:
        raise Left(
            f"not offered: resume; a device that came back was told {sum(map(bool, times))} of 2 missed messages"
        )
    if times != [1, 1]:
        do = (
            "connect(resume=cursor) goes on after the newest event that was yielded; cursor moves as events are yielded"
        )
        raise Wrong(f"of two missed messages it was told {times[0]} and {times[1]} times", do)
    if not back.device.resumed:
        raise Wrong("it was told all it missed, but `resumed` is False", "set `resumed`, or do not offer `resume`")
    return "cut off, it was told both missed messages once, and what came after"


async def big_ids(bench: Bench) -> str:
    """Two messages whose ids differ by one beyond 2^53 are two messages, with their ids."""
    customer, _ = await bench.talk()
    pushed = [
        bench.receive(customer, f"{text} {bench.lab.mark()}", 100 + n) for n, text in enumerate(("第一条", "第二条"))
    ]
    for message in pushed:
        acknowledged, status = await bench.push(message)
        if not acknowledged:
            raise Wrong(f"a signed push of id {message.server_message_id} was answered {status}", "look at its log")
    told = [await bench.desk.sees(message.text) for message in pushed]
    ids = [each.platform_id for each in told]
    if None in ids:
        raise Left("two messages were told; the target keeps no platform ids")
    if ids != [message.server_message_id for message in pushed]:
        do = "ids are text, or integers of 64 bits: never read them as doubles (JavaScript's JSON.parse does)"
        raise Wrong(f"pushed were {[message.server_message_id for message in pushed]}, told {ids}", do)
    return f"{ids[0]} and its neighbour are two messages"


async def signature(bench: Bench) -> str:
    """A push with a wrong signature is refused, and the same one rightly signed is taken."""
    customer, _ = await bench.talk()
    forged = bench.receive(customer, f"伪造 {bench.lab.mark()}", 100)
    taken, status = await bench.push(forged, forged=True)
    if taken:
        do = "let the target check signatures, with the run's app (run.app): client_key and client_secret"
        raise Wrong(f"a push signed with another secret was acknowledged ({status})", do)
    signed = bench.receive(customer, f"真的 {bench.lab.mark()}", 101)
    well, signed_status = await bench.push(signed)
    if not well:
        raise Wrong(
            f"a rightly signed push was answered {signed_status}", "hand run.app to the target: its key and secret"
        )
    await bench.desk.sees(signed.text)
    if bench.desk.times_seen(forged.text):
        raise Wrong(f"a forged push was answered {status}, and told all the same", "what is refused is not handled")
    return f"forged: {status}, and not told; rightly signed: {signed_status}, and told"
