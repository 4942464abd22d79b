"""What the monitor's `info pic` printed, as values.

The text of QEMU 5.2, 7.2, 10.0 and 11.1 for a pseries machine: `xive_tctx_pic_print_info` and
`spapr_xive_pic_print_info` (hw/intc/xive.c, hw/intc/spapr_xive.c) for XIVE,
`icp_pic_print_info` and `ics_pic_print_info` (hw/intc/xics.c) for XICS. A line that is
none of the known ones is an error: a line skipped is a fact not checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

RING_FIELDS = ("nsr", "cppr", "ipb", "lsmfb", "ack_count", "inc", "age", "pipr")
RING_OFFSETS = {"USER": 0x00, "OS": 0x10, "POOL": 0x20, "PHYS": 0x30}

_HEX2 = "[0-9a-f]{2}"
_IGNORED = re.compile(
    r"irqchip: \w+|"
    r"Interrupt controller information not available for \S+\.|"
    r"CPU\[[0-9a-f]{4}\]:   QW   NSR CPPR IPB LSMFB ACK# INC AGE PIPR  W2|"
    r"  LISN         PQ    EISN     CPU/PRIO EQ"
)
_RING = re.compile(rf"CPU\[([0-9a-f]{{4}})\]: +(USER|OS|POOL|PHYS)((?: +{_HEX2}){{8}})  ([0-9a-f]{{8}})")
_XIVE_SOURCE = re.compile(r"  ([0-9a-f]{8}) (MSI|LSI) ([P-])([Q-])([A ]) ([M ]) ([0-9a-f]{8}) ?(.*)")
_QUEUE = re.compile(
    r" *(\d+)/(\d+) +(\d+)/ *(\d+) @([0-9a-f]+) \^([01]) \[((?: \^?[0-9a-f]{8})+) \]"
)
_PRESENTER = re.compile(rf"CPU (\d+) XIRR=([0-9a-f]{{8}}) \(\S+\) PP=({_HEX2}) MFRR=({_HEX2})")
_ICS = re.compile(r"ICS ([0-9a-f]{4})\.\.([0-9a-f]{4}) \S+")
_XICS_SOURCE = re.compile(rf"  ([0-9a-f]{{4}}) (MSI|LSI) ({_HEX2}) ({_HEX2})")


class InfoPicError(Exception):
    """A line that is not part of the format."""


@dataclass(frozen=True)
class Queue:
    """The queue column of a XIVE source."""

    server: int
    priority: int
    next: int
    entries: int
    address: int
    generation: int
    words: tuple[int, ...]
    """The last entries, the one to be written next being last."""


@dataclass(frozen=True)
class XiveSource:
    """A claimed number under XIVE."""

    number: int
    kind: str
    p: bool
    q: bool
    asserted: bool
    masked: bool
    eisn: int
    queue: Queue | None
    """None where the number is masked or its queue descriptor is not valid."""


@dataclass(frozen=True)
class XicsSource:
    """A claimed number under XICS."""

    number: int
    kind: str
    priority: int
    status: int


@dataclass(frozen=True)
class Presenter:
    xirr: int
    pending_priority: int
    mfrr: int


@dataclass(frozen=True)
class Ring:
    registers: tuple[int, ...]
    """The eight bytes named by RING_FIELDS."""
    word2: int


@dataclass
class InfoPic:
    """One print of `info pic`: either the XIVE or the XICS members are filled, the controller in force."""

    contexts: dict[int, dict[str, Ring]] = field(default_factory=dict)
    """By vCPU index, in the order printed, which is that of creation; then by ring."""
    xive: dict[int, XiveSource] = field(default_factory=dict)
    presenters: dict[int, Presenter] = field(default_factory=dict)
    """By vCPU index."""
    xics: dict[int, XicsSource] = field(default_factory=dict)
    xics_range: tuple[int, int] | None = None
    """First and last number of the XICS source controller."""

    @property
    def mode(self) -> str:
        return "xics" if self.xics_range else "xive"


def _kind(text: str) -> str:
    return text.lower()


def _queue(text: str, line: int) -> Queue | None:
    if not text.strip():
        return None
    found = _QUEUE.fullmatch(text)
    if not found:
        raise InfoPicError(f"line {line}: not a queue column: {text!r}")
    words = [int(word.lstrip("^"), 16) for word in found[7].split()]
    return Queue(
        server=int(found[1]), priority=int(found[2]), next=int(found[3]), entries=int(found[4]),
        address=int(found[5], 16), generation=int(found[6]), words=tuple(words),
    )


def _put(table: dict, key, value, line: int) -> None:
    if key in table:
        raise InfoPicError(f"line {line}: {key:#x} for the second time")
    table[key] = value


def parse(text: str) -> InfoPic:
    """The values in a print of `info pic`; raises InfoPicError for anything it does not know."""
    pic = InfoPic()
    for line, content in enumerate(text.splitlines(), start=1):
        if not content or _IGNORED.fullmatch(content):
            continue
        if found := _RING.fullmatch(content):
            registers = tuple(int(byte, 16) for byte in found[3].split())
            rings = pic.contexts.setdefault(int(found[1], 16), {})
            if found[2] in rings:
                raise InfoPicError(f"line {line}: ring {found[2]} for the second time")
            rings[found[2]] = Ring(registers, int(found[4], 16))
        elif found := _XIVE_SOURCE.fullmatch(content):
            source = XiveSource(
                number=int(found[1], 16), kind=_kind(found[2]), p=found[3] == "P", q=found[4] == "Q",
                asserted=found[5] == "A", masked=found[6] == "M", eisn=int(found[7], 16),
                queue=_queue(found[8], line),
            )
            _put(pic.xive, source.number, source, line)
        elif found := _PRESENTER.fullmatch(content):
            presenter = Presenter(int(found[2], 16), int(found[3], 16), int(found[4], 16))
            _put(pic.presenters, int(found[1]), presenter, line)
        elif found := _ICS.fullmatch(content):
            pic.xics_range = (int(found[1], 16), int(found[2], 16))
        elif found := _XICS_SOURCE.fullmatch(content):
            source = XicsSource(int(found[1], 16), _kind(found[2]), int(found[3], 16), int(found[4], 16))
            _put(pic.xics, source.number, source, line)
        else:
            raise InfoPicError(f"line {line}: unknown: {content!r}")
    _require_whole(pic)
    return pic


def _require_whole(pic: InfoPic) -> None:
    if pic.xics_range:
        if pic.contexts or pic.xive:
            raise InfoPicError("both controllers in one print")
        if not pic.xics or not pic.presenters:
            raise InfoPicError("XICS without sources or presenters")
        return
    if not pic.xive or not pic.contexts or pic.xics or pic.presenters:
        raise InfoPicError("neither a XIVE nor a XICS print")
    for cpu, rings in pic.contexts.items():
        if set(rings) != set(RING_OFFSETS):
            raise InfoPicError(f"vCPU {cpu}: rings {sorted(rings)} only")
