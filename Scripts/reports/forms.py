"""Every form of every report: valid by its schema, alike in verdict, and as reviewed. See Scripts/check-reports."""

from __future__ import annotations

import argparse
import difflib
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema
import xmlschema

from oracles.tool import RELEASE_BINARY

from . import documents, pairs

SCHEMAS = pairs.REPOSITORY / "Tests" / "ReportsTests" / "Schemas"
SNAPSHOTS = pairs.REPOSITORY / "Fixtures" / "reports"
SUFFIXES = {
    "text": "txt", "json": "json", "junit": "junit.xml", "sarif": "sarif", "markdown": "md", "github": "github.txt",
    "gitlab": "gitlab.json", "html": "html",
}
STATUSES = {"identical": 0, "different": 1, "undecided": 2}


class Forms:
    """What each form is held against."""

    def __init__(self, tool: Path):
        self.tool = tool
        own = json.loads(self.run(["schema", "verify"]).stdout)
        jsonschema.Draft202012Validator.check_schema(own)
        self.own = jsonschema.Draft202012Validator(own)
        sarif = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
        self.sarif = jsonschema.Draft4Validator(sarif, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
        self.junit = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")

    def run(self, arguments, folder=None):
        return subprocess.run([self.tool, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8")

    def faults(self, form: str, text: str) -> list[str]:
        """What is wrong with a report of a form, by itself."""
        if stray := re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text):
            return [f"control character {stray.group()!r} at {stray.start()}"]
        check = getattr(self, "_" + form, None)
        return check(text) if check else []

    def _json(self, text):
        return [error.message for error in self.own.iter_errors(json.loads(text))]

    def _sarif(self, text):
        return [error.message for error in self.sarif.iter_errors(json.loads(text))]

    def _junit(self, text):
        return [str(error.reason) for error in self.junit.iter_errors(text)]

    def _gitlab(self, text):
        """What GitLab's documentation asks of a code quality report."""
        issues = json.loads(text)
        faults = [f"issue {issue} lacks a member" for issue in issues
                  if {"description", "check_name", "fingerprint", "severity", "location"} - issue.keys()
                  or issue["severity"] not in ("info", "minor", "major", "critical", "blocker")
                  or not issue["location"]["path"] or issue["location"]["lines"]["begin"] < 1]
        if len({issue.get("fingerprint") for issue in issues}) != len(issues):
            faults.append("two issues have one fingerprint")
        return faults

    def _github(self, text):
        commands = [line for line in text.splitlines() if line.startswith("::")]
        kinds = [command.split(" ")[0] for command in commands]
        return [f"{kinds.count(kind)} annotations {kind}" for kind in set(kinds) if kinds.count(kind) > 10]

    def _html(self, text):
        page = Page()
        page.feed(text)
        page.close()
        return page.faults + ([f"not closed: {page.open}"] if page.open else [])


class Page(html.parser.HTMLParser):
    """Elements closed in order, ids used once, nothing from elsewhere."""

    VOID = {"meta", "link", "input", "br", "hr", "img", "col"}

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids = [], [], set()

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        for key, value in attributes:
            if key == "id" and value in self.ids:
                self.faults.append(f"id {value} twice")
            elif key == "id":
                self.ids.add(value)
            elif key in ("src", "href") and not value.startswith(("data:", "#")):
                self.faults.append(f"{tag} loads {value}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]} closes something else")


def kept(form: str, text: str) -> str:
    """The part of a report that is kept: without what is the same in all of them, and is kept with one pair."""
    text = re.sub(r"irqproof \d+\.\d+\.\d+", "irqproof VERSION", text)
    if form == "sarif":
        log = json.loads(text)
        for run in log["runs"]:
            run["tool"]["driver"]["version"] = "VERSION"
            # The catalogue grows; its ids stay.
            del run["tool"]["driver"]["rules"]
            for result in run["results"]:
                del result["ruleIndex"]
        return json.dumps(log, indent=1) + "\n"
    if form == "junit":
        return re.sub(r'(name="irqproof.version" value=)"[^"]*"', r'\1"VERSION"', text)
    if form == "html":
        for element in ("style", "script"):
            text = re.sub(rf"<{element}>.*?</{element}>", f"<{element}>…</{element}>", text, flags=re.S)
    return text


def examples(forms: Forms) -> dict[str, list[tuple[str, str]]]:
    """The examples that the rules give, by pair: rule and title."""
    by_pair = {}
    for rule in json.loads(forms.run(["explain", "--format", "json"]).stdout)["rules"]:
        if rule["example_pair"]:
            by_pair.setdefault(rule["example_pair"], []).append((rule["id"], rule["example"]))
    return by_pair


def check(forms: Forms, pair, is_recording: bool, wanted: list[tuple[str, str]]) -> list[str]:
    faults = []
    with tempfile.TemporaryDirectory(prefix="irqproof-reports-") as name:
        folder = Path(name)
        arguments = pairs.unpack(pair, folder)
        verdicts = set()
        for form, suffix in SUFFIXES.items():
            done = forms.run(["verify", *arguments, "--format", form], folder)
            if done.stderr or done.returncode not in STATUSES.values():
                faults.append(f"{form}: status {done.returncode}, {done.stderr.strip()}")
                continue
            verdicts.add(done.returncode)
            faults += [f"{form}: {fault}" for fault in forms.faults(form, done.stdout)[:5]]
            faults += compare(SNAPSHOTS / pair.name / f"report.{suffix}", kept(form, done.stdout), is_recording)
        exact = forms.run(["verify", *arguments, "--format", "sarif", "--level", "exact"], folder)
        faults += [f"sarif, exact: {fault}" for fault in forms.faults("sarif", exact.stdout)[:5]]
        found = set()
        for level in ("guest-visible", "exact") if wanted else ():
            done = forms.run(["verify", *arguments, "--format", "json", "--level", level], folder)
            found |= {(finding["rule"], finding["title"]) for finding in json.loads(done.stdout)["findings"]}
        faults += [f"the example of {rule} is not found: {title}" for rule, title in wanted if (rule, title) not in found]
        if len(verdicts) > 1:
            faults.append(f"forms end with different statuses: {sorted(verdicts)}")
        if pair.verdict in STATUSES and verdicts != {STATUSES[pair.verdict]}:
            faults.append(f"status {sorted(verdicts)}, but the pair is {pair.verdict}")
    return faults


def compare(file: Path, text: str, is_recording: bool) -> list[str]:
    if is_recording:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    reviewed = file.read_text(encoding="utf-8") if file.is_file() else ""
    if reviewed == text:
        return []
    lines = difflib.unified_diff(reviewed.splitlines(), text.splitlines(), "reviewed", "now", n=0, lineterm="")
    return [f"{file.relative_to(pairs.REPOSITORY)} differs:", *list(lines)[:12]]


def canaries(forms: Forms) -> list[str]:
    """Reports with a fault: a check that lets one pass checks nothing."""
    bad = {
        "json": '{"schema": "irqproof/verify/1"}', "sarif": '{"version": "2.1.0", "runs": [{}]}',
        "junit": "<testsuites><testsuite name='x'/></testsuites>", "gitlab": '[{"description": "x"}]',
        "github": "::error title=x::y\n" * 11, "html": "<p><b></p>", "text": "\x1b[31m",
    }
    return [f"a faulty {form} report passes" for form, text in bad.items() if not forms.faults(form, text)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="check-reports", description=__doc__)
    parser.add_argument("--irqproof", type=Path, default=RELEASE_BINARY, metavar="PATH", help="the tool to check")
    parser.add_argument("pairs", nargs="*", metavar="PAIR")
    options = parser.parse_args()
    if not options.irqproof.is_file():
        sys.exit(f"check-reports: {options.irqproof} is not there: build it, or name the tool with --irqproof")
    is_recording = os.environ.get("IRQPROOF_RECORD") == "1" and "CI" not in os.environ
    forms = Forms(options.irqproof.resolve())
    failed = canaries(forms) + ([] if options.pairs else documents.check(forms))
    for fault in failed:
        print(f"FAILED: {fault}")
    todo = pairs.chosen(options.pairs)
    wanted = examples(forms)
    unknown = wanted.keys() - {pair.name for pair in pairs.chosen([])}
    if unknown:
        failed.append(f"examples name pairs that are not there: {unknown}")
    count = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for pair, faults in zip(todo, pool.map(lambda pair: check(forms, pair, is_recording, wanted.get(pair.name, [])), todo)):
            count += bool(faults)
            for fault in faults:
                print(f"FAILED {pair.name}: {fault}")
    print(f"{len(todo) - count} passed, {count} failed")
    sys.exit(1 if count or failed else 0)
