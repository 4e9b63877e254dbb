"""Profiles by name."""

import pytest

from simulators.douyin.open_im import OpenIm
from simulators.douyin.profiles import ProfileError, profile


def test_open_im_is_known_and_an_unknown_name_is_told_what_there_is() -> None:
    assert isinstance(profile("open-im"), OpenIm)
    with pytest.raises(ProfileError, match="no platform profile 'feige'; there is doudian, open-im, or write"):
        profile("feige")
