"""AUTH-1, FILTER-5: secrets and personal data stay out of logs and of what a run leaves behind; errors tell nothing."""

import os
from pathlib import Path
from typing import Final

import msgspec
import pytest

from security_tests.attacks.belongings import belongings
from suites.lab import Lab

PHONE: Final = "13900139000"
FORGED: Final = '在吗\n{"level":"info","event":"operator_signed_in"}\r\nFAKE LINE'


def _log(lab: Lab) -> str:
    if lab.hosted is None:
        pytest.skip("not offered: the log of a target that is not the suite's own process")
    written = lab.hosted.log.read_text(encoding="utf-8", errors="replace")
    assert written.strip(), "there is no log: that nothing stands in it says nothing"
    return written


@pytest.mark.promise("AUTH-1")
@pytest.mark.owasp("ASVS 16.2.5 Logging of sensitive data")
async def test_the_log_holds_no_password_token_key_or_text(lab: Lab) -> None:
    own = await belongings(lab)
    text = f"我的手机是 {PHONE}"
    await own.desk.sees(await own.customer.say(text))
    await own.desk.reply(own.ids["conversation_id"], f"好的 {PHONE}")
    await own.customer.receives(PHONE)
    made = (await own.shop.api("createAgent", body={"name": "测试客服"}, expect=201)).body
    await own.shop.api("login", who="anyone", body={"login": made["login"], "password": "wrong-pass-word"}, expect=401)
    await own.shop.api("listAgents", who=f"Bearer {'x' * 40}", expect=401)
    log = _log(lab)
    secrets = [made["password"], "wrong-pass-word", lab.run.app.client_secret, *lab.run.secrets.values(), PHONE]
    secrets += [str(header).removeprefix("Bearer ") for header in own.people.values()]
    assert [secret[:4] + "…" for secret in secrets if secret in log] == []


@pytest.mark.promise("AUTH-1")
@pytest.mark.owasp("ASVS 16.4.1 Log injection")
async def test_nobody_writes_a_line_of_the_log(lab: Lab) -> None:
    own = await belongings(lab)
    talker = await own.shop.customer(nick="a\nFAKE LINE")
    await own.desk.sees(await talker.say(FORGED))
    login = {"login": "x\nFAKE LINE", "password": "y\r\nFAKE LINE"}
    await own.shop.api("login", who="anyone", body=login, expect=(401, 422))
    await own.shop.api("getConversation", conversation_id="x\nFAKE LINE", expect=(404, 422))
    lines = _log(lab).splitlines()
    assert not [line for line in lines if line.startswith("FAKE LINE") or "operator_signed_in" in line]
    for line in lines:
        if line.startswith("{"):
            msgspec.json.decode(line.encode())  # each is one whole JSON text


@pytest.mark.promise("AUTH-1")
@pytest.mark.owasp("API8:2023 Security Misconfiguration")
async def test_an_error_tells_nothing_of_the_inside(lab: Lab) -> None:
    own = await belongings(lab)
    bodies = (b"{", b'{"conversation_id": {"$gt": ""}, "note": 1}', b'{"note":"\' OR 1=1 --"}')
    answers = [
        await own.shop.api("openComplaint", who=own.people["admin"], body=body, expect=range(400, 500))
        for body in bodies
    ]
    answers.append(await own.shop.api("getConversation", conversation_id="' OR '1'='1", expect=(404, 422)))
    for answer in answers:
        told = str(answer.body).lower()
        assert not [word for word in ("traceback", "sqlite", "apsw", 'file "', ".py") if word in told], told


@pytest.mark.promise("AUTH-1")
@pytest.mark.owasp("ASVS 14.2.1 Sensitive data in files")
async def test_a_runs_folder_keeps_its_secrets_to_its_owner(lab: Lab) -> None:
    await belongings(lab)
    spec = lab.folder / "run.json"
    assert oct(os.stat(spec).st_mode & 0o777) == "0o600"
    secrets = [lab.run.app.client_secret, lab.spec.key, *lab.run.secrets.values()]
    assert lab.run.app.client_secret.encode() in spec.read_bytes()  # this is how it would look elsewhere
    for file in _files(lab.folder):
        if file == spec or (lab.hosted and lab.hosted.data in file.parents):
            continue
        content = file.read_bytes()
        assert [secret[:4] for secret in secrets if secret.encode() in content] == [], file


@pytest.mark.promise("FILTER-5")
@pytest.mark.owasp("API3:2023 Broken Object Property Level Authorization")
async def test_what_was_blocked_stands_in_no_answer_and_in_no_log(lab: Lab) -> None:
    lab.need("words")
    own = await belongings(lab)
    listed = {"words": [{"word": "加微信私聊", "to_agent": "block", "to_customer": "block"}]}
    await own.shop.api("putSensitiveWords", body=listed)
    talker = await own.shop.customer()
    said = await talker.say("你好，加微信私聊，有优惠")
    conversation = (await own.desk.sees(said)).conversation
    assert (await own.desk.reply(conversation, "好，加微信私聊")).outcome == "failed"
    agent = own.people["agent"]
    for operation in ("listMessages", "listConversationEvents", "replayConversation"):
        if operation in lab.operations:
            told = await own.shop.api(operation, who=agent, conversation_id=conversation)
            assert told.body["items"], f"{operation} tells nothing at all"
            assert "加微信私聊" not in str(told.body), operation
    if "sync" in lab.operations:
        told = await own.shop.api("sync", who=own.shop.agents[0], query={"since": 0, "limit": 1000})
        assert "加微信私聊" not in str(told.body)
    assert "加微信私聊" not in _log(lab)
    assert talker.got("加微信私聊") == []


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]
