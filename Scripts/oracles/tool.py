"""Running the tool under test."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RELEASE_BINARY = REPOSITORY / ".build" / "release" / "irqproof"

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
# Where Scripts/qemu-builds puts them; Scripts/common.sh says the same to shells.
BUILDS = Path(os.environ.get("IRQPROOF_BUILDS") or _CACHE / "irqproof" / "builds")


def build(version: str) -> Path:
    """The build of a version of QEMU, there or not."""
    return BUILDS / f"qemu-system-ppc64-{version}"


# A run takes milliseconds; this only ends one that hangs.
TIME_LIMIT_SECONDS = 120


class ToolError(Exception):
    """The tool did something no caller may expect."""


@dataclass(frozen=True)
class Outcome:
    status: int
    output: str
    errors: str

    def document(self) -> dict:
        """Standard output as JSON."""
        try:
            parsed = json.loads(self.output)
        except ValueError as error:
            raise ToolError(f"standard output is not JSON ({error})") from error
        if not isinstance(parsed, dict):
            raise ToolError("standard output is JSON, but no object")
        return parsed


@dataclass(frozen=True)
class Tool:
    path: Path

    def run(self, *arguments: str | Path) -> Outcome:
        command = [str(self.path), *map(str, arguments)]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT_SECONDS, check=False,
                text=True, encoding="utf-8", errors="replace",
            )
        except subprocess.TimeoutExpired as error:
            raise ToolError(f"{arguments[0]}: no end after {TIME_LIMIT_SECONDS} s") from error
        if done.returncode < 0:
            raise ToolError(f"{arguments[0]}: ended by signal {-done.returncode}: {last_line(done.stderr)}")
        return Outcome(done.returncode, done.stdout, done.stderr)

    def inspect(self, state: str | Path) -> dict:
        """The document of `inspect`."""
        outcome = self.run("inspect", state, "--queues", "--format", "json")
        if outcome.status != 0:
            raise ToolError(f"inspect: exit {outcome.status}: {last_line(outcome.errors)}")
        return outcome.document()

    def store(self, stream: Path, database: Path, name: str) -> str:
        """Imports a stream; the result is the name of the state in the database, as commands take it."""
        outcome = self.run("import", stream, "--into", database, "--name", name)
        if outcome.status != 0:
            raise ToolError(f"import: exit {outcome.status}: {last_line(outcome.errors)}")
        return f"{database}#{name}"


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing on standard error"
