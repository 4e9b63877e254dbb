"""Locust puts this folder before the standard library when it loads the locustfile."""

import sys
from pathlib import Path

import loadtests


def test_no_module_here_hides_one_of_the_standard_library() -> None:
    names = {path.stem for path in Path(loadtests.__file__).parent.glob("*.py")}
    assert names & sys.stdlib_module_names == set()
