"""Log lines: JSON, one an event, and nothing anybody wrote."""

import logging
from typing import Any

import msgspec
import pytest

from reference_service.shell import logs

Capsys = pytest.CaptureFixture[str]


def lines(capsys: Capsys) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_end_in_a_fact_begins_no_line(capsys: Capsys) -> None:
    logs.log("seen", kind='x\n{"event":"shop_removed"}\r\u2028')
    (line,) = lines(capsys)
    assert (line["event"], line["kind"]) == ("seen", 'x\n{"event":"shop_removed"}\r\u2028')


def test_a_fact_is_cut(capsys: Capsys) -> None:
    logs.log("seen", kind="长" * 10_000)
    assert lines(capsys)[0]["kind"] == "长" * logs.LONGEST


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Invalid enum value '我家地址' - at `$.type`", "Invalid enum value '...' - at `$.type`"),
        ("Invalid enum value 'it's \n mine' - at `$`", "Invalid enum value '...' - at `$`"),
        ("Expected `str`, got `int` - at `$.text`", "Expected `str`, got `int` - at `$.text`"),
    ],
)
def test_a_reason_loses_the_value_it_quotes(said: str, kept: str) -> None:
    assert logs.without_values(said) == kept


def fail() -> None:
    raise ValueError("我家地址")


def test_an_error_is_told_by_type_and_place_only() -> None:
    with pytest.raises(ValueError, match="我家地址") as caught:
        fail()
    assert logs.where(caught.value).startswith("ValueError at test_logs.py:")


@pytest.fixture
def captured() -> Any:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    logs.capture()
    yield
    root.handlers[:], root.level = before


@pytest.mark.usefixtures("captured")
def test_what_libraries_log_becomes_a_line_without_its_values(capsys: Capsys) -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    logging.getLogger("asyncio").error("Task exception: 我家地址")
    logging.getLogger("aiohttp.client").warning("%s said %s", "我", "我家地址")
    logging.getLogger("asyncio").info("nothing")
    told = lines(capsys)
    assert [(line["name"], line["level"], line["words"]) for line in told] == [
        ("uvicorn.error", "ERROR", "Exception in ASGI application"),
        ("asyncio", "ERROR", ""),
        ("aiohttp.client", "WARNING", ""),
    ]
    assert told[0]["error"].startswith("ValueError at test_logs.py:")
