"""The comparison as text."""

from benchmarks.peers.comparison import Result

_HEAD = ("generator", "CPU s", "× floor", "peak MiB", "messages", "round trip p50 ms", "p99 ms", "")
_FLOOR = "floor"


def lines(results: list[Result], missing: dict[str, str]) -> list[str]:
    """One line a generator, the cheapest first; then what is not installed, and how it would be."""
    floor = next((r.cpu_s for r in results if r.name == _FLOOR and r.comparable), None)
    rows = [_HEAD, *(_row(result, floor) for result in sorted(results, key=lambda r: (not r.comparable, r.cpu_s)))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return table + [f"{name}: not installed: {how}" for name, how in missing.items()]


def _row(r: Result, floor: float | None) -> tuple[str, ...]:
    return (
        r.title,
        f"{r.cpu_s:.2f}",
        f"{r.cpu_s / floor:.1f}" if floor else "–",
        f"{r.peak_mib:.0f}",
        f"{r.messages:,}",
        *("–" if value is None else f"{value:.2f}" for value in (r.p50_ms, r.p99_ms)),
        "; ".join(filter(None, (f"NOT COMPARABLE: {r.trouble}" if r.trouble else "", r.note))),
    )
