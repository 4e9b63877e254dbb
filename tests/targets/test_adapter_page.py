"""The settings and the platform printed in docs/adapter.md work. Its adapters: tests/examples/."""

import re
from pathlib import Path

import msgspec

from golive.config import Config, secrets
from history.run import App, ShopSpec
from simulators.douyin.profiles import profile
from targets.platform import Message

PAGE = (Path(__file__).parents[2] / "docs" / "adapter.md").read_text(encoding="utf-8")
SHOP = ShopSpec(id="s01", name="测试", open_id="o1", customers=1, agents=1, capacity=15, authorization_code="code")


def block(language: str, number: int = 0) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found[number])


def test_the_pages_settings_are_ones_golive_reads() -> None:
    config = msgspec.toml.decode(block("toml"), type=Config)
    assert secrets(config.targets["staging"], {"AGENT_PASSWORD": "P"}) == {"agent_password": "P"}


def test_the_platform_of_the_page_speaks_as_it_says(tmp_path: Path) -> None:
    file = tmp_path / "my_platform.py"
    file.write_text(block("python"), encoding="utf-8")
    speaks = profile(f"{file}:OurIm")
    told = Message("receive", "7301", "pigeon:7311", "7321", "4000000001", "", "你好", 1, 0)
    (item,) = msgspec.json.decode(speaks.write([told], App(client_key="1", client_secret="s")))
    assert (item["tag"], item["msg_id"]) == ("805", "7301::805:0:4000000001")
    assert speaks.conversation_id(1, "s1", "c1").startswith("pigeon:7311")
    assert (speaks.name, speaks.own_chat) == ("our-im", False)
