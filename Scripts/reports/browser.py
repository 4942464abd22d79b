"""HTML reports of fixture pairs in a headless Chromium, used as a reader does. See Scripts/check-html."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from oracles import layout
from oracles.tool import RELEASE_BINARY
from playwright.sync_api import sync_playwright

from . import pairs

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")


def fail_unless(condition, message):
    if not condition:
        raise AssertionError(message)


def drawn_numbers(page, side, listed):
    """The listed numbers that bars of a side cover."""
    bars = page.eval_on_selector_all(
        f"#drawing rect[data-side={side}]", "bars => bars.map(b => [Number(b.dataset.first), Number(b.dataset.last)])"
    )
    return {number for first, last in bars for number in listed if first <= number <= last}


def check_drawing(page, data):
    for side in data["sides"]:
        listed = {row["n"] for row in side["numbers"]}
        drawn = drawn_numbers(page, side["role"], listed)
        fail_unless(drawn == listed, f"{side['role']}: not drawn: {sorted(listed - drawn)[:5]}")
    errors = [mark for mark in data["marks"] if mark["severity"] == "error"]
    marks = page.locator("#drawing rect.mark.error").count()
    fail_unless(bool(errors) == bool(marks), f"{len(errors)} error ranges, {marks} marks")


def check_keyboard(page, data):
    drawing = page.locator("#drawing")
    numbers = sorted({row["n"] for side in data["sides"] for row in side["numbers"]})
    drawing.focus()
    page.keyboard.press("Home")
    seen = []
    for _ in numbers[:40]:
        seen.append(int(drawing.get_attribute("aria-valuenow")))
        page.keyboard.press("ArrowRight")
    fail_unless(seen == numbers[:40], f"arrow keys go to {seen[:5]}..., not {numbers[:5]}...")
    page.keyboard.press("End")
    fail_unless(int(drawing.get_attribute("aria-valuenow")) == numbers[-1], "End is not the last number")
    fail_unless("source: " in drawing.get_attribute("aria-valuetext"), "a screen reader is told no owner")
    for _ in range(12):
        page.keyboard.press("+")
    bars = page.locator("#drawing rect.bar").count()
    fail_unless(1 <= bars <= 6 * len(data["sides"]), f"{bars} bars when zoomed to a few numbers")
    page.keyboard.press("Enter")
    fail_unless(page.evaluate("document.activeElement.id") == "story", "Enter does not lead to the story")
    fail_unless(f"0x{numbers[-1]:04x}" in page.locator("#story").inner_text(), "the story is of another number")
    page.locator("#zoom-all").click()
    check_drawing(page, data)


def check_filter(page, data):
    source = data["sides"][0]["numbers"]
    owner = next((row["owner"] for row in source if row["class"] == "vio"), source[0]["owner"])
    total = page.locator("#numbers tbody tr").count()
    page.locator("#filter").fill(owner)
    rows = page.locator("#numbers tbody tr")
    fail_unless(0 < rows.count() < total, f"filter leaves {rows.count()} of {total} rows")
    fail_unless(all(owner in text for text in rows.all_inner_texts()), "a row without the word is shown")
    page.locator("#filter").fill("no such thing")
    fail_unless(page.locator("#numbers tbody tr").count() == 0, "rows are left that do not match")
    page.locator("#filter").fill("")
    page.locator("#which").select_option("findings")
    marked = [n for n in {row["n"] for side in data["sides"] for row in side["numbers"]}
              if any(mark["first"] <= n <= mark["last"] for mark in data["marks"])]
    fail_unless(page.locator("#numbers tbody tr").count() == min(200, len(marked)), "not the numbers with findings")
    page.locator("#which").select_option("all")


def check_goto(page):
    page.locator("#goto").fill("0x1000")
    page.locator("#goto").press("Enter")
    fail_unless(page.locator("#drawing").get_attribute("aria-valuenow") == str(0x1000), "0x1000 was not gone to")
    page.locator("#goto").fill("nothing")
    page.locator("#goto").press("Enter")
    fail_unless("no number" in page.locator("#message").inner_text(), "a mistyped number is taken without a word")
    page.locator("#goto").fill("")


def enlarge(html, count):
    """The page with `count` more numbers on every side."""
    begin = html.index('id="data">') + len('id="data">')
    end = html.index("</script>", begin)
    data = json.loads(html[begin:end])
    for side in data["sides"]:
        row = dict(side["numbers"][0], **{"class": "message"})
        side["end"] = max(side["end"], 0x2000 + 2 * count)
        side["numbers"] += [dict(row, n=0x2000 + 2 * step) for step in range(count)]
    text = json.dumps(data).replace("<", "\\u003c")
    return html[:begin] + text + html[end:], data


def data_of(page):
    return page.evaluate("JSON.parse(document.getElementById('data').textContent)")


def open_page(browser, path, **options):
    page = browser.new_page(**options)
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else problems.append(request.url))
    page.goto(path.as_uri())
    return page, problems


def check(browser, path):
    page, problems = open_page(browser, path, viewport={"width": 1200, "height": 900})
    data = data_of(page)
    check_drawing(page, data)
    check_keyboard(page, data)
    check_filter(page, data)
    check_goto(page)
    page.close()
    narrow, more = open_page(browser, path, viewport={"width": 360, "height": 740})
    width = narrow.evaluate("document.documentElement.scrollWidth")
    fail_unless(width <= 360, f"the page is {width} wide on a screen of 360")
    narrow.close()
    fail_unless(not problems + more, f"console: {problems + more}")


def check_many(browser, path, folder):
    """Ten thousand numbers on every side."""
    html, data = enlarge(path.read_text(), 10_000)
    large = folder / "large.html"
    large.write_text(html)
    page, problems = open_page(browser, large, viewport={"width": 1200, "height": 900})
    report_times(page, "10,000 numbers", {
        "draw": "draw()", "step": "step(all, 1)", "zoom": "zoom(0.5)", "all": "show(0, length)",
        "filter": "byId('filter').value = '0x3', filter()"})
    fail_unless(not problems, f"console: {problems}")
    page.close()


def matrix_page(tool: Path, folder: Path) -> Path:
    """The page of every pair of snapshots of a file: a few guests, one of them twice."""
    names = ["q7.2_7.2_xive_A_reset", "q5.2_5.2_dual_A_reset", "q7.2_7.2_xive_A_reset", "lx_q7.2_7.2_xics"]
    for index, name in enumerate(names):
        stream = folder / f"{index}.mig"
        next(one for one in layout.captures_in(pairs.CAPTURES) if one.name == name).write_stream(stream)
        subprocess.run([tool, "import", stream, "--into", folder / "states.db"], check=True, capture_output=True)
    done = subprocess.run(
        [tool, "verify", folder / "states.db", "--all-pairs", "--format", "html"], capture_output=True, text=True)
    path = folder / "matrix.html"
    path.write_text(done.stdout, encoding="utf-8")
    return path


def check_matrix(browser, path: Path):
    page, problems = open_page(browser, path, viewport={"width": 1200, "height": 900})
    data = data_of(page)
    cells = page.locator("#grid button")
    fail_unless(cells.count() == len(data["cells"]) > 2, f"{cells.count()} of {len(data['cells'])} cells are drawn")
    for outcome in {cell["outcome"] for cell in data["cells"]}:
        wanted = sum(cell["outcome"] == outcome for cell in data["cells"])
        fail_unless(page.locator(f"#grid button.{outcome}").count() == wanted, f"not {wanted} cells {outcome}")
    cells.first.click()
    first = cells.first.get_attribute("data-cell")
    cell = data["cells"][int(first)]
    story = page.locator("#story").inner_text()
    fail_unless(all(word in story for word in [cell["outcome"], *(r["text"] for r in cell["remarks"])]), "no drill-down")
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.dataset.cell")
    fail_unless(focused not in (None, first), "the arrow key does not move")
    page.locator("#columns").select_option("0")
    fail_unless(cells.count() == len(data["cells"]), "cells are lost when the axes are exchanged")
    page.locator("[data-outcome=different]").uncheck()
    fail_unless(page.locator("#grid button.different").count() == 0, "a filtered outcome is shown")
    page.locator("[data-outcome=different]").check()
    page.locator("#filter").fill("no such thing")
    fail_unless(cells.count() == 0, "cells are left that do not match")
    page.close()
    fail_unless(not problems, f"console: {problems}")


def check_many_cells(browser, path: Path, folder: Path):
    """Two thousand cells over three axes."""
    html = path.read_text(encoding="utf-8")
    begin = html.index('id="data">') + len('id="data">')
    end = html.index("</script>", begin)
    cells = json.loads(html[begin:end])["cells"]
    data = {"axes": ["machine", "topology", "build"], "cells": [
        dict(cells[number % len(cells)], place=[f"pseries-{number // 80}", f"topology {number // 8 % 10}", f"{number % 8}"])
        for number in range(2_000)]}
    large = folder / "large-matrix.html"
    large.write_text(html[:begin] + json.dumps(data).replace("<", "\\u003c") + html[end:], encoding="utf-8")
    page, problems = open_page(browser, large, viewport={"width": 1200, "height": 900})
    fail_unless(page.locator("#grid button").count() == 2_000, "not all cells are drawn")
    report_times(page, "2,000 cells", {
        "draw": "draw()", "filter": "byId('filter').value = 'topology 3', draw()",
        "choose": "choose(document.querySelector('#grid button'))"})
    page.close()
    fail_unless(not problems, f"console: {problems}")


def report_times(page, title: str, actions: dict[str, str]):
    """Prints how long actions take up to the finished layout: the best of three, as the machine may be busy."""
    times = {}
    for name, action in actions.items():
        script = f"() => {{ const t = performance.now(); {action}; document.body.offsetHeight; return performance.now() - t; }}"
        times[name] = min(page.evaluate(script) for _ in range(3))
    print(f"{title}: " + ", ".join(f"{name} {value:.0f} ms" for name, value in times.items()))


def take_pictures(browser, path, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, options in {
        "light": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "light"},
        "dark": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
    }.items():
        page, _ = open_page(browser, path, **options)
        page.screenshot(path=str(folder / f"{path.stem}-{name}.png"), full_page=True)
        if name == "light":
            page.pdf(path=str(folder / f"{path.stem}.pdf"), format="A4")
        page.close()


def report(tool: Path, pair, folder: Path) -> Path:
    arguments = pairs.unpack(pair, folder)
    done = subprocess.run(
        [tool, "verify", *arguments, "--format", "html"], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    path = folder / f"{pair.name}.html"
    path.write_text(done.stdout, encoding="utf-8")
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="check-html", description=__doc__)
    parser.add_argument("--irqproof", type=Path, default=RELEASE_BINARY, metavar="PATH", help="the tool to check")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="keeps pictures of the pages there")
    parser.add_argument("pairs", nargs="*", metavar="PAIR", default=["brk_vcpu_order_xive", "brk_legacy_phb_only_swap"])
    chosen = parser.parse_args()
    if not chosen.irqproof.is_file():
        sys.exit(f"check-html: {chosen.irqproof} is not there: build it, or name the tool with --irqproof")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        failed = 0
        with tempfile.TemporaryDirectory(prefix="irqproof-html-") as folder:
            path = matrix_page(chosen.irqproof.resolve(), Path(folder))
            if chosen.screenshots:
                take_pictures(browser, path, chosen.screenshots)
            try:
                check_matrix(browser, path)
                check_many_cells(browser, path, Path(folder))
            except AssertionError as error:
                print(f"FAILED matrix: {error}")
                failed += 1
        for pair in pairs.chosen(chosen.pairs):
            with tempfile.TemporaryDirectory(prefix="irqproof-html-") as folder:
                path = report(chosen.irqproof.resolve(), pair, Path(folder))
                if chosen.screenshots:
                    take_pictures(browser, path, chosen.screenshots)
                try:
                    check(browser, path)
                    check_many(browser, path, Path(folder))
                except AssertionError as error:
                    print(f"FAILED {pair.name}: {error}")
                    failed += 1
        browser.close()
    print(f"{len(chosen.pairs) + 1 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
