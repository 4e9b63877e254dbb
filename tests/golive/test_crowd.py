"""Customers spread over processes and hosts: what Locust is told, and what a person is told to type."""

import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from golive.crowd import Crowd
from golive.failures import Usage
from golive.main import app
from golive.worker import command, environment


def test_one_process_is_locust_as_it_is() -> None:
    crowd = Crowd()
    assert (crowd.size, crowd.arguments(""), crowd.streams(), crowd.flags()) == (1, [], [], [])


def test_processes_of_this_host_meet_on_a_free_port_of_loopback() -> None:
    words = Crowd(processes=3).arguments("0.0.0.0")
    assert words[:4] == ["--processes", "3", "--master-bind-host", "127.0.0.1"]
    assert words[5] == words[7] != "5557"


def test_workers_of_other_hosts_come_to_the_address_the_gateway_listens_on() -> None:
    crowd = Crowd(workers=2)
    words = shlex.join(crowd.arguments("10.0.0.1"))
    assert words == "--master --expect-workers 2 --master-bind-host 10.0.0.1 --master-bind-port 5557"
    assert crowd.streams() == ["customers-0", "customers-1"]
    assert Crowd(workers=1, master_elsewhere=True).streams() == ["customers-0", "master"]


def test_what_is_to_be_typed_is_a_command_that_golive_takes() -> None:
    told = Crowd(workers=2, master_port=6000).invitation("https://bench:8899", "K" * 16, "certs/ca.pem")
    words = shlex.split(told.splitlines()[-1])
    assert words[:2] == ["golive", "worker"]
    given = get_command(app).commands["worker"].make_context("worker", words[2:]).params  # type: ignore[attr-defined]
    assert (given["master"], given["gateway"], given["key"]) == ("bench:6000", "https://bench:8899", "K" * 16)
    assert given["ca"] == "ca.pem"  # the file is copied to the other host


@pytest.mark.parametrize(("processes", "workers", "elsewhere"), [(2, 2, False), (0, 0, True)])
def test_what_cannot_both_be_is_refused(processes: int, workers: int, elsewhere: bool) -> None:
    with pytest.raises(Usage):
        Crowd(processes, workers, master_elsewhere=elsewhere)


def test_a_worker_is_locust_with_its_key_in_the_environment_only(tmp_path: Path) -> None:
    words, settings = command("bench:6000", 2), environment("http://bench:8899", "K" * 16, tmp_path, "")
    assert words[words.index("--master-host") + 1 :][:3] == ["bench", "--master-port", "6000"]
    assert words[-2:] == ["--processes", "2"]
    assert command("bench", 1)[-2:] == ["--master-port", "5557"]
    assert not [word for word in words if "K" * 16 in word]
    assert settings == {"GOLIVE_RUN": "http://bench:8899", "GOLIVE_KEY": "K" * 16, "GOLIVE_RECORDS": str(tmp_path)}
