"""The customer protocol: what is understood, and what is said about the rest."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.douyin import frames


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        (
            '{"op":"hello","customer":"c00017","shop":"s03","nick":"小王","after":7}',
            frames.Hello("c00017", "s03", "小王", 7),
        ),
        ('{"op":"hello","customer":"c1","shop":"s1"}', frames.Hello("c1", "s1", "", 0)),
        ('{"op":"send","id":"c1-4","text":"你好"}', frames.Send("c1-4", "你好")),
        ('{"op":"recall","message":"@M1=="}', frames.Recall("@M1==")),
        ('{"op":"read","index":7}', frames.Read(7)),
        ('{"op":"rate","stars":5}', frames.Rate(5)),
        ('{"op":"leave"}', frames.Leave()),
    ],
)
def test_each_frame_is_understood(text: str, frame: frames.ClientFrame) -> None:
    assert frames.parse(text) == frame


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "bad_frame: Input data was truncated"),
        ("hello", "bad_frame: JSON is malformed"),
        ("[]", "bad_frame: Expected `object`, got `array`"),
        ("{}", "bad_frame: Object missing required field `op`"),
        ('{"op":"fly"}', "bad_frame: Invalid value 'fly'"),
        ('{"op":"leave","now":true}', "bad_frame: Object contains unknown field `now`"),
        ('{"op":"send","id":"1","text":""}', "bad_frame: Expected `str` of length >= 1 - at `$.text`"),
        ('{"op":"send","id":"1","text":"' + "长" * 2001 + '"}', "bad_frame: Expected `str` of length <= 2000"),
        ('{"op":"send","id":"a b","text":"x"}', "bad_frame: Expected `str` matching regex"),
        ('{"op":"hello","customer":"c\\r\\nX: y","shop":"s"}', "bad_frame: Expected `str` matching regex"),
        ('{"op":"hello","customer":"c1\\n","shop":"s"}', "bad_frame: Expected `str` matching regex"),
        ('{"op":"rate","stars":6}', "bad_frame: Expected `int` <= 5"),
        ('{"op":"read","index":-1}', "bad_frame: Expected `int` >= 0"),
        ('{"op":"send","id":"1","text":"\\ud800"}', "bad_frame: "),
        ('{"x":' + "[" * 60_000, "bad_frame: "),
        ('{"op":"leave","x":' + "[" * 60_000, "bad_frame: "),
    ],
)
def test_each_wrong_frame_gets_a_reason(text: str, why: str) -> None:
    error = frames.parse(text)
    assert isinstance(error, frames.Error)
    assert f"{error.code}: {error.why}".startswith(why)


@given(st.binary() | st.text())
def test_no_input_makes_an_exception(data: bytes | str) -> None:
    parsed = frames.parse(data)
    assert msgspec.json.decode(frames.encode(parsed))["op"]
