"""schemathesis in a process of its own against one shop of a target, and what it found."""

import asyncio
import base64
import json
import os
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from contract_tests.shape.offered import Offered

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")
ROOT: Final = Path(__file__).resolve().parents[2]
LONGEST_S: Final = 240.0  # 20 s on a quiet core
IN_BODIES: Final = ("conversation_id", "agent_id", "scene", "dedicated_agent_id")
_SHARE: Final = 0.8  # of the ids in calls that are ids of something
_WENT: Final = ("success", "failure")
_STARTED: Final = (0, 1)  # schemathesis' exit codes for "no failures" and "failures"; others mean that it did not run


class Finding(NamedTuple):
    """What one answer was against; `seen` says how to see it again."""

    operation: str
    title: str
    message: str
    seen: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.title}\n    {self.message}\n    {self.seen}"


class Trouble(NamedTuple):
    """What could not be asked of an operation, and why."""

    operation: str
    why: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.why}"


class Checked(NamedTuple):
    """`answers` are the statuses that each operation gave, by its method and path; `phases` how each phase ended.

    `troubles` are what it could not do: a call that nobody answered in time, a test it could not make.
    """

    findings: list[Finding]
    answers: dict[str, set[int]]
    phases: dict[str, str]
    troubles: list[Trouble]


def gaps(found: Checked, phases: Collection[str]) -> list[str]:
    """Why the run says less than it seems to; empty where each of these phases went to its end without trouble.

    A slow machine makes them, too: what rests on such a run is unknown, whatever it did not find.
    """
    ended = [f"{name} ended: {found.phases.get(name, 'never begun')}" for name in phases]
    return [*(each for each in ended if not each.endswith(_WENT)), *map(str, found.troubles)]


async def check(url: str, document: Any, given: Offered, folder: Path, *words: str) -> Checked:
    """Run it on a document with these words of its command line, and once more, alone, for operations that it had
    trouble with: its callers are threads, and Python's own `ast` fails in threads at times (SystemError).

    Raises RuntimeError with its last words where it did not run.
    """
    found = await _once(url, document, given, folder, *words)
    names = sorted({each.operation for each in found.troubles})
    if not names or not all(" /" in name for name in names):
        return found
    alone = [word for name in names for word in ("--include-name", name)]
    (folder / "again").mkdir()
    return joined(found, await _once(url, document, given, folder / "again", *words, "--workers", "1", *alone))


def joined(first: Checked, again: Checked) -> Checked:
    """What both runs found; of phases and troubles what the second says, where the first met with any."""
    answers = {name: first.answers.get(name, set()) | again.answers.get(name, set()) for name in first.answers}
    went = {name: status for name, status in again.phases.items() if status in _WENT}
    mended = {name: went.get(name, status) if status == "error" else status for name, status in first.phases.items()}
    return Checked([*first.findings, *again.findings], {**again.answers, **answers}, mended, again.troubles)


async def _once(url: str, document: Any, given: Offered, folder: Path, *words: str) -> Checked:
    config, tokens, asked = folder / "schemathesis.toml", folder / "speakers.json", folder / "openapi.json"
    asked.write_bytes(msgspec.json.encode(document))
    config.write_text(CONFIG.read_text(encoding="utf-8") + _ids(given), encoding="utf-8")
    tokens.touch(mode=0o600)
    tokens.write_bytes(msgspec.json.encode(given.speakers))
    command = ["-m", "schemathesis.cli", "--config-file", str(config), "run", str(asked), "--url", url, *words]
    command += ["--report", "ndjson", "--report-ndjson-path", str(folder / "report.ndjson"), "--no-color"]
    environment = os.environ | {
        "GOLIVE_SHAPE": str(tokens),
        "SCHEMATHESIS_HOOKS": "contract_tests.shape.hooks",
        "PYTHONPATH": str(ROOT),
    }
    pipe, out = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=folder, env=environment, stdout=pipe, stderr=out
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            told, _ = await process.communicate()
    except TimeoutError:
        raise RuntimeError(f"schemathesis was not done after {LONGEST_S:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode not in _STARTED or not (folder / "report.ndjson").exists():
        raise RuntimeError(f"schemathesis did not run (exit {process.returncode}):\n{told.decode()[-2000:]}")
    return read(folder / "report.ndjson")


def _ids(given: Offered) -> str:
    """The ids as dictionaries of schemathesis' configuration, in paths and bodies."""
    places = [f"path.{name}" for name in given.ids] + [f"body.{name}" for name in IN_BODIES if _kind(name) in given.ids]
    lines = ["\n[parameters]"]
    lines += [f'"{at}" = {{dictionary = "{_kind(at)}", probability = {_SHARE}}}' for at in places]
    lines += [f"\n[dictionaries.{name}]\nvalues = {json.dumps(ids)}" for name, ids in given.ids.items()]
    # one colleague alone: an id that another answer told may be of who speaks here, who must not be disabled
    lines += ["\n[[operations]]", 'include-operation-id = ["changeAgent"]']
    lines += [f'parameters = {{"path.agent_id" = {json.dumps(given.ids["agent_id"][0])}}}']
    return "\n".join(lines) + "\n"


def _kind(place: str) -> str:
    return place.partition(".")[2].removeprefix("dedicated_")


def read(report: Path) -> Checked:
    """What a report of schemathesis (NDJSON) tells. Raises ValueError where it is cut off."""
    findings: dict[tuple[str, str, str], Finding] = {}
    answers: dict[str, set[int]] = defaultdict(set)
    phases: dict[str, str] = {}
    troubles: list[Trouble] = []
    with report.open("rb") as lines:
        for line in lines:
            event = json.loads(line)
            if finished := event.get("PhaseFinished"):
                phases[finished["phase"]["name"]] = finished["status"]
            elif trouble := event.get("NonFatalError") or event.get("FatalError"):
                troubles.append(_trouble(trouble))
            elif scenario := event.get("ScenarioFinished"):
                for finding in _scenario(scenario["recorder"], answers):
                    findings.setdefault(finding[:3], finding)
    return Checked(list(findings.values()), dict(answers), phases, troubles)


def _trouble(event: dict[str, Any]) -> Trouble:
    value = event.get("value") or event.get("exception") or {}
    told = f"{value.get('type', 'an error')}: {value.get('message', '')}" if isinstance(value, dict) else str(value)
    return Trouble(event.get("label", "the whole run"), " ".join(told.split())[:300])


def _scenario(recorder: dict[str, Any], answers: dict[str, set[int]]) -> Iterator[Finding]:
    calls = recorder.get("interactions", {})
    for name, case in recorder.get("cases", {}).items():
        if response := calls.get(name, {}).get("response"):
            answers[f"{case['value']['method']} {case['value']['path']}"].add(response["status_code"])
    for name, checks in recorder.get("checks", {}).items():
        for each in checks:
            if each["status"] == "failure":
                failure = each["failure_info"]["failure"]
                message = " ".join(failure["message"].split())[:400]
                yield Finding(failure["operation"], failure["title"], message, _call(calls[name]))


def _call(call: dict[str, Any]) -> str:
    """The call and its answer in one line; tokens stand in no report."""
    request, response = call["request"], call.get("response") or {}
    sent = _text(request.get("body"))
    return (
        f"{request['method']} {request['uri']} {sent} -> {response.get('status_code')} {_text(response.get('content'))}"
    )


def _text(content: dict[str, str] | None) -> str:
    return base64.b64decode(content["$base64"]).decode(errors="replace")[:300] if content else ""
