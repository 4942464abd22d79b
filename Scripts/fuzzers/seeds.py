#!/usr/bin/env python3
"""Writes the first inputs of every fuzzer into a folder, a folder for each target, out of the fixtures.

Real guests are cut down to their interrupt sections: an input of megabytes teaches a fuzzer nothing more.
"""

import json
import lzma
import struct
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import streams

FIXTURES = Path(__file__).resolve().parents[2] / "Fixtures"
GUESTS = (
    "q5.2_2.12_legacy_A_reset", "q7.2_7.2_xive_A_reset", "q10.0_3.1_dual_A_reset", "q11.1_11.1_xics_B_reset",
    "lx_q7.2_7.2_xive",
)
TREES = ("q5.2_2.12_legacy_A_reset", "q7.2_7.2_xive_A_reset", "q11.1_11.1_xics_B_reset")
INTERRUPT_SECTIONS = {"cpu_common", "icp/server", "xive-tctx", "ics", "xive-source", "spapr-xive", "spapr_pci", "spapr"}


def unpacked(path):
    with lzma.open(path) as packed:
        return packed.read()


def guest(name):
    return unpacked(FIXTURES / "captures" / name / "stream.bin.xz")


class Members(list):
    """An object of JSON whose keys may repeat."""


def dumped(value):
    if isinstance(value, Members):
        return "{" + ", ".join(f"{json.dumps(key)}: {dumped(member)}" for key, member in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return json.dumps(value)


def reduced(data):
    """The stream with its interrupt sections only, and a description of just these."""
    bodies = streams.section_bodies(data)
    top = json.loads(data[bodies.description:], object_pairs_hook=Members)
    devices = dict(top)["devices"]
    kept = Members((key, value) for key, value in top if key != "devices")
    out = bytearray(data[: streams.Stream(data).devices_start])
    described = []
    for device in devices:
        members = dict(device)
        name = members["name"]
        if name not in INTERRUPT_SECTIONS and not name.startswith("vty@"):
            continue
        body, length = bodies.places[name, members["instance_id"]]
        out += data[body - 14 - len(name): body + length + 5]
        described.append(device)
    kept.append(("devices", described))
    text = dumped(kept).encode()
    return bytes(out), bytes(out) + b"\0\6" + struct.pack(">I", len(text)) + text


def description(data):
    return data[streams.section_bodies(data).description:]


def libvirt(stream, order, form=0, cookie=True):
    text = b"<domain type='qemu'><name>g</name></domain>\0"
    extra = b"<cookie/>\0" if cookie else b""
    length = len(text) + len(extra)
    head = b"LibvirtQemudSave" + struct.pack(order + "5I", 2, length, 1, form, len(text) if cookie else 0)
    return head.ljust(92, b"\0") + text + extra + stream


def mapped_ram(devices, memory=8192):
    """What follows the header of section `ram` in the stream that the target builds around it, 88 bytes in."""
    begin = 88
    name = b"ppc_spapr.ram"
    head = struct.pack(">QB", memory | 4, len(name)) + name + struct.pack(">Q", memory)
    bitmap = begin + len(head) + 28
    pages = -(-(bitmap + 8) // 4096) * 4096
    head += struct.pack(">IQQQ", 1, 4096, bitmap, pages)
    head += struct.pack("<Q", 1)
    body = head.ljust(pages - begin, b"\0") + b"\x55" * memory
    footer = struct.pack(">BI", 0x7E, 2)
    return body + struct.pack(">Q", 0x10) + footer + struct.pack(">BIQ", 3, 2, 0x10) + footer + devices


def write(folder, target, seeds):
    place = folder / target
    place.mkdir(parents=True, exist_ok=True)
    for name, data in seeds.items():
        (place / name).write_bytes(data)


def main():
    folder = Path(sys.argv[1])
    vectors = {path.name.removesuffix(".bin.xz"): unpacked(path)
               for path in sorted((FIXTURES / "containers").glob("*.xz"))}
    vectors = {name: data for name, data in vectors.items() if len(data) < 40_000}
    small = {name: data for name, data in vectors.items() if data.startswith(b"QEVM")}
    toy = vectors["00-ok"]
    guests = {name: guest(name) for name in GUESTS}
    cut = {name: reduced(data)[1] for name, data in guests.items()}
    plain = {name + "-plain": reduced(data)[0] + b"\0" for name, data in guests.items()}
    write(folder, "stream", small | cut | plain)
    write(folder, "description", {name: description(data) for name, data in (guests | {"toy": toy}).items()}
          | {f"{name}-text": data[data.rindex(b"\0\6") + 6:] for name, data in small.items() if b"\0\6" in data})
    write(folder, "qcow2", {
        "plain": streams.as_disk_image(toy, bits=9),
        "extended": streams.as_disk_image(toy, bits=14, extended=True),
        "packed": streams.as_disk_image(toy, bits=12, packed=True),
    } | {name: data for name, data in vectors.items() if data.startswith(b"QFI")})
    write(folder, "libvirt", {f"{order}{form}": libvirt(toy, code, form)
                              for order, code in (("little", "<"), ("big", ">")) for form in (0, 1, 6)}
          | {name: data for name, data in vectors.items() if data.startswith(b"Libvirt")})
    devices = toy[streams.Stream(toy).devices_start:]
    write(folder, "mapped-ram", {"one": mapped_ram(devices), "short": mapped_ram(b"\0")})
    write(folder, "device-tree",
          {name: unpacked(FIXTURES / "captures" / name / "machine.dtb.xz") for name in TREES})
    # For the target snapshot-file: what it stores is made from these by the fuzzer itself.
    write(folder, "guests", {name: cut[name] for name in GUESTS[:2]})


if __name__ == "__main__":
    main()
