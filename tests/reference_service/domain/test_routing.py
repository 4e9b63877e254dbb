"""Who gets a conversation."""

from typing import Any

from reference_service.domain import routing
from reference_service.domain.routing import Rule


def test_the_least_loaded_able_agent_is_picked_then_the_eldest(stage: Any) -> None:
    first, second = stage.agent(), stage.agent()
    for n in range(4):
        stage.write(f"c{n}", f"m{n}")
    assert list(first.held) == ["cv1", "cv3"]
    assert list(second.held) == ["cv2", "cv4"]


def test_uncertified_away_offline_deviceless_and_full_agents_get_nothing(stage: Any) -> None:
    stage.agent(certified=False)
    stage.agent(device=None)
    stage.available(stage.agent(), "away")
    stage.available(stage.agent(), "offline")
    full = stage.agent(capacity=1)
    stage.write("c0", "m0")
    assert list(full.held) == ["cv1"]
    stage.write("c1", "m1")
    assert stage.thread("c1").conversation.state == "queued"


def test_agents_of_other_shops_change_nothing(stage: Any) -> None:
    stage.shop("s2")
    stranger = stage.agent(shop="s2")
    stage.write("c1", "m1")
    assert stage.thread("c1").conversation.state == "queued"
    assert stranger.held == {}


def test_rules_are_tried_in_order_and_the_first_that_finds_somebody_decides(stage: Any, monkeypatch: Any) -> None:
    first, second = stage.agent(), stage.agent()
    nobody = Rule("nobody", lambda _, __: [])
    eldest_last = Rule("last", lambda _, able: able[-1:])
    monkeypatch.setattr(routing, "RULES", (nobody, eldest_last, *routing.RULES))
    stage.write("c1", "m1")
    assert (list(first.held), list(second.held)) == ([], ["cv1"])
