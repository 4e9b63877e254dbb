"""AUTH-1: what is no valid access token opens nothing, and a token that ends takes its open connections along."""

import base64
from collections.abc import Iterator
from typing import Final

import pytest

from security_tests.attacks.belongings import Belongings, belongings
from suites.lab import Lab
from suites.labs import Labs
from suites.wire import greeted

pytestmark = [pytest.mark.promise("AUTH-1"), pytest.mark.owasp("API2:2023 Broken Authentication")]
_SIGNED_OUT: Final = 4001
_SHORT_S: Final = 6.0  # long enough to sign in and connect, on a busy machine too


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


_NO_ALGORITHM: Final = _encoded('{"alg":"none","typ":"JWT"}')
_ADMIN: Final = _encoded('{"role":"admin"}')


def spoilt(good: str, refresh: str) -> Iterator[tuple[str, str]]:
    """What is no access token: its name, and the whole header."""
    whole = good.removeprefix("Bearer ")
    body = whole.split(".")[0]
    yield "no token at all", "Bearer  "
    yield "another scheme", f"Basic {whole}"
    yield "a refresh token", f"Bearer {refresh}"
    yield "a token cut short", f"Bearer {whole[:-1]}"
    yield "a token made longer", f"Bearer {whole}A"
    yield "a token without its seal", f"Bearer {body}."
    if body != whole:  # else it is opaque, and has no seal to leave out
        yield "the body alone", f"Bearer {body}"
    yield "algorithm none", f"Bearer {_NO_ALGORITHM}.{body}."
    yield "another body under the seal", f"Bearer {_ADMIN}.{whole.rpartition('.')[2]}"
    yield "two tokens", f"Bearer {whole} {whole}"
    yield "signs of another world", "Bearer ÿþ"


async def _login(own: Belongings) -> tuple[str, str]:
    made = (await own.shop.api("createAgent", body={"name": "测试客服", "certified": True}, expect=201)).body
    login = {"login": made["login"], "password": made["password"]}
    told = (await own.shop.api("login", who="anyone", body=login)).body
    return f"Bearer {told['access_token']}", str(told["refresh_token"])


async def test_only_a_valid_token_opens_an_operation(lab: Lab) -> None:
    own = await belongings(lab)
    good, refresh = await _login(own)
    await own.shop.api("listConversations", who=good)
    for name, header in spoilt(good, refresh):
        answer = await own.shop.api(
            "listConversations", who="anyone", headers={"Authorization": header}, expect=range(200, 600)
        )
        assert answer.status == 401, f"{name} was answered {answer.status}"


async def test_only_a_valid_token_opens_a_device(lab: Lab) -> None:
    own = await belongings(lab)
    good, refresh = await _login(own)
    for name, header in spoilt(good, refresh):
        async with greeted(lab) as connection:
            await connection.say("identify", token=header.removeprefix("Bearer "), device_id="d")
            code = await connection.closed()
            assert code == 4001, f"{name} ended with {code}"
            assert "ready" not in {each.op for each in connection.session}, name
    async with greeted(lab) as connection:
        assert (await connection.identify(good, "wire"))["d"]["agent_id"]


async def test_a_token_ends_in_its_time_and_takes_its_open_connection_along(labs: Labs) -> None:
    if (await labs()).hosted is None:
        pytest.skip(
            "not offered: access tokens that end within seconds, of a target that is not the suite's own process"
        )
    shop = await (await labs(service=("--access-ttl", str(_SHORT_S)))).shop()
    made = (await shop.api("createAgent", body={"name": "测试客服", "certified": True}, expect=201)).body
    login = {"login": made["login"], "password": made["password"]}
    told = (await shop.api("login", who="anyone", body=login)).body
    header = f"Bearer {told['access_token']}"
    async with greeted(shop.lab) as connection:
        await connection.identify(header, "wire")
        await shop.api("listConversations", who=header)
        assert await connection.closed() == _SIGNED_OUT
    await shop.api("listConversations", who=header, expect=401)
    renewed = (await shop.api("refresh", who="anyone", body={"refresh_token": told["refresh_token"]})).body
    await shop.api("listConversations", who=f"Bearer {renewed['access_token']}")


async def test_nothing_is_told_before_a_device_says_who_it_is(lab: Lab) -> None:
    own = await belongings(lab)
    async with greeted(lab) as connection:
        for op, d in (
            ("send", {"conversation_id": own.ids["conversation_id"], "text": "x", "client_msg_id": "1"}),
            ("read", {"conversation_id": own.ids["conversation_id"], "seq": 1}),
            ("ack", {"s": 1}),
        ):
            await connection.say(op, **d)
            assert (await connection.until("error", "sent", "dispatch"))["op"] == "error", op


async def test_a_rotated_password_ends_open_connections_and_old_tokens(lab: Lab) -> None:
    own = await belongings(lab)
    own.shop.api.need("rotateAgent")
    agent = own.shop.agents[0]
    old = str(own.people["agent"])
    async with greeted(lab) as connection:
        await connection.identify(old, "wire")
        await own.shop.api("rotateAgent", agent_id=agent.id)
        assert await connection.closed() == _SIGNED_OUT
    await own.shop.api("listConversations", who=old, expect=401)


async def test_who_is_disabled_is_signed_out_at_once(lab: Lab) -> None:
    own = await belongings(lab)
    own.shop.api.need("changeAgent")
    old = str(own.people["agent"])
    async with greeted(lab) as connection:
        await connection.identify(old, "wire")
        await own.shop.api("changeAgent", agent_id=own.shop.agents[0].id, body={"disabled": True})
        assert await connection.closed() == _SIGNED_OUT
    await own.shop.api("listConversations", who=old, expect=401)


async def test_an_answer_does_not_tell_which_logins_exist(lab: Lab) -> None:
    own = await belongings(lab)
    made = (await own.shop.api("createAgent", body={"name": "测试客服"}, expect=201)).body
    answers = [
        await own.shop.api("login", who="anyone", body={"login": login, "password": "wrong"}, expect=401)
        for login in (made["login"], "nobody-" + made["login"])
    ]
    known, unknown = ({**answer.body, "instance": ""} for answer in answers)
    assert known == unknown


@pytest.mark.promise("LIMIT-1")
@pytest.mark.owasp("API2:2023 Broken Authentication")
async def test_guessing_a_password_is_slowed_down(lab: Lab) -> None:
    lab.may("flood")
    own = await belongings(lab)
    made = (await own.shop.api("createAgent", body={"name": "测试客服"}, expect=201)).body
    wrong = {"login": made["login"], "password": "wrong"}
    statuses = [(await own.shop.api("login", who="anyone", body=wrong, expect=(401, 429))).status for _ in range(15)]
    assert 429 in statuses, "fifteen wrong passwords in a row were all answered as the first"


@pytest.mark.promise("SYNC-4")
@pytest.mark.owasp("API2:2023 Broken Authentication")
async def test_a_session_resumes_for_its_own_agent_and_device_only(lab: Lab) -> None:
    own, stranger = await belongings(lab), await belongings(lab)
    async with greeted(lab) as connection:
        ready = await connection.identify(str(own.people["agent"]), "wire")
    session, s = ready["d"]["session_id"], ready["d"]["s"]
    for name, header in (("a colleague", own.people["supervisor"]), ("another shop's", stranger.people["agent"])):
        async with greeted(lab) as thief:
            await thief.say("resume", token=str(header).removeprefix("Bearer "), session_id=session, s=s)
            told = await thief.until("invalid_session", "resumed", "dispatch", "error")
            assert told["op"] == "invalid_session", f"{name} resumed with a session of another's"
    for name, other in (("cut short", session[:-1]), ("made longer", session + "A"), ("made up", "x.y")):
        async with greeted(lab) as thief:
            token = str(own.people["agent"]).removeprefix("Bearer ")
            await thief.say("resume", token=token, session_id=other, s=s)
            told = await thief.until("invalid_session", "resumed", "dispatch", "error")
            assert told["op"] == "invalid_session", f"a session id {name} was resumed"
    async with greeted(lab) as connection:
        token = str(own.people["agent"]).removeprefix("Bearer ")
        await connection.say("resume", token=token, session_id=session, s=s)
        assert (await connection.until("resumed", "invalid_session"))["op"] == "resumed"
