"""Debian's Chromium, driven by the DevTools protocol."""

import base64
import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-port=0"
)


class Page:
    """One tab; blocking. `events` are what the browser told since the last `open`."""

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
        """Send one command of the protocol and wait for its result."""
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
        """Load an address at that size and wait until it is loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self._socket.recv(timeout=30)))

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def until(self, expression: str, seconds: float = 10.0) -> None:
        """Wait until an expression is true of the page, looking whenever the page changes."""
        watch = f"""new Promise((done, fail) => {{
            const look = () => {{ if ({expression}) {{ eyes.disconnect(); done(); }} }};
            const eyes = new MutationObserver(look);
            const all = {{subtree: true, childList: true, characterData: true, attributes: true}};
            eyes.observe(document, all);
            setTimeout(() => {{ eyes.disconnect(); fail(document.body.innerText); }}, {seconds * 1000});
            look();
        }})"""
        told = self.call("Runtime.evaluate", expression=watch, awaitPromise=True)
        assert "exceptionDetails" not in told, (expression, told["exceptionDetails"]["exception"]["value"])

    def requests(self) -> list[str]:
        """Every address that the page asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """What the browser's log says of it."""
        return [e["params"]["entry"]["text"] for e in self.events if e.get("method") == "Log.entryAdded"]

    def picture(self, y: int, width: int, height: int) -> bytes:
        """A PNG of a part of the page."""
        clip = {"x": 0, "y": y, "width": width, "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A headless Chromium with one tab inside the block; its files go to `profile`. OSError where there is none."""
    command = [str(shutil.which("chromium")), *FLAGS.split(), f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            url = next(line.rpartition(" ")[2].strip() for line in process.stderr if "DevTools listening on" in line)
            with connect(url, max_size=None, compression=None, proxy=None) as socket:
                yield Page(socket)
        finally:
            process.kill()  # a polite end is no part of any claim, and must not hang a test run
