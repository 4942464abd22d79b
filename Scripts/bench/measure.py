"""Time and memory of commands, run in turns so that a busy machine slows all of them alike."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass, field


class CommandFailed(Exception):
    """A command ended with another status than it should."""


@dataclass
class Command:
    name: str
    arguments: list[str]
    expected_status: int = 0
    before: object = None
    """Called in front of every run, outside the time taken."""
    seconds: list[float] = field(default_factory=list)
    processor_seconds: list[float] = field(default_factory=list)
    peak_bytes: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def processor_median(self) -> float:
        return statistics.median(self.processor_seconds)

    def forget(self) -> None:
        """Drops the times taken so far."""
        self.seconds.clear()
        self.processor_seconds.clear()

    def run(self) -> None:
        """Runs it once, output discarded."""
        if self.before:
            self.before()
        discard = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
        started = time.perf_counter()
        process = os.posix_spawn(self.arguments[0], self.arguments, os.environ, file_actions=discard)
        _, status, usage = os.wait4(process, 0)
        self.seconds.append(time.perf_counter() - started)
        self.processor_seconds.append(usage.ru_utime + usage.ru_stime)
        # Kilobytes on Linux. A new process starts with the peak of this interpreter, which must stay small.
        self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * 1024)
        code = os.waitstatus_to_exitcode(status)
        if code != self.expected_status:
            raise CommandFailed(f"{self.name}: exit {code} from {' '.join(self.arguments)}")


def in_turns(commands: list[Command], rounds: int) -> None:
    """Runs every command once a round, and once in front to warm caches."""
    for command in commands:
        command.run()
        command.forget()
    for _ in range(rounds):
        for command in commands:
            command.run()
