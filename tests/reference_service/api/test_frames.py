"""What a device says is read exactly as asyncapi.yaml has it, or refused."""

import json

import pytest

from reference_service.api import frames
from tests.documents import ASYNCAPI
from tests.reference_service.api.operations import sample, spoilt

SAID = [message["$ref"].rsplit("/", 1)[1] for message in ASYNCAPI["operations"]["fromDevice"]["messages"]]
SPOILT = [
    pytest.param(json.dumps(value, ensure_ascii=False), id=f"{name}{why}")
    for name in SAID
    for why, value in spoilt(ASYNCAPI["components"]["schemas"][name.capitalize()])
    if (name, why) != ("send", ".d.text too long")  # the domain's to refuse, with its own code
]
DEEP = 100_000


@pytest.mark.parametrize("name", SAID)
def test_the_smallest_frame_of_each_kind_is_read(name: str) -> None:
    said = frames.parse(json.dumps(sample(ASYNCAPI["components"]["schemas"][name.capitalize()])))
    assert type(said).__struct_config__.tag == name


@pytest.mark.parametrize("frame", SPOILT)
def test_whatever_is_wrong_with_a_frame_it_is_refused(frame: str) -> None:
    with pytest.raises(frames.FrameError):
        frames.parse(frame)


@pytest.mark.parametrize("frame", ["", "{", "null", "[]", '"\\ud800"', '{"op":', "[" * DEEP, '{"op":' * DEEP])
def test_what_is_no_frame_at_all_is_refused(frame: str) -> None:
    with pytest.raises(frames.FrameError):
        frames.parse(frame)


def test_depth_where_nobody_looks_is_refused_too() -> None:
    with pytest.raises(frames.FrameError):
        frames.parse('{"op":"heartbeat","nobody":' + "[" * DEEP + "]" * DEEP + "}")
