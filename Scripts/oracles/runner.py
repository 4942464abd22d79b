"""Doing one thing to everything in a folder, two at a time, with a count at the end."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Iterable

from .tool import RELEASE_BINARY, Tool

TROUBLE = 2
DEFAULT_JOBS = 2


def arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("directory", type=Path, metavar="DIR", help="folder of captures, see Fixtures/INDEX.md")
    parser.add_argument(
        "--irqproof", type=Path, default=RELEASE_BINARY, metavar="PATH", help="the tool to check (default: %(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=DEFAULT_JOBS, metavar="N", help="how many at a time (default: 2)")
    chosen = parser.parse_args()
    if not chosen.directory.is_dir():
        stop(f"{chosen.directory} is not a folder")
    if not chosen.irqproof.is_file():
        stop(f"{chosen.irqproof} is not there: run `swift build -c release`, or name the tool with --irqproof")
    return chosen


def stop(message: str) -> None:
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    raise SystemExit(TROUBLE)


def run(items: Iterable, check: Callable, chosen: argparse.Namespace) -> int:
    """Calls `check(tool, item, folder)` for every item, each with a folder of its own that is removed after.

    `check` returns (name, problems, remarks). Problems go to standard output, a line each; the last line counts. The
    exit status is 1 with problems, 2 with nothing to check.
    """
    items = list(items)
    if not items:
        stop(f"nothing to check in {chosen.directory}")
    # Turned into an exit, so that temporary folders go away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TROUBLE))
    tool = Tool(chosen.irqproof.resolve())
    failed = 0

    with tempfile.TemporaryDirectory(prefix="irqproof-check-") as parent:

        def checked(numbered):
            index, item = numbered
            with tempfile.TemporaryDirectory(dir=parent, prefix=f"{index}-") as folder:
                return check(tool, item, Path(folder))

        with ThreadPoolExecutor(max_workers=max(1, chosen.jobs)) as pool:
            for name, problems, remarks in pool.map(checked, enumerate(items)):
                for remark in remarks:
                    print(f"{name}: {remark}")
                for problem in problems:
                    print(f"FAILED {name}: {problem}")
                failed += bool(problems)
    print(f"{len(items) - failed} passed, {failed} failed")
    return 1 if failed else 0
