"""Makes the pictures of the README from real runs: a terminal as SVG, the HTML report as PNG. See Scripts/pictures."""

from __future__ import annotations

import argparse
import html
import os
import pty
import re
import sys
import tempfile
from pathlib import Path

from oracles.tool import RELEASE_BINARY
from playwright.sync_api import sync_playwright

from . import pairs
from .browser import CHROMIUM, report

RESOURCES = pairs.REPOSITORY / "Sources" / "irqproof" / "irqproof.docc" / "Resources"
COLUMNS = 100
# The looks of TextStyle, in colours that read well on a dark ground.
COLOURS = {"1": "#ffffff", "32": "#7ee2a0", "31;1": "#ff8f85", "33": "#f0bd60", "2": "#8b96a3"}


def terminal(tool: Path, arguments: list[str], folder: Path) -> str:
    """What the tool writes to a terminal of COLUMNS columns."""
    child, descriptor = pty.fork()
    if child == 0:
        os.chdir(folder)
        environment = dict(os.environ, TERM="xterm-256color", COLUMNS=str(COLUMNS))
        environment.pop("NO_COLOR", None)
        os.execve(tool, ["irqproof", *arguments], environment)
    output = b""
    try:
        while part := os.read(descriptor, 1 << 16):
            output += part
    except OSError:
        pass  # The terminal's other end is closed.
    os.waitpid(child, 0)
    return output.decode("utf-8").replace("\r\n", "\n")


def svg(command: str, text: str) -> str:
    lines = [f"\x1b[2m$\x1b[0m \x1b[1m{command}\x1b[0m", *text.rstrip("\n").split("\n")]
    row, top, left, character = 18, 52, 20, 7.83
    width, height = round(2 * left + COLUMNS * character), top + row * len(lines) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="13">',
        f"<title>{html.escape(command)}</title>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#161b22"/>',
        *(f'<circle cx="{22 + 20 * index}" cy="20" r="6" fill="{colour}"/>'
          for index, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))),
    ]
    for index, line in enumerate(lines):
        spans, column = [], 0
        line = re.sub(r"\x1b\[0m(?=\x1b|$)", "", line)
        for look, plain in re.findall(r"(?:\x1b\[([\d;]+)m)?([^\x1b]+)", line):
            fill = COLOURS.get(look, "#d6dde5")
            place = f' x="{left + column * character:.1f}"'
            spans.append(f'<tspan{place} fill="{fill}">{html.escape(plain)}</tspan>')
            column += len(plain)
        parts.append(f'<text y="{top + row * index}" xml:space="preserve">{"".join(spans)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="pictures", description=__doc__)
    parser.add_argument("--irqproof", type=Path, default=RELEASE_BINARY, metavar="PATH", help="the tool to show")
    tool = parser.parse_args().irqproof.resolve()
    if not tool.is_file():
        sys.exit(f"pictures: {tool} is not there: build it, or name the tool with --irqproof")
    RESOURCES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        shown = pairs.chosen(["brk_vcpu_order_xive"])[0]
        arguments = ["verify", *pairs.unpack(shown, folder)]
        command = "irqproof " + " ".join(arguments)
        (RESOURCES / "verify.svg").write_text(svg(command, terminal(tool, arguments, folder)), encoding="utf-8")
        page = report(tool, pairs.chosen(["brk_legacy_phb_only_swap"])[0], folder)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1000, "height": 1000}, color_scheme="light")
        view.goto(page.as_uri())
        # What the picture is not about would only make it larger.
        view.evaluate("document.querySelector('section[aria-labelledby=not-compared-title]')?.remove()")
        view.evaluate("document.querySelectorAll('details').forEach(details => details.open = false)")
        view.wait_for_timeout(200)
        box = view.locator("section[aria-labelledby=space-title]").bounding_box()
        view.screenshot(
            path=str(RESOURCES / "report.png"), full_page=True,
            clip={"x": 0, "y": 0, "width": 1000, "height": box["y"] + box["height"] + 12})
        browser.close()
