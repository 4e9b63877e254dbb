"""Finding adapters, and hosts that may be put under load."""

from pathlib import Path

import pytest

from targets.interface import TargetError
from targets.loading import METHODS, allowed, load

WHOLE = """
class MyTarget:
    name, offers, limits, platform = "mine", frozenset({"resume"}), None, "open-im"
    async def open(self, run): ...
    async def close(self): ...
    async def shop(self, want): ...
    async def agents(self, shop, n): ...
    async def connect(self, agent, device, resume): ...

target = MyTarget()
"""


def adapter(folder: Path, text: str) -> str:
    file = folder / "my_adapter.py"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_an_adapter_file_is_loaded(tmp_path: Path) -> None:
    assert load(adapter(tmp_path, WHOLE)).name == "mine"


def test_reference_is_the_bundled_one() -> None:
    assert load("reference").name == "reference"


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_method_is_named_with_the_page_that_shows_it(tmp_path: Path, method: str) -> None:
    with pytest.raises(TargetError, match=rf"my_adapter\.py.*no method `{method}`.*docs/adapter\.md"):
        load(adapter(tmp_path, WHOLE.replace(f"def {method}(", "def other(")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WHOLE.replace("target = MyTarget()", ""), "no `target = …`"),
        (WHOLE.replace("platform =", "other ="), "no `platform`"),
        (WHOLE.replace("async def close", "def close"), "`close` is no `async def`"),
        (WHOLE.replace('"resume"', '"resumes"'), "offers 'resumes', .* did you mean `resume`"),
        ("import no_such_module_at_all", "does not import: ModuleNotFoundError"),
        ("class Broken(", "does not import: SyntaxError"),
    ],
)
def test_a_bad_adapter_is_one_clear_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TargetError, match=says) as caught:
        load(adapter(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "docs/adapter.md" in str(caught.value)


def test_a_target_that_is_not_there_says_what_to_write() -> None:
    with pytest.raises(TargetError, match=r"no target 'refrence': write `reference`, or the path"):
        load("refrence")


def test_a_folder_or_a_text_file_is_no_adapter(tmp_path: Path) -> None:
    text = tmp_path / "adapter.txt"
    text.touch()
    for path in (tmp_path, text):
        with pytest.raises(TargetError, match=r"docs/adapter\.md"):
            load(str(path))


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000", "http://127.8.9.1/x", "http://localhost", "ws://[::1]:80/ws", "http://LOCALHOST:1/"],
)
def test_loopback_may_be_put_under_load(url: str) -> None:
    assert allowed(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "http://localhost.example.com",
        "http://0.0.0.0:80",
        "http://10.0.0.1",
        "http://2130706433",
        "http://[::ffff:8.8.8.8]",
        "http://[broken",
        "127.0.0.1:80",
        "",
    ],
)
def test_nothing_else_may(url: str) -> None:
    assert not allowed(url)


def test_an_allow_listed_host_may_and_its_neighbours_may_not() -> None:
    allow = [" Staging.Example.com ", ""]
    assert allowed("https://staging.example.com:8443/hook", allow)
    assert not allowed("https://other.example.com", allow)
    assert not allowed("https://evil-staging.example.com", allow)
    assert not allowed("", allow)
