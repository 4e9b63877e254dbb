"""Whether a run was a demonstration: one against the bundled reference never says 可以上线."""

from typing import Final

REFERENCE: Final = "reference"  # the name of the bundled target


def demonstration(target: str, told_version: str) -> bool:
    """Whether the target is the bundled reference, by the name it was run under or by the name it told."""
    return target == REFERENCE or target.startswith(f"asgi:{REFERENCE}_service") or REFERENCE in told_version.lower()
