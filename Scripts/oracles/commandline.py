"""A QEMU command line as a machine description, as far as numbers depend on it."""

from __future__ import annotations

import re

VIRTUAL_DEVICES = {"spapr-vty": "vty", "spapr-vlan": "vlan", "spapr-vscsi": "vscsi"}


class CommandLineError(Exception):
    """An option whose effect on numbers is not known."""


def description(manifest: dict) -> str:
    """The machine of a capture in YAML."""
    options = _options(manifest["command_line"])
    head, machine = _properties(next(value for name, value in options if name in ("-M", "-machine")))
    lines = [f"machine: {head}"]
    lines += _members(machine, {"ic-mode": "ic-mode", "vsmt": "vsmt", "modern-hotplug-events": "modern-hotplug-events"})
    devices, cores, serials = [], [], 0
    for name, value in options:
        kind, properties = _properties(value)
        if name == "-cpu":
            lines.append(f"cpu: {re.split('[_,]', value)[0].lower()}")
        elif name == "-smp":
            lines.append(f"cpus: {properties.get('cpus', kind)}")
            lines += _members(properties, {"maxcpus": "maxcpus", "threads": "threads"})
        elif name == "-serial":
            serials += value != "none"
        elif name == "-global" and value.startswith("spapr-nvram.reg="):
            lines.append(f"nvram: {value.split('=')[1]}")
        elif name == "-device":
            if kind in VIRTUAL_DEVICES:
                devices.append(f"{VIRTUAL_DEVICES[kind]}: {properties.get('reg', '')}")
            elif kind == "spapr-pci-host-bridge":
                devices.append(f"phb: {properties['index']}")
            elif kind.endswith("-spapr-cpu-core"):
                cores.append(properties["core-id"])
            elif kind.startswith("spapr"):
                raise CommandLineError(f"-device {value}")
    lines.append(f"serial: {serials}")
    if cores:
        lines.append(f"added-cpus: [{', '.join(cores)}]")
    if devices:
        lines += ["devices:"] + [f"  - {device}" for device in devices]
    return "\n".join(lines) + "\n"


def _options(words: list[str]) -> list[tuple[str, str]]:
    """Options with their values; a switch has none."""
    pairs = []
    for place, word in enumerate(words[1:], start=1):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word.startswith("-"):
            pairs.append((word, "" if following.startswith("-") else following))
    return pairs


def _properties(value: str) -> tuple[str, dict[str, str]]:
    head, *parts = value.split(",")
    return head, dict(part.split("=", 1) for part in parts if "=" in part)


def _members(properties: dict[str, str], keys: dict[str, str]) -> list[str]:
    return [f"{key}: {properties[name]}" for name, key in keys.items() if name in properties]
