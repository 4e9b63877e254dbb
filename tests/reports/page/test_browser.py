"""The page as people meet it, in Debian's Chromium: phone, keyboard, printer, and Jenkins' strict policy."""

import base64
import contextlib
import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suites.browser import Page

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1200
# https://www.jenkins.io/doc/book/security/configuring-content-security-policy/
JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"


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
