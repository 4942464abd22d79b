"""Fixture pairs as the arguments of `irqproof verify`."""

from __future__ import annotations

from pathlib import Path

from oracles import layout

REPOSITORY = Path(__file__).resolve().parents[2]
CAPTURES = REPOSITORY / "Fixtures" / "captures"


def chosen(names: list[str]) -> list[layout.Pair]:
    """The pairs of these names, or all that can be verified; at least one."""
    pairs = [pair for pair in layout.pairs_in(CAPTURES) if pair.destination or pair.constructed]
    known = {pair.name for pair in pairs}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no pair is named {', '.join(unknown)}")
    return [pair for pair in pairs if not names or pair.name in names]


def unpack(pair: layout.Pair, folder: Path) -> list[str]:
    """Writes a pair's streams; the arguments name them relative to the folder, so that reports are alike everywhere."""
    arguments = []
    roles = [([], "before.mig", pair.source), ([], "after.mig", pair.destination)]
    roles.append((["--constructed"], "built.mig", pair.constructed))
    for option, name, capture in roles:
        if capture:
            capture.write_stream(folder / name)
            arguments += [*option, name]
    return arguments
