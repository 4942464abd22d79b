"""What `verify` says of a pair, held against its manifest."""

from __future__ import annotations

import json
import re

from .tool import Outcome

SCHEMA = "irqproof/verify/1"
# Numbers compared with the destination as loaded, and as built.
FIGURES = ("numbers_walked", "constructed_numbers")
EXIT_STATUS = {"identical": 0, "different": 1}

_HEX = re.compile(r"0x[0-9a-f]+")
_SERVER = re.compile(r"\bservers? (\d+)(?:(?: and|,) (\d+))?")


def differences(outcome: Outcome, verdict: str, expected: str) -> list[str]:
    """Everything in which a run of `verify --format json` does not meet a manifest."""
    if outcome.status != EXIT_STATUS[verdict]:
        return [f"exit {outcome.status}, expected {EXIT_STATUS[verdict]} ({expected})"]
    found = []
    document = outcome.document()
    if document.get("schema") != SCHEMA:
        found.append(f"schema {document.get('schema')}, expected {SCHEMA}")
    if document.get("verdict") != verdict:
        found.append(f"exit {outcome.status} with verdict {document.get('verdict')}")
    compared = document.get("compared", {})
    # Against the destination as built alone only the numbers that construction decides are compared.
    if not compared.get("numbers_walked") and not compared.get("constructed_numbers"):
        found.append("a verdict after comparing no number")
    if verdict == "different":
        found += unnamed_causes(document.get("findings", []), expected)
    return found


def errors(findings: list[dict]) -> list[dict]:
    """The findings that make a verdict *different*."""
    return [finding for finding in findings if finding.get("severity") == "error"]


def unnamed_causes(findings: list[dict], expected: str) -> list[str]:
    """What the manifest names as the cause, interrupt numbers and servers, and no error does."""
    found = errors(findings)
    if not found:
        return ["different without an error"]
    said = json.dumps(found).lower()
    missing = []
    for token in _HEX.findall(expected):
        # Also where it stands inside a range, such as 0x1204..0x1207.
        if not (re.search(rf"{token}\b", said) or _in_a_range(int(token, 16), found)):
            missing.append(f"no error names {token} ({expected})")
    for servers in _SERVER.finditer(expected):
        for server in filter(None, servers.groups()):
            if not re.search(rf"\b{server}\b", said):
                missing.append(f"no error names server {server} ({expected})")
    return missing


def _in_a_range(number: int, findings: list[dict]) -> bool:
    ranges = [span for finding in findings for span in finding.get("numbers", [])]
    return any(int(span["first"], 16) <= number <= int(span["last"], 16) for span in ranges)


def causes(outcome: Outcome) -> list[str]:
    """The errors of a run, one line each."""
    return [f"{finding['rule']}: {finding['title']}" for finding in errors(outcome.document().get("findings", []))]
