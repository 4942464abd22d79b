"""What `verify` says of a pair, held against its manifest."""

from __future__ import annotations

import json
import re

from .tool import Outcome

SCHEMA = "irqproof/verify/1"
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
    if not document.get("compared", {}).get("numbers"):
        found.append("a verdict after comparing no number")
    if verdict == "different":
        found += unnamed_causes(document.get("findings", []), expected)
    return found


def unnamed_causes(findings: list[dict], expected: str) -> list[str]:
    """What the manifest names as the cause, interrupt numbers and servers, and no finding does."""
    if not findings:
        return ["different without a finding"]
    said = json.dumps(findings).lower()
    missing = []
    for token in _HEX.findall(expected):
        # 0x1204 as text, or inside 0x1204..0x1207.
        if not re.search(rf"{token}\b", said):
            missing.append(f"no finding names {token} ({expected})")
    for found in _SERVER.finditer(expected):
        for server in filter(None, found.groups()):
            if not re.search(rf"\b{server}\b", said):
                missing.append(f"no finding names server {server} ({expected})")
    return missing


def causes(outcome: Outcome) -> list[str]:
    """The findings of a run, one line each."""
    findings = outcome.document().get("findings", [])
    return [f"{finding.get('rule', '?')}: {finding.get('message', '')}" for finding in findings]
