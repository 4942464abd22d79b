"""The JSON document of every command: valid by the schema that the tool prints for it. See Scripts/check-reports."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import tempfile
from pathlib import Path

import jsonschema
from oracles.tool import BUILDS

from . import pairs

GUEST = "brk_vcpu_order_xive"

# Document: the commands that write it, each after `irqproof`.
COMMANDS = {
    "inspect": [["inspect", "before.mig"], ["inspect", "guests.db#one", "--queues"]],
    "ledger": [["inspect", "--ledger", "before.mig"]],
    "verify": [["verify", "before.mig", "after.mig"], ["replay", "break-vcpu-order"]],
    "fleet": [["verify", "guests.db", "--all-pairs"], ["verify", "guests.db", "--against", "one"]],
    "list": [["list", "guests.db"]],
    "fsck": [["fsck", "guests.db"], ["fsck", "damaged.db"]],
    "explain": [["explain"]],
    "map": [["map", "pseries-2.7"], ["map", "pseries-7.2"]],
    "compare": [["compare", "pseries-3.0", "pseries-3.1"]],
    "classes": [["compare", "--all"]],
    "prove": [["prove", "pseries-7.2", "--claim", "pins"], ["prove", "pseries-3.0", "--claim", "constructed"]],
    "check": [["check", "proof.db"], ["check", "proof.db", "before.mig"], ["check", "forged.db"]],
    "gate": [["gate", "--results", "gate.db"], ["merge", "gate.db"]],
    "doctor": [["doctor"]],
    "config": [["config"]],
}


def any_build() -> str | None:
    """Any build of QEMU that can run a gate's cell."""
    found = sorted(BUILDS.glob("qemu-system-ppc64-*")) if BUILDS.is_dir() else []
    return str(found[0]) if found else shutil.which("qemu-system-ppc64")


def prepare(forms, folder: Path) -> None:
    """Files that the commands are given."""
    pairs.unpack(pairs.chosen([GUEST])[0], folder)
    for name, state in (("one", "before.mig"), ("two", "after.mig")):
        forms.run(["import", state, "--into", "guests.db", "--name", name], folder)
    forms.run(["verify", "before.mig", "after.mig", "--certificate", "proof.db"], folder)
    shutil.copy(folder / "guests.db", folder / "damaged.db")
    with contextlib.closing(sqlite3.connect(folder / "damaged.db")) as database, database:
        database.execute("UPDATE snapshot SET claimed_count = claimed_count + 1 WHERE name = 'one'")
    content = bytearray((folder / "proof.db").read_bytes())
    content[len(content) // 2] ^= 0x40
    (folder / "forged.db").write_bytes(content)
    if program := any_build():
        cell = "machine-types: [pseries-5.2]\nmodes: [xive]\ntopologies: [minimal]\nscenarios: [boot]\ndirections: [itself]\n"
        (folder / "irqproof.yaml").write_text(f"candidate: {program}\n{cell}", encoding="utf-8")


def check(forms) -> list[str]:
    """What is wrong with any document."""
    faults = []
    with tempfile.TemporaryDirectory(prefix="irqproof-documents-") as name:
        folder = Path(name)
        prepare(forms, folder)
        commands = dict(COMMANDS)
        if not (folder / "irqproof.yaml").is_file():
            print("no build of QEMU: a gate's document was not checked")
            del commands["gate"]
        for document, calls in commands.items():
            faults += check_document(forms, folder, document, calls)
        if "gate" in commands:
            report = forms.run(["merge", "gate.db", "--format", "junit"], folder).stdout
            faults += [f"a gate's JUnit: {fault}" for fault in forms.faults("junit", report)[:5]]
    return faults


def check_document(forms, folder: Path, document: str, calls) -> list[str]:
    schema = json.loads(forms.run(["schema", document]).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = []
    for call in calls:
        done = forms.run([*call, "--format", "json"], folder)
        try:
            written = json.loads(done.stdout)
        except json.JSONDecodeError as error:
            faults.append(f"{' '.join(call)}: no JSON, {error}: {done.stderr.strip()}")
            continue
        faults += [f"{' '.join(call)}: {error.message}" for error in list(validator.iter_errors(written))[:5]]
        # Each member that the document has must be missed, unless the schema knows it as optional.
        required = set(schema.get("required", ["schema", "accepted"]))
        for member in written.keys() & required:
            if validator.is_valid({key: value for key, value in written.items() if key != member}):
                faults.append(f"{document}: nobody misses the member {member}")
    return faults
