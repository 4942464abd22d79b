"""Captures and pairs in a folder, see Fixtures/INDEX.md for the layout."""

from __future__ import annotations

import json
import lzma
import shutil
from dataclasses import dataclass
from pathlib import Path


class LayoutError(Exception):
    """A folder that is not laid out as it should be."""


@dataclass(frozen=True)
class Capture:
    """A folder with a capture.json."""

    folder: Path
    name: str
    """Path relative to the folder of captures."""

    def info_pic(self) -> str:
        return (self.folder / "info-pic.txt").read_text(encoding="ascii")

    def manifest(self) -> dict:
        return json.loads((self.folder / "capture.json").read_text(encoding="utf-8"))

    def is_at_reset(self) -> bool:
        """Whether the machine was saved as it was built: its numbers are those of its construction."""
        state = self.manifest().get("state", "")
        return state in ("reset", "resetram") or state.endswith("at reset")

    def write_stream(self, target: Path) -> None:
        """Decompresses the saved stream."""
        with lzma.open(self.folder / "stream.bin.xz") as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)


@dataclass(frozen=True)
class Pair:
    """A folder with a pair.json: a migration, and what to expect of it."""

    name: str
    verdict: str
    expected: str
    """The verdict in words, with its cause."""
    source: Capture | None
    destination: Capture | None
    constructed: Capture | None
    """The destination as built from its command line, never migrated to."""


def _capture(root: Path, folder: Path) -> Capture | None:
    if not (folder / "capture.json").is_file():
        return None
    return Capture(folder, str(folder.relative_to(root)))


def captures_in(root: Path) -> list[Capture]:
    """All captures below a folder, those inside pairs included, by name."""
    found = (_capture(root, manifest.parent) for manifest in root.rglob("capture.json"))
    return sorted((capture for capture in found if capture), key=lambda capture: capture.name)


def pairs_in(root: Path) -> list[Pair]:
    """All pairs directly below a folder, by name."""
    return [_pair(root, manifest.parent) for manifest in sorted(root.glob("*/pair.json"))]


def _pair(root: Path, folder: Path) -> Pair:
    manifest = json.loads((folder / "pair.json").read_text(encoding="utf-8"))
    named = manifest["source"].get("capture")
    source = _capture(root, root / named if named else folder / "src")
    if named and not source:
        raise LayoutError(f"{folder.name}: no capture {named}, which its source.capture names")
    return Pair(
        name=folder.name,
        verdict=manifest["verdict"],
        expected=manifest["expected_verdict"],
        source=source,
        destination=_capture(root, folder / "dst"),
        constructed=_capture(root, folder / "dst-alone"),
    )
