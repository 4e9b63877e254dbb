"""docs/gateway.md names every setting with its default, every frame, every error and close code."""

import re
from pathlib import Path

import msgspec
import pytest

from history.scenario import Faults, Gateway
from simulators.douyin import customers, frames, switchboard
from simulators.douyin.disturb import With
from simulators.douyin.doudian_items import OWN_TAGS
from simulators.douyin.profiles import PROFILES

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "gateway.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", msgspec.structs.fields(Gateway), ids=lambda field: field.name)
def test_every_setting_stands_there_with_its_default(field: msgspec.structs.FieldInfo) -> None:
    default = list(field.default) if isinstance(field.default, tuple) else field.default
    assert f"| `{field.name}` | {default} |" in TEXT


@pytest.mark.parametrize("name", [name for name in Faults.__struct_fields__ if not name.startswith("device_")])
def test_every_fault_is_explained(name: str) -> None:
    assert f"| `{name}` |" in TEXT or f"`{name}`" in TEXT.split("## Faults")[1]


@pytest.mark.parametrize("name", With.__struct_fields__)
def test_every_disturbance_of_the_door_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT.split("/_golive/disturb")[1]


def test_every_profile_and_every_chat_tag_of_our_own_is_labelled() -> None:
    assert {name for name in PROFILES if f"| `{name}` |" not in TEXT} == set()
    own = next(line for line in TEXT.splitlines() if "90014" in line)
    assert {tag for tag in OWN_TAGS.values() if str(tag) not in own} == set()
    assert "[own]" in own


def test_every_frame_of_the_protocol_is_shown_and_nothing_else() -> None:
    shown = set(re.findall(r'"op":"(\w+)"', TEXT))
    known = {
        kind.__struct_config__.tag
        for kind in vars(frames).values()
        if isinstance(kind, type) and issubclass(kind, frames._Frame)
    }
    assert shown == {tag for tag in known if isinstance(tag, str) and tag != "_Frame"}


def test_frames_shown_as_sent_by_a_client_are_understood() -> None:
    for sent in re.findall(r"^\| `(\{[^`]+\})` \|[^|]*\|[^|]*\|$", TEXT, re.MULTILINE):
        assert not isinstance(frames.parse(sent.replace("@…", "@M1==")), frames.Error), sent


def test_every_error_and_close_code_is_named() -> None:
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (customers, frames, switchboard))
    codes = set(re.findall(r'Error\("(\w+)"', source))
    assert len(codes) == 6
    assert {code for code in codes if f"`{code}`" not in TEXT} == set()
    for code in (frames.CLOSE_BAD_FRAMES, frames.CLOSE_REPLACED, frames.CLOSE_TOO_SLOW):
        assert str(code) in TEXT
