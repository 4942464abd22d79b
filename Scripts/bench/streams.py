"""Makes large saved streams out of small ones, as the format allows.

Layouts are those of QEMU's migration stream (migration/savevm.c, migration/ram.c, QEMU 5.2 to 11.1); integers are
big-endian. Only what the benchmarks need: streams with a self-description and section footers.
"""

from __future__ import annotations

import json
import struct
import zlib
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


def as_stopped_guest(stream: Stream, size: int, target: Path) -> None:
    """Writes the stream with at least `size` bytes, as QEMU saves a guest that was stopped before.

    Every page comes once, in ascending order, with its content: here zeros.
    """
    ram, block = stream.ram, stream.blocks[0]
    count = -(-size // (PAGE_SIZE + 8))
    if count * PAGE_SIZE > block.length:
        raise StreamError(f"the guest's memory is smaller than {size} bytes")
    content = bytes(PAGE_SIZE)
    with target.open("wb") as out:
        out.write(stream.data[: stream.live_start_end])
        out.write(struct.pack(">BI", PART, ram.identity))
        out.write(struct.pack(">QB", PAGE, len(block.name)) + block.name + content)
        for page in range(1, count):
            out.write(struct.pack(">Q", page * PAGE_SIZE | PAGE | CONTINUE) + content)
        out.write(struct.pack(">QBI", EOS, FOOTER, ram.identity))
        out.write(stream.data[min(item.start for item in stream.items if item.kind == END) :])


def as_many_passes(stream: Stream, size: int, target: Path) -> int:
    """Writes the stream with at least `size` bytes: its pages come again and again, as from a busy guest.

    The result is the offset of the first PART.
    """
    ram, block = stream.ram, stream.blocks[0]
    pages = min(block.length, 64 << 20) // PAGE_SIZE
    content = bytes(range(256)) * (PAGE_SIZE // 256)
    with target.open("wb") as out:
        out.write(stream.data[: stream.live_start_end])
        first = out.tell()
        while out.tell() < size:
            out.write(struct.pack(">BI", PART, ram.identity))
            out.write(struct.pack(">QB", PAGE, len(block.name)) + block.name + content)
            for page in range(1, pages):
                out.write(struct.pack(">Q", page * PAGE_SIZE | PAGE | CONTINUE) + content)
            out.write(struct.pack(">QBI", EOS, FOOTER, ram.identity))
        out.write(stream.data[min(item.start for item in stream.items if item.kind == END) :])
    return first


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


@dataclass(frozen=True)
class Bodies:
    """Where the bodies of the device sections stand, found by the self-description."""

    places: dict[tuple[str, int], tuple[int, int]]
    """By name and instance: offset and length."""
    description: int
    """Offset of the self-description's text; its length stands in the four bytes before."""


def section_bodies(data: bytes) -> Bodies:
    end = data.rindex(b"\0\6")
    while end + 6 + struct.unpack_from(">I", data, end + 2)[0] != len(data):
        end = data.rindex(b"\0\6", 0, end)
    places, text = {}, end + 6
    # Lists of pairs: keys may repeat.
    description = dict(json.loads(data[text:], object_pairs_hook=list))
    for pairs in reversed(description["devices"]):
        device = dict(pairs)
        length = _wire_size(pairs)
        body = end - 5 - length
        places[device["name"], device["instance_id"]] = (body, length)
        end = body - 14 - len(device["name"])
    return Bodies(places, text)


def _wire_size(pairs: list) -> int:
    members = dict(pairs)
    if "vmsd_name" not in members:
        return members["size"]
    size = sum(dict(field)["size"] * dict(field).get("array_len", 1) for field in members["fields"])
    for subsection in members.get("subsections", []):
        size += 6 + len(dict(subsection)["vmsd_name"]) + _wire_size(subsection)
    return size


SERVERS = 4096
FIRST_MESSAGE, END_OF_NUMBERS = 0x1300, 0x2000
RESET_END = struct.pack("<8I", 0, 0x50000000, 0, 0, 0, 0, 0, 0)


def with_most_numbers(stream: Stream, target: Path) -> int:
    """Writes the stream as that of a machine with as many numbers claimed as one can have; the result is how many.

    Room for 4096 vCPUs, each with its inter-processor interrupt, and every message number given to one of the devices
    that have some. The machine runs under XIVE and was saved by a little-endian host.
    """
    data = bytearray(stream.data)
    _give_all_messages(data)
    _make_room_for_servers(data)
    claimed = _claim(data, [*range(SERVERS), *range(FIRST_MESSAGE, END_OF_NUMBERS)])
    target.write_bytes(data)
    return claimed


def make_pending(path: Path, every: int) -> None:
    """Gives every so manieth number of a saved machine an event that waits."""
    data = bytearray(path.read_bytes())
    body, _ = section_bodies(bytes(data)).places["xive-source", 0]
    (numbers,) = struct.unpack_from(">I", data, body)
    data[body + 4 : body + 4 + numbers : every] = b"\x02" * len(range(0, numbers, every))
    path.write_bytes(data)


def with_wide_space(stream: Stream, numbers: int, target: Path) -> None:
    """Writes the stream as that of a machine whose XIVE controller has so many numbers, every one claimed and masked.

    QEMU's machines have 8,192; nothing in the format stops one from having more. No device raises the others.
    """
    data = bytearray(stream.data)
    bodies = section_bodies(bytes(data))
    text = bytes(data[bodies.description :])
    places = []
    for name, entry in (("spapr-xive", 8), ("xive-source", 1)):
        body, _ = bodies.places[name, 0]
        (old,) = struct.unpack_from(">I", data, body)
        sizes = {8: ('"name": "eat", "array_len": {}', old), 1: ('"name": "status", "type": "buffer", "size": {}', old)}
        pattern, size = sizes[entry]
        if text.count(pattern.format(size).encode()) != 1:
            raise StreamError(f"the self-description does not give the size of {name} where it is looked for")
        text = text.replace(pattern.format(size).encode(), pattern.format(numbers).encode())
        places.append((body, old, entry))
    data[bodies.description - 4 :] = struct.pack(">I", len(text)) + text
    # From the end, so that the places in front stay.
    for body, old, entry in sorted(places, reverse=True):
        struct.pack_into(">I", data, body, numbers)
        end = body + 4 + entry * old
        data[end:end] = (b"\x01" if entry == 1 else bytes(8)) * (numbers - old)
    _claim(data, list(range(numbers)))
    target.write_bytes(data)


def _give_all_messages(data: bytearray) -> None:
    places = section_bodies(bytes(data)).places
    entries = []
    for (name, _), (body, _) in places.items():
        if name == "spapr_pci":
            (count,) = struct.unpack_from(">I", data, body + 24)
            entries += [body + 28 + 12 * index for index in range(count)]
    share = (END_OF_NUMBERS - FIRST_MESSAGE) // len(entries)
    first = FIRST_MESSAGE
    for place in sorted(entries):
        count = END_OF_NUMBERS - first if place == max(entries) else share
        struct.pack_into(">II", data, place + 4, first, count)
        first += count
    body, length = places["spapr", 0]
    marker = bytes([SUBSECTION, 13]) + b"spapr_irq_map"
    bitmap = data.index(marker, body, body + length) + len(marker) + 4
    size = (END_OF_NUMBERS - FIRST_MESSAGE) // 8
    data[bitmap : bitmap + size] = b"\xff" * size


def _make_room_for_servers(data: bytearray) -> None:
    bodies = section_bodies(bytes(data))
    tree, length = bodies.places["spapr", 0]
    _set_cells(data, tree, tree + length, b"ibm,xive-lisn-ranges", [0, SERVERS])
    table, length = bodies.places["spapr-xive", 0]
    (numbers,) = struct.unpack_from(">I", data, table)
    queues = (length - 4 - 8 * numbers) // 32
    old, new = f'"name": "endt", "array_len": {queues},', f'"name": "endt", "array_len": {8 * SERVERS},'
    text = bytes(data[bodies.description :])
    if text.count(old.encode()) != 1:
        raise StreamError("the self-description does not give the number of queues where it is looked for")
    text = text.replace(old.encode(), new.encode())
    data[bodies.description - 4 :] = struct.pack(">I", len(text)) + text
    data[table + length : table + length] = RESET_END * (8 * SERVERS - queues)


def _set_cells(data: bytearray, start: int, end: int, name: bytes, cells: list[int]) -> None:
    """Sets a property of the flattened device tree between two offsets; its size stays."""
    tree = data.index(b"\xd0\x0d\xfe\xed", start, end)
    structure, strings = struct.unpack_from(">II", data, tree + 8)
    place = data.index(b"\0" + name + b"\0", tree + strings, end) + 1 - tree - strings
    token = struct.pack(">III", 3, 4 * len(cells), place)
    value = data.index(token, tree + structure, end) + len(token)
    data[value : value + 4 * len(cells)] = struct.pack(f">{len(cells)}I", *cells)


def _claim(data: bytearray, numbers: list[int]) -> int:
    """Claims numbers in the XIVE tables, masked; the result is how many are claimed then."""
    table, _ = section_bodies(bytes(data)).places["spapr-xive", 0]
    (count,) = struct.unpack_from(">I", data, table)
    assignments = list(struct.unpack_from(f"<{count}Q", data, table + 4))
    for number in numbers:
        # VALID and masked, as the guest finds them.
        assignments[number] = assignments[number] or 0x8000000080000000
    struct.pack_into(f"<{count}Q", data, table + 4, *assignments)
    return sum(assignment >> 63 for assignment in assignments)


def as_disk_image(stream: bytes, bits: int = 16, extended: bool = False, packed: bool = False) -> bytes:
    """A qcow2 image with one snapshot `s`, its state behind a disk of one byte, as QEMU stores it.

    - `bits`: base 2 logarithm of the cluster size.
    - `packed`: compresses every cluster, which QEMU does not do to a machine's state.
    """
    cluster = 1 << bits
    width = 16 if extended else 8
    out = bytearray(cluster)

    def align() -> None:
        out.extend(bytes(-len(out) % cluster))

    entries = bytearray()
    for start in range(0, len(stream), cluster):
        part = stream[start : start + cluster].ljust(cluster, b"\0")
        if packed:
            deflate = zlib.compressobj(9, zlib.DEFLATED, -12)
            small = deflate.compress(part) + deflate.flush()
            host = len(out)
            out += small
            sectors = (host % 512 + len(small) + 511) // 512 - 1
            entry = 1 << 62 | sectors << (70 - bits) | host
        else:
            align()
            entry = 1 << 63 | len(out)
            out += part
        entries += struct.pack(">Q", entry) + (struct.pack(">Q", 0xFFFFFFFF) if extended else b"")
    tables = [0]
    for start in range(0, len(entries), cluster):
        align()
        tables.append(len(out))
        out += entries[start : start + cluster].ljust(cluster, b"\0")
    align()
    first = len(out)
    out += struct.pack(f">{len(tables)}Q", *tables)
    align()
    snapshots = len(out)
    out += struct.pack(">QIHHIIQII", first, len(tables), 1, 1, 1_700_000_000, 0, 5, 0, 24)
    out += struct.pack(">QQQ", len(stream), 1, (1 << 64) - 1) + b"1s" + bytes(6)
    header = b"QFI\xfb" + struct.pack(">IQIIQIIQQIIQ", 3, 0, 0, bits, 1 << 30, 0, 0, 0, 0, 0, 1, snapshots)
    header += struct.pack(">QQQII", 16 if extended else 0, 0, 0, 4, 112) + bytes(8)
    out[: len(header)] = header
    return bytes(out)
