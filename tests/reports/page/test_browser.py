"""The page as people meet it, in Debian's Chromium: phone, keyboard, printer, and Jenkins' strict policy."""

import base64
import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1200
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-port=0"
)
# https://www.jenkins.io/doc/book/security/configuring-content-security-policy/
JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"


class Page:
    """One tab, driven by the DevTools protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        request = {"id": self._number, "method": method, "params": params}
        self._socket.send(json.dumps(request | ({"sessionId": self._session} if self._session else {})))
        while True:
            answer = json.loads(self._socket.recv(timeout=30))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, url: str, width: int, height: int = 900) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self._socket.recv(timeout=30)))

    def ask(self, expression: str) -> Any:
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def requests(self) -> list[str]:
        return [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        return [e["params"]["entry"]["text"] for e in self.events if e.get("method") == "Log.entryAdded"]

    def picture(self, y: int, width: int, height: int) -> bytes:
        clip = {"x": 0, "y": y, "width": width, "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    command = [str(shutil.which("chromium")), *FLAGS.split(), f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            url = next(line.rpartition(" ")[2].strip() for line in process.stderr if "DevTools listening on" in line)
            with connect(url, max_size=None, compression=None, proxy=None) as socket:
                yield Page(socket)
        finally:
            process.kill()  # a polite end is no part of any claim, and must not hang a test run


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if shutil.which("chromium") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed; in CI the browser tests must run")
        pytest.skip("chromium is not installed")
    with chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


class _Jenkins(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", JENKINS)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def jenkins(folder: Path) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Jenkins, directory=str(folder))
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["demo", "no_go", "invalid", "conditions", "empty"])
def test_a_phone_never_scrolls_sideways(name: str, page: Page, written: Callable[[str], Path]) -> None:
    page.open(f"file://{written(name)}/report.html", PHONE)
    too_wide = """[...document.querySelectorAll('body *')].filter(e => !e.closest('svg')
                  && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.className || e.tagName)"""
    assert page.ask("[document.documentElement.scrollWidth, innerWidth]") == [PHONE, PHONE]
    assert page.ask(too_wide) == []
    page.call("Runtime.evaluate", expression="document.querySelector('#show-en').click()")
    assert page.ask("document.documentElement.scrollWidth") == PHONE
    assert page.ask(too_wide) == []


def test_every_drawing_keeps_its_words_inside(page: Page, written: Callable[[str], Path]) -> None:
    cut = """[...document.querySelectorAll('.drawing')].filter(d => d.offsetParent).flatMap(d => {
        const box = d.querySelector('svg').getBoundingClientRect();
        return [...d.querySelectorAll('text')].filter(t => {
            const r = t.getBoundingClientRect(); return r.left < box.left - 1 || r.right > box.right + 1;
        }).map(t => t.textContent)})"""
    for width in (PHONE, DESK):
        page.open(f"file://{written('no_go')}/report.html", width)
        assert page.ask(cut) == []
        page.call("Runtime.evaluate", expression="document.querySelector('#show-en').click()")
        assert page.ask(cut) == []


def test_the_language_is_switched_with_scripts_turned_off(page: Page, written: Callable[[str], Path]) -> None:
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(f"file://{written('no_go')}/report.html", DESK)
        assert _heading(page) == "上线门槛"
        _click(page, 'label[for="show-en"]')
        assert _heading(page) == "Gates"
        _click(page, 'label[for="show-zh"]')
        assert _heading(page) == "上线门槛"
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)


def test_the_single_file_asks_the_network_for_nothing(page: Page, written: Callable[[str], Path]) -> None:
    page.open(f"file://{written('no_go')}/report.html", DESK)
    assert [url for url in page.requests() if not url.endswith("/report.html")] == []
    assert page.complaints() == []


def test_the_folder_shows_under_jenkins_policy(page: Page, written: Callable[[str], Path]) -> None:
    with jenkins(written("no_go") / "report") as url:
        page.open(f"{url}/index.html", DESK)
        assert page.complaints() == []
        assert page.ask("getComputedStyle(document.querySelector('.banner')).backgroundColor") == "rgb(180, 35, 24)"
        shown = "[...document.images].filter(i => i.offsetParent).map(i => i.complete && i.naturalWidth > 0)"
        assert page.ask(shown) == [True] * 5  # three pictures, two counter-examples


def test_print_shows_the_verdict_and_no_switch(page: Page, written: Callable[[str], Path]) -> None:
    page.open(f"file://{written('no_go')}/report.html", DESK)
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert page.ask("getComputedStyle(document.querySelector('.languages')).display") == "none"
        assert page.ask("getComputedStyle(document.querySelector('.banner')).printColorAdjust") == "exact"
        pdf = base64.b64decode(page.call("Page.printToPDF", preferCSSPageSize=True)["data"])
        assert pdf.startswith(b"%PDF")
        assert pdf.count(b"/Type /Page\n") <= 8
    finally:
        page.call("Emulation.setEmulatedMedia", media="")


def _heading(page: Page) -> str:
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    headings = [n["name"]["value"] for n in tree if n.get("role", {}).get("value") == "heading"]
    return str(headings[1])


def _click(page: Page, selector: str) -> None:
    root = page.call("DOM.getDocument")["root"]["nodeId"]
    node = page.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
    x0, y0, _, _, x1, y1, _, _ = page.call("DOM.getBoxModel", nodeId=node)["model"]["content"]
    for kind in ("mousePressed", "mouseReleased"):
        page.call("Input.dispatchMouseEvent", type=kind, x=(x0 + x1) / 2, y=(y0 + y1) / 2, button="left", clickCount=1)
