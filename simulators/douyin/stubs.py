"""Answers that a team wrote for calls the gateway does not simulate: `stubs/*.json`, `{"order.searchList": {…}}`."""

from pathlib import Path
from typing import Any

import msgspec

from simulators.douyin.untrusted import Malformed, decode

_files = msgspec.json.Decoder(dict[str, dict[str, Any]])


class StubError(ValueError):
    """A stub file is wrong; the text says which and why."""


def load(folder: str) -> dict[str, bytes]:
    """The answer's data (JSON) by call; "" is no folder. Raises StubError."""
    found: dict[str, bytes] = {}
    if not folder:
        return found
    if not Path(folder).is_dir():
        raise StubError(f"gateway.stubs: there is no folder {folder}")
    for path in sorted(Path(folder).glob("*.json")):
        for call, data in _read(path).items():
            if call in found:
                raise StubError(f"{path}: {call} has an answer in another file already")
            found[call] = msgspec.json.encode(data)
    return found


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return decode(_files, path.read_bytes())
    except (OSError, Malformed) as error:
        raise StubError(f'{path}: write {{"<call>": {{<data of the answer>}}}}: {error}') from error
