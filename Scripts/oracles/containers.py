"""The migration stream inside a container, taken out by independent code.

libvirt's save images, qcow2 images with internal snapshots (uncompressed clusters, as QEMU writes a machine's state),
and streams behind a prefix. Formats as in docs/interop/qcow2.rst of QEMU and qemu_saveimage.h of libvirt.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import struct
import subprocess
from pathlib import Path

MAGIC = b"QEVM\0\0\0\3"
LIBVIRT_MAGIC = b"LibvirtQemudSave"
LIBVIRT_HEADER = 92
RAW, GZIP, BZIP2, XZ, LZOP, ZSTD, SPARSE = range(7)
PREFIX_SEARCHED = 1 << 16


class ContainerError(Exception):
    """Not a container these helpers understand."""


def is_mapped(data: bytes) -> bool:
    """Whether a stream gives its pages fixed places, which change when it is taken out of its file."""
    return b"\x0amapped-ram" in data[:256]


def prefix(data: bytes) -> int:
    """Where a stream begins that was written behind something else."""
    return max(data.find(MAGIC, 0, PREFIX_SEARCHED), 0)


def libvirt_stream(data: bytes) -> bytes:
    order = "<" if struct.unpack_from("<I", data, 16)[0] <= 2 else ">"
    _, length, _, form, _ = struct.unpack_from(order + "5I", data, 16)
    payload = data[LIBVIRT_HEADER + length :]
    if form in (RAW, SPARSE):
        return payload
    if form == ZSTD:
        return subprocess.run([shutil.which("zstd") or "zstd", "-dc"], input=payload, check=True, capture_output=True).stdout
    if form not in (GZIP, BZIP2, XZ):
        raise ContainerError(f"libvirt format {form}")
    return {GZIP: gzip, BZIP2: bz2, XZ: lzma}[form].decompress(payload)


def snapshots(data: bytes) -> dict[str, bytes]:
    """Name and stream of every snapshot of an image."""
    bits, size = struct.unpack_from(">IQ", data, 20)
    count, place = struct.unpack_from(">IQ", data, 60)
    (version,) = struct.unpack_from(">I", data, 4)
    extended = version == 3 and bool(struct.unpack_from(">Q", data, 72)[0] & 16)
    found = {}
    for _ in range(count):
        table, entries, id_length, name_length = struct.unpack_from(">QIHH", data, place)
        short, extra = struct.unpack_from(">II", data, place + 32)
        state, disk = struct.unpack_from(">QQ", data, place + 40) if extra >= 16 else (short, size)
        end = place + 40 + extra + id_length + name_length
        name = data[end - name_length : end].decode()
        found[name] = _state(data, 1 << bits, 16 if extended else 8, table, disk, state)
        place = -(-end // 8) * 8
    return found


def _state(data: bytes, cluster: int, width: int, table: int, disk: int, size: int) -> bytes:
    per_table = cluster // width
    first = -(-disk // (cluster * per_table)) * per_table
    mask = 0x00FFFFFFFFFFFE00
    out = bytearray()
    for number in range(first, first + -(-size // cluster)):
        level_two = struct.unpack_from(">Q", data, table + 8 * (number // per_table))[0] & mask
        entry = struct.unpack_from(">Q", data, level_two + width * (number % per_table))[0] if level_two else 0
        host = entry & mask
        if entry >> 62 & 1:
            raise ContainerError("a compressed cluster in a machine's state")
        out += data[host : host + cluster] if host and not entry & 1 else bytes(cluster)
    return bytes(out[:size])


def load(path: Path) -> bytes:
    """A file, decompressed if its name says so."""
    if path.suffix == ".xz":
        with lzma.open(path) as packed:
            return packed.read()
    return path.read_bytes()
