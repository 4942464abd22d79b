"""A QEMU command line as a machine description that `irqproof replay --source` takes."""

from __future__ import annotations

import json

VIRTUAL_DEVICES = {"spapr-vty": "vty", "spapr-vlan": "vlan", "spapr-vscsi": "vscsi"}


class UnknownOption(Exception):
    """Something on a command line that touches interrupts and that this does not read."""


def description(command_line: list[str], build: str) -> str:
    """The description as JSON, which is YAML too."""
    machine: dict = {"build": build, "devices": [], "serials": 0}
    buses = {"pci.0": 0}
    for option, value in zip(command_line, command_line[1:]):
        if option == "-M":
            read_machine(value, machine)
        elif option == "-cpu":
            machine["cpu"] = value.partition("_")[0]
        elif option == "-m":
            machine["memory"] = value
        elif option == "-smp":
            count, properties = split(value)
            machine["cpus"] = int(count)
            machine["maxcpus"] = int(properties.get("maxcpus", count))
        elif option == "-serial" and value != "none":
            machine["serials"] += 1
        elif option == "-device":
            device = read_device(value, buses)
            if device:
                machine["devices"].append(device)
    return json.dumps(machine)


def split(value: str) -> tuple[str, dict[str, str]]:
    """`name,key=value,…` as name and properties."""
    head, *rest = value.split(",")
    return head, dict(part.partition("=")[::2] for part in rest)


def read_machine(value: str, machine: dict) -> None:
    machine["type"], properties = split(value)
    for key in ("ic-mode", "vsmt"):
        if key in properties:
            machine[key] = properties[key]
    if "modern-hotplug-events" in properties:
        machine["hotplug-events"] = properties["modern-hotplug-events"]


def read_device(value: str, buses: dict[str, int]) -> dict | str | None:
    """A device as descriptions write it; nothing for one without an interrupt of the machine."""
    name, properties = split(value)
    if name in VIRTUAL_DEVICES:
        kind = VIRTUAL_DEVICES[name]
        return {kind: properties["reg"]} if "reg" in properties else kind
    if name == "spapr-pci-host-bridge":
        index = int(properties["index"], 0)
        buses[properties.get("id", "") + ".0"] = index
        return {"phb": index}
    if name.endswith("-spapr-cpu-core"):
        return {"core": int(properties["core-id"], 0)}
    bus = properties.get("bus")
    if bus is None:
        return None
    if bus not in buses:
        raise UnknownOption(f"-device {value}: on a bus that is no host bridge's")
    slot = int(properties["addr"].partition(".")[0], 16)
    return {"pci": {"model": name, "at": f"phb{buses[bus]}:{slot:02x}.0"}}
