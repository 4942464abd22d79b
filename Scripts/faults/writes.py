"""The commands of the tool that write, each with what it says that it stores."""

from __future__ import annotations

import lzma
import shutil
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CAPTURES = REPOSITORY / "Fixtures" / "captures"
GUESTS = ["lx_q7.2_7.2_xive", "lx_q7.2_7.2_xics", "lx_q11.1_7.2_xive", "q7.2_7.2_dual_B_reset"]
SCENARIO = "break-vcpu-order"
MOMENTS = ["source", "constructed", "loaded", "source-continued", "destination-continued"]

POLICY = """\
reference: {reference}
candidate: {candidate}
machine-types: [pseries-7.2]
modes: [xics, xive]
topologies: [minimal]
scenarios: [idle]
time-limit: 120
"""

# Told apart by its path from any other program that runs here. It has no part in what its starter suffers.
WRAPPER = """\
#!/bin/sh
unset LD_PRELOAD
ulimit -S -v unlimited
exec '{build}' "$@" -name '{place}'
"""


@dataclass
class Write:
    """One command, and what must be there when it is done."""

    arguments: list
    database: Path | None = None
    names: list[str] = field(default_factory=list)
    """Snapshots in the database."""
    file: Path | None = None
    """A certificate or a saved VM."""
    reader: str = ""
    """The command that accepts the file if it is whole."""
    done: tuple[int, ...] = (0,)
    """Statuses with which it says that everything is there."""


class Imports:
    """Saved VMs and moments of a scenario, into a snapshot file."""

    name = "import"
    starts_builds = False
    extension = ".db"

    def __init__(self, folder: Path):
        self.streams = [self.unpack(folder, name) for name in GUESTS]

    @staticmethod
    def unpack(folder: Path, name: str) -> Path:
        path = folder / f"{name}.mig"
        path.write_bytes(lzma.open(CAPTURES / name / "stream.bin.xz").read())
        path.chmod(0o644)
        return path

    def one(self, database: Path, name: str) -> Write:
        return Write(["import", self.streams[0], "--into", database, "--name", name], database, [name])

    def all(self, database: Path) -> Write:
        names = [path.stem for path in self.streams]
        return Write(["import", *self.streams, "--into", database, "--replace"], database, names)

    def any(self, database: Path, number: int, random) -> Write:
        stream = random.choice(self.streams)
        replay = ["replay", SCENARIO, "--into", database]
        return random.choice([
            Write(["import", stream, "--into", database, "--name", f"n{number}"], database, [f"n{number}"]),
            Write(["import", stream, "--into", database, "--name", "again", "--replace"], database, ["again"]),
            self.all(database),
            # Ends with 1 where the scenario's states differ; what it stored is stored.
            Write(replay, database, [f"{SCENARIO} {moment}" for moment in MOMENTS], done=(0, 1)),
        ])


class Certificates:
    """Verdicts on two states and on two machine types."""

    name = "certificate"
    starts_builds = False
    extension = ".cert"

    def __init__(self, imports: Imports):
        self.states = imports.streams[:2]

    def one(self, file: Path, _name: str) -> Write:
        arguments = ["verify", *self.states, "--certificate", file]
        return Write(arguments, file=file, reader="check", done=(0, 1))

    def any(self, file: Path, _number: int, random) -> Write:
        compare = ["compare", "pseries-7.2", "pseries-10.0", "--certificate", file]
        return random.choice([self.one(file, ""), Write(compare, file=file, reader="check", done=(0, 1))])


class Captures:
    """The state of a machine at reset, as a saved VM and as a snapshot."""

    name = "capture"
    starts_builds = True
    extension = ".db"

    def __init__(self, folder: Path, build: Path):
        self.build = wrapper(folder, "machine", build)

    def one(self, database: Path, name: str) -> Write:
        stream = database.with_suffix(".mig")
        machine = ["--", self.build, "-M", "pseries-7.2,ic-mode=xive", "-m", "256M", "-nodefaults", "-display", "none"]
        arguments = ["capture", "--output", stream, "--into", database, "--name", name, "--replace", *machine]
        return Write(arguments, database, [name], stream, "inspect")

    def any(self, database: Path, number: int, _random) -> Write:
        return self.one(database, f"n{number % 3}")


class Gates:
    """A small gate, which goes on where it was."""

    name = "gate"
    starts_builds = True
    extension = ".db"

    def __init__(self, folder: Path, reference: Path, candidate: Path):
        self.policy = folder / "irqproof.yaml"
        builds = {"reference": wrapper(folder, "old", reference), "candidate": wrapper(folder, "new", candidate)}
        self.policy.write_text(POLICY.format(**builds))

    def one(self, database: Path, _name: str) -> Write:
        return Write(["gate", "--policy", self.policy, "--results", database, "--workers", "2"], database)

    def any(self, database: Path, _number: int, _random) -> Write:
        return self.one(database, "")


class Merges:
    """The parts of a gate, put together: nothing may become of them."""

    name = "merge"
    starts_builds = True
    extension = ".db"

    def __init__(self, gates: Gates, folder: Path, run):
        self.policy, self.folder = gates.policy, folder
        self.parts = [folder / f"part{part}.db" for part in (1, 2)]
        for part, path in enumerate(self.parts, 1):
            run("gate", "--policy", self.policy, "--shard", f"{part}/2", "--results", path)

    def one(self, database: Path, _name: str) -> Write:
        copies = [database.with_name(f"{database.stem}-{path.name}") for path in self.parts]
        for path, copy in zip(self.parts, copies):
            shutil.copy(path, copy)
        return Write(["merge", "--policy", self.policy, *copies], copies[0])

    def any(self, database: Path, _number: int, _random) -> Write:
        return self.one(database, "")


def wrapper(folder: Path, name: str, build: Path) -> Path:
    path = folder / name
    path.write_text(WRAPPER.format(build=build, place=path))
    path.chmod(0o755)
    return path
