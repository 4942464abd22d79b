"""Makes large saved streams out of small ones, as the format allows.

Layouts are those of QEMU's migration stream (migration/savevm.c, migration/ram.c, QEMU 5.2 to 11.1); integers are
big-endian. Only what the benchmarks need: streams with a self-description and section footers.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

START, PART, END, FULL, SUBSECTION, CONFIGURATION, COMMAND, FOOTER = 1, 2, 3, 4, 5, 7, 8, 0x7E
ZERO, MEM_SIZE, PAGE, EOS, CONTINUE, MULTIFD_FLUSH = 0x02, 0x04, 0x08, 0x10, 0x20, 0x200
PAGE_SIZE = 4096
SHARED = b"x-ignore-shared"
MAPPED = b"mapped-ram"
MAPPED_ALIGNMENT = 1 << 20


class StreamError(Exception):
    """Not a stream these helpers can change."""


@dataclass(frozen=True)
class Block:
    """A RAM block as the START of section `ram` lists it, largest first."""

    name: bytes
    length: int


@dataclass(frozen=True)
class Item:
    """A top-level item in front of the device sections."""

    kind: int
    name: bytes
    """Name of the live section; empty for a command."""
    identity: int
    start: int
    end: int


class Stream:
    """A stream in memory with what stands before its device sections taken apart."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.capabilities: list[bytes] = []
        self.machine = b""
        self.blocks: list[Block] = []
        self.items: list[Item] = []
        if data[:8] != b"QEVM\0\0\0\3":
            raise StreamError("no QEMU stream of version 3")
        self.configuration_end = self._read_configuration(8)
        self.devices_start = self._read_items(self.configuration_end)

    @classmethod
    def load(cls, path: Path) -> Stream:
        return cls(path.read_bytes())

    def _take(self, layout: str, at: int):
        return struct.unpack_from(">" + layout, self.data, at)

    def _name(self, at: int) -> tuple[bytes, int]:
        end = at + 1 + self.data[at]
        return self.data[at + 1 : end], end

    def _read_configuration(self, at: int) -> int:
        if self.data[at] != CONFIGURATION:
            raise StreamError("a stream without configuration section")
        (length,) = self._take("I", at + 1)
        at += 5 + length
        self.machine = self.data[at - length : at]
        while self.data[at] == SUBSECTION:
            name, body = self._name(at + 1)
            body += 4
            if name != b"configuration/capabilities":
                raise StreamError(f"subsection {name.decode()} is not handled")
            (count,) = self._take("I", body)
            at = body + 4
            for _ in range(count):
                capability, at = self._name(at)
                self.capabilities.append(capability)
        return at

    def _read_items(self, at: int) -> int:
        live: dict[int, bytes] = {}
        while self.data[at] != FULL:
            start, kind = at, self.data[at]
            if kind == COMMAND:
                (length,) = self._take("H", at + 3)
                at += 5 + length
                self.items.append(Item(kind, b"", 0, start, at))
                continue
            if kind not in (START, PART, END):
                raise StreamError(f"item {kind:#x} at {at:#x}")
            (identity,) = self._take("I", at + 1)
            at += 5
            if kind == START:
                live[identity], at = self._name(at)
                at += 8
            at = self._live_data(live[identity], kind, at)
            if self.data[at] != FOOTER or self._take("I", at + 1) != (identity,):
                raise StreamError(f"no footer at {at:#x}")
            at += 5
            self.items.append(Item(kind, live[identity], identity, start, at))
        return at

    def _live_data(self, name: bytes, kind: int, at: int) -> int:
        if name == b"spapr/htab":
            return self._hash_table(kind, at)
        if name == b"ram":
            return self._ram(at)
        raise StreamError(f"live section {name.decode()} is not handled")

    def _hash_table(self, kind: int, at: int) -> int:
        (header,) = self._take("I", at)
        at += 4
        if kind == START or header == 0xFFFFFFFF:
            return at
        while True:
            _, valid, invalid = self._take("IHH", at)
            at += 8 + 16 * valid
            if not (valid or invalid):
                return at

    def _ram(self, at: int) -> int:
        while True:
            (word,) = self._take("Q", at)
            at += 8
            flags = word & (PAGE_SIZE - 1)
            if flags == EOS:
                return at
            if flags == MULTIFD_FLUSH:
                continue
            if flags == MEM_SIZE:
                at = self._block_list(word - flags, at)
                continue
            if not flags & CONTINUE:
                _, at = self._name(at)
            if flags & ~CONTINUE not in (ZERO, PAGE):
                raise StreamError(f"RAM record with flags {flags:#x}")
            at += 1 if flags & ZERO else PAGE_SIZE

    def _block_list(self, total: int, at: int) -> int:
        while total > 0:
            name, at = self._name(at)
            (length,) = self._take("Q", at)
            at += 16 if SHARED in self.capabilities else 8
            self.blocks.append(Block(name, length))
            total -= length
        return at

    @property
    def ram(self) -> Item:
        """START of section `ram`."""
        return next(item for item in self.items if item.kind == START and item.name == b"ram")

    @property
    def live_start_end(self) -> int:
        """Where the STARTs of the live sections end: records inserted here are older than all others."""
        return max(item.end for item in self.items if item.kind == START)


def record_run(block: Block, page: bool) -> bytes:
    """Records for every page of a block, in ascending order, the first of which names the block."""
    flags = PAGE if page else ZERO
    content = bytes(PAGE_SIZE) if page else b"\0"
    run = bytearray()
    for offset in range(0, min(block.length, 64 << 20), PAGE_SIZE):
        if offset == 0:
            run += struct.pack(">QB", flags, len(block.name)) + block.name + content
        else:
            run += struct.pack(">Q", offset | flags | CONTINUE) + content
    return bytes(run)


def add_records(stream: Stream, size: int, target: Path, page: bool) -> None:
    """Writes the stream with at least `size` bytes, made so by records of zero-filled pages.

    They stand in PARTs of their own before all other PARTs, so that every page still ends with the content it had.
    """
    ram = stream.ram
    run = record_run(stream.blocks[0], page)
    part = struct.pack(">BI", PART, ram.identity) + run + struct.pack(">QBI", EOS, FOOTER, ram.identity)
    with target.open("wb") as out:
        out.write(stream.data[: stream.live_start_end])
        missing = size - len(stream.data)
        for _ in range(-(-missing // len(part)) if missing > 0 else 0):
            out.write(part)
        out.write(stream.data[stream.live_start_end :])


def as_mapped_ram(stream: Stream, memory: int, target: Path) -> None:
    """Writes the stream as a sparse file in the mapped-ram form, with a first block of `memory` bytes, all zero.

    The form (QEMU 9.0 and later) gives every page a fixed place; pages whose bit is clear are zero and stay a hole.
    """
    blocks = [Block(stream.blocks[0].name, memory), *stream.blocks[1:]]
    with target.open("wb") as out:
        out.write(stream.data[:8])
        out.write(_configuration(stream.machine, [MAPPED]))
        for item in stream.items:
            if item.name != b"ram":
                out.write(stream.data[item.start : item.end])
            elif item.kind == START:
                _write_mapped_start(stream, item, blocks, out)
            elif item.kind == END:
                out.write(struct.pack(">BIQBI", END, item.identity, EOS, FOOTER, item.identity))
        out.write(_renamed_capability(stream.data[stream.devices_start :]))


def _renamed_capability(tail: bytes) -> bytes:
    """The device sections and their description, which from 8.2 on gives the size of the capability's name as well."""
    field = b'"type": "capability", "size": %d}'
    return tail.replace(field % (len(SHARED) + 1), field % (len(MAPPED) + 1))


def _configuration(machine: bytes, capabilities: list[bytes]) -> bytes:
    name = b"configuration/capabilities"
    body = b"".join(bytes([len(capability)]) + capability for capability in capabilities)
    return (
        struct.pack(">BI", CONFIGURATION, len(machine)) + machine
        + struct.pack(">BB", SUBSECTION, len(name)) + name + struct.pack(">II", 1, len(capabilities)) + body
    )


def _write_mapped_start(stream: Stream, item: Item, blocks: list[Block], out) -> None:
    header_end = item.start + 5 + 1 + len(item.name) + 8
    out.write(stream.data[item.start : header_end])
    out.write(struct.pack(">Q", sum(block.length for block in blocks) | MEM_SIZE))
    for block in blocks:
        out.write(bytes([len(block.name)]) + block.name + struct.pack(">Q", block.length))
        bitmap = out.tell() + 4 + 3 * 8
        bitmap_size = -(-block.length // (PAGE_SIZE * 64)) * 8
        pages = -(-(bitmap + bitmap_size) // MAPPED_ALIGNMENT) * MAPPED_ALIGNMENT
        out.write(struct.pack(">IQQQ", 1, PAGE_SIZE, bitmap, pages))
        out.seek(pages + block.length)
    out.write(struct.pack(">QBI", EOS, FOOTER, item.identity))


def section_bodies(stream: Stream) -> dict[str, tuple[int, int]]:
    """Offset and length of the bodies of the device sections with instance 0, found by the self-description."""
    data = stream.data
    end = data.rindex(b"\0\6")
    while end + 6 + struct.unpack_from(">I", data, end + 2)[0] != len(data):
        end = data.rindex(b"\0\6", 0, end)
    # Lists of pairs: keys may repeat.
    description = dict(json.loads(data[end + 6 :], object_pairs_hook=list))
    found = {}
    for pairs in reversed(description["devices"]):
        device = dict(pairs)
        length = _wire_size(pairs)
        body = end - 5 - length
        if device["instance_id"] == 0:
            found[device["name"]] = (body, length)
        end = body - 14 - len(device["name"])
    return found


def _wire_size(pairs: list) -> int:
    members = dict(pairs)
    if "vmsd_name" not in members:
        return members["size"]
    size = sum(dict(field)["size"] * dict(field).get("array_len", 1) for field in members["fields"])
    for subsection in members.get("subsections", []):
        size += 6 + len(dict(subsection)["vmsd_name"]) + _wire_size(subsection)
    return size


def claim_everything(stream: Stream, target: Path) -> int:
    """Writes the stream with every number of the XIVE space claimed and configured; the result is how many.

    The worst case for storing and comparing: no row is as reset left it.
    """
    data = bytearray(stream.data)
    bodies = section_bodies(stream)
    table, _ = bodies["spapr-xive"]
    status, _ = bodies["xive-source"]
    (count,) = struct.unpack_from(">I", data, table)
    for number in range(count):
        # VALID, masked, with an EISN of its own; in the byte order of a little-endian host.
        struct.pack_into("<Q", data, table + 4 + 8 * number, 0x8000000080000000 | number)
        data[status + 4 + number] = 2
    target.write_bytes(data)
    return count
