"""The two documents of the contract, each read once a process and by the C parser: in Python it takes seconds."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def document(name: str) -> dict[str, Any]:
    """A document of contract/, to be read only: all tests share it. Raises OSError and yaml.YAMLError."""
    text = (Path(__file__).parents[1] / "contract" / name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


OPENAPI = document("openapi.yaml")
ASYNCAPI = document("asyncapi.yaml")
