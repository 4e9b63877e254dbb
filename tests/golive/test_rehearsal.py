"""What a run's folder says before anything starts."""

from datetime import datetime
from pathlib import Path

from golive.play import find_scenario
from golive.rehearsal import new_run
from history.run import RunFolder

NOW = datetime(2026, 11, 23, 18, 4, 13)
SHORT = find_scenario("short")


def test_a_run_is_named_for_its_time_and_scenario_and_can_be_read_back(tmp_path: Path) -> None:
    folder, spec = new_run(SHORT, "reference", tmp_path, 7, NOW)
    assert folder.path == tmp_path / "20261123-180413-short"
    assert RunFolder(folder.path).spec() == spec
    assert (spec.seed, spec.target, len(spec.shops)) == (7, "reference", SHORT.shops.count)


def test_two_runs_of_one_second_do_not_meet(tmp_path: Path) -> None:
    names = [new_run(SHORT, "reference", tmp_path, 7, NOW)[1].id for _ in range(3)]
    assert names == ["20261123-180413-short", "20261123-180413-short-2", "20261123-180413-short-3"]


def test_every_run_has_keys_of_its_own(tmp_path: Path) -> None:
    one, two = (new_run(SHORT, "reference", tmp_path, 7, NOW)[1] for _ in range(2))
    assert one.app.client_secret != two.app.client_secret
    assert one.key != two.key
    assert len(one.key) >= 32
    assert one.shops == two.shops  # the same seed gives the same shops


def test_shops_and_app_have_the_shape_of_the_platform_they_are_on(tmp_path: Path) -> None:
    _, open_im = new_run(SHORT, "reference", tmp_path, 7, NOW)
    _, doudian = new_run(SHORT, "reference", tmp_path, 7, NOW, "doudian")
    assert (open_im.platform_name, open_im.own_chat, open_im.shops[0].open_id) == ("open-im", False, "shop-7-01")
    assert (doudian.platform_name, doudian.own_chat, doudian.shops[0].open_id) == ("doudian", True, "4000070001")
    assert len(doudian.app.client_key) == 19
