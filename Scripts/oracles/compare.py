"""What `inspect` says of a saved machine, held against what QEMU printed of it."""

from __future__ import annotations

from . import infopic
from .infopic import InfoPic

SCHEMA = "irqproof/inspect/1"

# Registers of the OS ring that the document names; all others are in its `registers`.
NAMED_REGISTERS = ("nsr", "cppr", "ipb", "pipr")


def number(value) -> int | None:
    """A number of the document: an integer, or a string in hexadecimal."""
    if isinstance(value, str):
        return int(value, 16)
    return value


class Mismatches(list):
    """Collects what differs, in words."""

    def check(self, what: str, found, expected) -> None:
        if found != expected:
            self.append(f"{what}: {_shown(found)}, QEMU says {_shown(expected)}")

    def members(self, what: str, found: set[int], expected: set[int]) -> None:
        for value in sorted(expected - found):
            self.append(f"{what} {value:#x}: missing")
        for value in sorted(found - expected):
            self.append(f"{what} {value:#x}: QEMU does not list it")


def _shown(value) -> str:
    return f"{value:#x}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def differences(document: dict, pic: InfoPic) -> list[str]:
    """Everything in which the document of `inspect` and the print of `info pic` disagree."""
    found = Mismatches()
    found.check("schema", document.get("schema"), SCHEMA)
    found.check("interrupt mode", document["machine"].get("mode"), pic.mode)
    rows = {number(row["number"]): row for row in document["numbers"] if row["claimed"]}
    cpus = {cpu["index"]: cpu for cpu in document["vcpus"]}
    if pic.mode == "xive":
        queues = {queue["index"]: queue for queue in document["queues"]}
        _compare_xive_sources(rows, queues, pic, found)
        _compare_contexts(cpus, pic, found)
    else:
        _compare_xics_sources(rows, pic, found)
        _compare_presenters(cpus, pic, found)
    return found


def _compare_xive_sources(rows: dict, queues: dict, pic: InfoPic, found: Mismatches) -> None:
    found.members("claimed number", set(rows), set(pic.xive))
    for source in pic.xive.values():
        if source.number not in rows:
            continue
        row = rows[source.number]
        at = f"number {source.number:#x}"
        found.check(f"{at} kind", row["kind"], source.kind)
        config = row.get("xive")
        if config is None:
            found.append(f"{at}: no XIVE configuration")
            continue
        found.check(f"{at} P", config["p"], source.p)
        found.check(f"{at} Q", config["q"], source.q)
        found.check(f"{at} asserted", config["asserted"], source.asserted)
        found.check(f"{at} masked", config["masked"], source.masked)
        found.check(f"{at} EISN", number(config["eisn"]), source.eisn)
        _compare_queue(at, config, queues, source, found)


def _compare_queue(at: str, config: dict, queues: dict, source: infopic.XiveSource, found: Mismatches) -> None:
    expected = source.queue
    queue = queues.get(config["end"])
    if expected is None:
        # QEMU prints the column for every unmasked number with a valid queue.
        if not source.masked and queue is not None and queue["enabled"]:
            found.append(f"{at}: bound to queue {config['end']}, QEMU shows none")
        return
    found.check(f"{at} server", config["server"], expected.server)
    found.check(f"{at} priority", config["priority"], expected.priority)
    if queue is None:
        found.append(f"{at}: queue {config['end']} is not listed")
        return
    found.check(f"{at} queue server", queue["server"], expected.server)
    found.check(f"{at} queue priority", queue["priority"], expected.priority)
    found.check(f"{at} queue address", number(queue["address"]), expected.address)
    found.check(f"{at} queue entries", queue["entries"], expected.entries)
    found.check(f"{at} queue next", queue["next"], expected.next)
    found.check(f"{at} queue generation", queue["generation"], expected.generation)


def _compare_contexts(cpus: dict, pic: InfoPic, found: Mismatches) -> None:
    found.members("vCPU", set(cpus), set(pic.contexts))
    # QEMU lists vCPUs in order of creation, and the instances of their contexts are numbered in that order.
    for instance, (index, rings) in enumerate(pic.contexts.items()):
        if index not in cpus:
            continue
        at = f"vCPU {index}"
        context = cpus[index].get("context")
        if context is None:
            found.append(f"{at}: no thread context")
            continue
        found.check(f"{at} context instance", context["instance"], instance)
        os_ring = rings["OS"]
        for name, expected in zip(infopic.RING_FIELDS, os_ring.registers):
            if name in NAMED_REGISTERS:
                found.check(f"{at} {name.upper()}", context[name], expected)
        found.check(f"{at} word 2", number(context["word2"]), os_ring.word2)
        _compare_registers(at, bytes.fromhex(context["registers"]), rings, found)


def _compare_registers(at: str, registers: bytes, rings: dict[str, infopic.Ring], found: Mismatches) -> None:
    found.check(f"{at} size of the context", len(registers), 64)
    for name, offset in infopic.RING_OFFSETS.items():
        ring = rings[name]
        expected = bytes(ring.registers) + ring.word2.to_bytes(4, "big")
        found.check(f"{at} ring {name}", registers[offset : offset + 12].hex(), expected.hex())


def _compare_xics_sources(rows: dict, pic: InfoPic, found: Mismatches) -> None:
    found.members("claimed number", set(rows), set(pic.xics))
    for source in pic.xics.values():
        if source.number not in rows:
            continue
        row = rows[source.number]
        at = f"number {source.number:#x}"
        found.check(f"{at} kind", row["kind"], source.kind)
        config = row.get("xics")
        if config is None:
            found.append(f"{at}: no XICS configuration")
            continue
        found.check(f"{at} priority", config["priority"], source.priority)
        found.check(f"{at} status", config["status"], source.status)


def _compare_presenters(cpus: dict, pic: InfoPic, found: Mismatches) -> None:
    found.members("vCPU", set(cpus), set(pic.presenters))
    for index, expected in pic.presenters.items():
        if index not in cpus:
            continue
        at = f"vCPU {index}"
        presenter = cpus[index].get("presenter")
        if presenter is None:
            found.append(f"{at}: no presenter")
            continue
        found.check(f"{at} XIRR", number(presenter["xirr"]), expected.xirr)
        found.check(f"{at} pending priority", presenter["pending_priority"], expected.pending_priority)
        found.check(f"{at} MFRR", presenter["mfrr"], expected.mfrr)
