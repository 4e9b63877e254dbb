"""The platform profiles the gateway speaks: by name, or a team's own by `file.py:name`."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from history.scenario import Gateway
from simulators.douyin.doudian import Doudian
from simulators.douyin.open_im import OpenIm
from targets.interface import TargetError
from targets.loading import run_file
from targets.platform import Platform

PROFILES: Final[dict[str, Callable[[Gateway], Platform]]] = {"open-im": OpenIm, "doudian": Doudian}
MEMBERS: Final = tuple(name for name in (*Platform.__annotations__, *vars(Platform)) if not name.startswith("_"))


class ProfileError(ValueError):
    """There is no such profile, or it is none; the text says what would be right."""


def profile(name: str, settings: Gateway | None = None) -> Platform:
    """The profile of that name, with a scenario's settings. Raises ProfileError."""
    settings = settings or Gateway()
    if name in PROFILES:
        return PROFILES[name](settings)
    file, _, of = name.rpartition(":")
    if not file.endswith(".py"):
        known = ", ".join(sorted(PROFILES))
        raise ProfileError(f"no platform profile {name!r}; there is {known}, or write file.py:name (docs/adapter.md)")
    return _own(Path(file), of, settings)


def absolute(name: str, folder: Path) -> str:
    """The name as it holds in any folder: that of a file is made absolute, seen from `folder`."""
    file, colon, of = name.rpartition(":")
    return f"{(folder / file).resolve()}:{of}" if colon and file.endswith(".py") else name


def _own(path: Path, name: str, settings: Gateway) -> Platform:
    if not path.is_file():
        raise ProfileError(f"platform {path}:{name}: there is no file {path}")
    try:
        made = getattr(run_file(path), name)(settings)
    except TargetError as error:
        raise ProfileError(str(error)) from error
    except AttributeError as error:
        raise ProfileError(f"{path}: it has no `{name}`: write the name of a class behind the colon") from error
    except Exception as error:
        raise ProfileError(f"{path}: {name}(settings) fails: {type(error).__name__}: {error}") from error
    lacking = [member for member in MEMBERS if not hasattr(made, member)]
    if lacking:
        raise ProfileError(f"{path}: {name} has no `{'`, `'.join(lacking)}`; subclass a profile (docs/adapter.md)")
    return cast(Platform, made)
