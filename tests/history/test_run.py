"""The run's folder: written once, and its parts find each other."""

import msgspec
import pytest

from history.run import App, RunFolder, RunSpec, ShopSpec
from history.scenario import Customers, Phase, Scenario


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path / "runs" / "r1")


def specification() -> RunSpec:
    scenario = Scenario(
        name="x", title_zh="", title_en="", customers=Customers(concurrency=1), gates=(),
        phases=(Phase(name="p", seconds=1, rate=1),),
    )  # fmt: skip
    shop = ShopSpec(id="s1", name="一", open_id="o", customers=1, agents=1, capacity=15, authorization_code="c")
    app = App(client_key="k", client_secret="s")
    return RunSpec(id="r1", number=1, scenario=scenario, target="reference", app=app, shops=(shop,), seed=1)


def test_the_specification_comes_back_as_written(folder):
    folder.write_spec(specification())
    assert folder.spec() == specification()
    assert folder.history.is_dir()


def test_the_specification_is_its_owners_alone_for_it_holds_secrets(folder):
    folder.write_spec(specification())
    assert (folder.path / "run.json").stat().st_mode & 0o777 == 0o600


def test_a_run_is_never_written_over(folder):
    folder.write_spec(specification())
    with pytest.raises(FileExistsError):
        folder.write_spec(specification())


def test_a_part_is_heard_once_it_announced_itself(folder):
    folder.write_spec(specification())
    assert folder.heard("agents") is None
    folder.announce("agents", 81, "1.0")
    heard = folder.heard("agents")
    assert heard is not None
    assert (heard.port, heard.version) == (81, "1.0")
    assert [path.name for path in folder.ready.iterdir()] == ["agents.json"]


def test_a_damaged_specification_is_an_error(folder):
    folder.write_spec(specification())
    (folder.path / "run.json").write_text('{"id": 1}')
    with pytest.raises(msgspec.ValidationError):
        folder.spec()
