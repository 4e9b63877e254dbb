"""Profiles by name, and a team's own from a file."""

from pathlib import Path

import pytest

from history.scenario import Gateway
from simulators.douyin.doudian import Doudian
from simulators.douyin.open_im import OpenIm
from simulators.douyin.profiles import ProfileError, absolute, profile

OWN = """
from simulators.douyin.doudian import Doudian


class OurIm(Doudian):
    name = "our-im"


class Nothing:
    def __init__(self, settings):
        pass


def fails(settings):
    raise RuntimeError("no key")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ours.py"
    path.write_text(OWN)
    return path


def test_the_profiles_are_known_by_name_and_an_unknown_name_is_told_what_there_is() -> None:
    assert isinstance(profile("open-im"), OpenIm)
    assert isinstance(profile("doudian"), Doudian)
    with pytest.raises(ProfileError, match="no platform profile 'feige'; there is doudian, open-im, or write file"):
        profile("feige")


def test_a_teams_own_is_made_with_the_scenarios_settings(file: Path) -> None:
    own = profile(f"{file}:OurIm", Gateway(batch=7))
    assert (own.name, own.own_chat) == ("our-im", True)
    assert isinstance(own, Doudian)
    assert own.settings.batch == 7


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Missing", "it has no `Missing`"),
        ("Nothing", "Nothing has no `name`, `own_chat`"),
        ("fails", r"fails\(settings\) fails: RuntimeError: no key"),
    ],
)
def test_what_is_no_profile_is_told(file: Path, name: str, why: str) -> None:
    with pytest.raises(ProfileError, match=why):
        profile(f"{file}:{name}")


def test_a_file_that_is_not_there_or_does_not_import_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="there is no file"):
        profile(f"{tmp_path}/none.py:OurIm")
    (tmp_path / "bad.py").write_text("import nothing_like_this")
    with pytest.raises(ProfileError, match="it does not import"):
        profile(f"{tmp_path}/bad.py:OurIm")


def test_a_file_is_named_so_that_it_is_found_from_any_folder(tmp_path: Path) -> None:
    assert absolute("doudian", tmp_path) == "doudian"
    assert absolute("ours.py:OurIm", tmp_path) == f"{tmp_path.resolve()}/ours.py:OurIm"
