"""The doors for other hosts: the clock, the run without its secrets, and records taken whole and by name, or not."""

import asyncio
from pathlib import Path
from time import monotonic_ns
from typing import Any

import msgspec
import pytest

from history.clock import SHARED, identity
from history.run import RunFolder, RunSpec
from history.writer import Writer
from simulators.douyin.door_client import DoorError, Doors, Unreachable
from simulators.douyin.hosts import Hosts
from tests.simulators.douyin.conftest import KEY, make_spec


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """The stream customers-1 of run r1, as another host has it."""
    writer = Writer(tmp_path / "far", "customers-1", "r1")
    writer.add("lag", n=1)
    writer.close()
    return writer.path


def files(folder: Path) -> dict[str, bytes]:
    """What lies there, leftovers too, but for the gateway's own stream."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.stem != "gateway"}


async def ask(call: Any, *given: Any) -> Any:
    """The client blocks: in a thread, as the workforce uses it."""
    return await asyncio.to_thread(call, *given)


async def test_the_run_is_given_out_without_any_secret(bench: Any) -> None:
    async with bench(register=False) as b:
        told = await ask(Doors(b.url, KEY).run)
        spec: RunSpec = make_spec()
        assert (told.id, told.scenario, [shop.id for shop in told.shops]) == ("r1", spec.scenario, ["s1", "s2"])
        text = msgspec.json.encode(told).decode()
        secrets = [spec.app.client_key, spec.app.client_secret, KEY, *(shop.authorization_code for shop in spec.shops)]
        assert [secret for secret in secrets if secret in text] == []


async def test_a_clock_of_the_same_machine_is_found_to_be_the_very_same(bench: Any) -> None:
    async with bench(register=False) as b:
        compared = await ask(Doors(b.url, KEY).clock)
        assert (compared.reading, compared.shared) == (SHARED, True)


async def test_another_clock_is_measured_and_the_truth_lies_within_the_error(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = 5_000_000_000
    monkeypatch.setattr("simulators.douyin.door_client.identity", lambda: "another machine")
    monkeypatch.setattr("simulators.douyin.door_client.monotonic_ns", lambda: monotonic_ns() + ahead)
    async with bench(register=False) as b:
        compared = await ask(Doors(b.url, KEY).clock)
    assert not compared.shared
    assert abs(compared.reading.offset_ns + ahead) <= compared.reading.error_ns < 1_000_000_000
    assert identity() != "another machine"


async def test_a_record_is_taken_whole_and_the_same_again_is_fine(bench: Any, record: Path, tmp_path: Path) -> None:
    async with bench(register=False) as b:
        for _ in range(2):
            await ask(Doors(b.url, KEY).leave, "customers-1", record)
    assert files(tmp_path) == files(record.parent)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gateway", "is no name of a stream from another host"),
        ("customers-1x", "is no name of a stream from another host"),
        ("%2e%2e%2fgateway", "answered 4"),
        ("customers-2", "this is customers-1 of run r1, not customers-2 of run r1"),
    ],
)
async def test_a_record_under_a_name_that_is_not_its_own_is_refused(
    bench: Any, record: Path, tmp_path: Path, name: str, why: str
) -> None:
    async with bench(register=False) as b:
        with pytest.raises(DoorError, match=why):
            await ask(Doors(b.url, KEY).leave, name, record)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("content", [b"", b"{}", b"\x01\x00\x00\x00\x01\x00\x00\x00x", b"\xff" * 4000])
async def test_what_is_no_record_is_refused_and_leaves_nothing(bench: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "far.arrows"
    path.write_bytes(content)
    async with bench(register=False) as b:
        with pytest.raises(DoorError, match="this is no history stream"):
            await ask(Doors(b.url, KEY).leave, "customers-1", path)
    assert files(tmp_path) == {"far.arrows": content}


async def test_another_record_of_the_same_name_is_refused_and_the_first_stays(
    bench: Any, record: Path, tmp_path: Path
) -> None:
    other = Writer(tmp_path / "farther", "customers-1", "r1")
    other.close()
    async with bench(register=False) as b:
        await ask(Doors(b.url, KEY).leave, "customers-1", record)
        with pytest.raises(DoorError, match="has another record of customers-1 already"):
            await ask(Doors(b.url, KEY).leave, "customers-1", other.path)
    assert files(tmp_path) == files(record.parent)


async def test_a_record_larger_than_can_be_is_cut_off(
    bench: Any, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(files(record.parent)[record.name])
    monkeypatch.setattr(Hosts.__init__, "__defaults__", (size - 1,))
    async with bench(register=False) as b:
        with pytest.raises(DoorError, match="a stream may have"):
            await ask(Doors(b.url, KEY).leave, "customers-1", record)
    assert files(tmp_path) == {}


async def test_that_the_customers_began_is_told_to_golive(bench: Any, tmp_path: Path) -> None:
    async with bench(register=False) as b:
        await ask(Doors(b.url, KEY).started)
    assert RunFolder(tmp_path.parent).heard("customers")


async def test_without_the_key_every_door_is_shut(bench: Any, record: Path) -> None:
    async with bench(register=False) as b:
        doors = Doors(b.url, "wrong")
        for call in (doors.clock, doors.run, doors.started, lambda: doors.leave("customers-1", record)):
            with pytest.raises(DoorError, match="401"):
                await ask(call)


def test_a_gateway_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(Unreachable, match=r"the gateway http://127\.0\.0\.1:9 cannot be reached"):
        Doors("http://127.0.0.1:9").run()
