"""The oracles themselves: a check that cannot fail checks nothing.

Run by `python3 -m unittest discover -s Scripts -t Scripts`.
"""

import copy
import json
import re
import sys
import unittest

sys.dont_write_bytecode = True

from oracles import compare, containers, infopic, layout, machine, verdict
from oracles.tool import REPOSITORY, Outcome

CAPTURES = REPOSITORY / "Fixtures" / "captures"


def document_of(pic):
    """The document that `inspect` should give for a print of `info pic`."""
    numbers, queues, cpus = [], {}, {}
    for source in pic.xive.values():
        queue = source.queue
        end = queue.server * 8 + queue.priority if queue else 0
        if queue:
            queues[end] = {
                "index": end, "server": queue.server, "priority": queue.priority, "enabled": True,
                "address": hex(queue.address), "entries": queue.entries, "next": queue.next,
                "generation": queue.generation,
            }
        config = {
            "p": source.p, "q": source.q, "asserted": source.asserted, "masked": source.masked,
            "eisn": f"{source.eisn:#010x}", "end": end, "server": queue.server if queue else None,
            "priority": queue.priority if queue else None,
        }
        numbers.append({"number": hex(source.number), "claimed": True, "kind": source.kind, "xive": config})
    for source in pic.xics.values():
        config = {"priority": source.priority, "status": source.status}
        numbers.append({"number": hex(source.number), "claimed": True, "kind": source.kind, "xics": config})
    for instance, (index, rings) in enumerate(pic.contexts.items()):
        registers = b"".join(
            bytes(rings[name].registers) + rings[name].word2.to_bytes(4, "big") + bytes(4)
            for name in infopic.RING_OFFSETS
        )
        context = {"instance": instance, "word2": hex(rings["OS"].word2), "registers": registers.hex()}
        named = dict(zip(infopic.RING_FIELDS, rings["OS"].registers))
        context |= {name: named[name] for name in compare.NAMED_REGISTERS}
        cpus[index] = {"index": index, "context": context}
    for index, presenter in pic.presenters.items():
        cpus[index] = {
            "index": index,
            "presenter": {
                "xirr": hex(presenter.xirr), "pending_priority": presenter.pending_priority, "mfrr": presenter.mfrr,
            },
        }
    return {
        "schema": compare.SCHEMA, "machine": {"mode": pic.mode}, "numbers": numbers,
        "queues": list(queues.values()), "vcpus": list(cpus.values()),
    }


def changed(value):
    """Another value of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 0
    if value.startswith("0x"):
        return hex(int(value, 16) ^ 1)
    return ("1" if value[0] == "0" else "0") + value[1:]


def leaves(node, path=()):
    """Paths of all scalars in a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    else:
        yield path


def with_change(document, path):
    result = copy.deepcopy(document)
    node = result
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = changed(node[path[-1]])
    return result


class EveryPrintIsUnderstood(unittest.TestCase):
    def test_all_fixtures_parse_and_agree_with_themselves(self):
        captures = layout.captures_in(CAPTURES)
        self.assertGreater(len(captures), 200)
        for capture in captures:
            pic = infopic.parse(capture.info_pic())
            self.assertEqual(compare.differences(document_of(pic), pic), [], capture.name)

    def test_an_unknown_line_is_an_error(self):
        text = (CAPTURES / "lx_q7.2_7.2_xive" / "info-pic.txt").read_text()
        for line in ("  00001000 MSI -Q  X 00000000 ", "ICS", "  1000 MSI 05"):
            with self.assertRaises(infopic.InfoPicError):
                infopic.parse(text + line + "\n")

    def test_a_cut_print_is_an_error(self):
        for text in ("", "irqchip: emulated\n", "ICS 1000..1fff 0x1\n  1000 MSI 05 00\n"):
            with self.assertRaises(infopic.InfoPicError):
                infopic.parse(text)

    def test_a_number_printed_twice_is_an_error(self):
        text = (CAPTURES / "lx_q7.2_7.2_xics" / "info-pic.txt").read_text()
        with self.assertRaises(infopic.InfoPicError):
            infopic.parse(text + "  1000 MSI 05 00\n")


class EveryWrongFactIsFound(unittest.TestCase):
    # Not in the print: the queue index of a masked number, and the server of one.
    def exempt(self, document, path):
        if path[0] != "numbers" or path[-1] not in ("end", "server", "priority") or "xive" not in path:
            return False
        return document["numbers"][path[1]]["xive"]["masked"]

    def test_each_changed_value_is_a_difference(self):
        names = ("ram_q11.1_11.1_xive_A", "lx_q7.2_7.2_xics", "ok_lsi_asserted_xive_q7.2-q7.2/src")
        for name in names:
            pic = infopic.parse((CAPTURES / name / "info-pic.txt").read_text())
            document = document_of(pic)
            for path in leaves(document):
                if self.exempt(document, path) or path[-1] == "enabled":
                    continue
                with self.subTest(capture=name, path=path):
                    self.assertNotEqual(compare.differences(with_change(document, path), pic), [])

    def test_a_missing_or_added_number_and_vcpu_is_a_difference(self):
        for name in ("lx_q7.2_7.2_xive", "lx_q7.2_7.2_xics"):
            pic = infopic.parse((CAPTURES / name / "info-pic.txt").read_text())
            for member in ("numbers", "vcpus"):
                document = document_of(pic)
                document[member].pop()
                self.assertNotEqual(compare.differences(document, pic), [])
            document = document_of(pic)
            document["numbers"].append({**document["numbers"][0], "number": "0x1fff"})
            self.assertEqual(len(compare.differences(document, pic)), 1)

    def test_a_free_number_is_not_held_against_the_print(self):
        pic = infopic.parse((CAPTURES / "lx_q7.2_7.2_xive" / "info-pic.txt").read_text())
        document = document_of(pic)
        document["numbers"].append({**document["numbers"][0], "number": "0x1fff", "claimed": False})
        self.assertEqual(compare.differences(document, pic), [])


def error(title, *ranges):
    numbers = [{"first": first, "last": last} for first, last in ranges]
    return {"rule": "some-rule", "severity": "error", "title": title, "numbers": numbers}


class AVerdictNeedsItsCause(unittest.TestCase):
    def outcome(self, status, verdict_word, findings, walked=8192):
        document = {"schema": verdict.SCHEMA, "verdict": verdict_word, "compared": {"numbers_walked": walked}}
        return Outcome(status, json.dumps({**document, "findings": findings}), "")

    def test_wrong_exit_status_fails(self):
        for status in (1, 2, 64):
            self.assertNotEqual(verdict.differences(self.outcome(status, "identical", []), "identical", ""), [])
        broken = self.outcome(0, "different", [error("broken")])
        self.assertNotEqual(verdict.differences(broken, "different", ""), [])

    def test_identical_after_comparing_nothing_fails(self):
        self.assertEqual(verdict.differences(self.outcome(0, "identical", []), "identical", ""), [])
        self.assertNotEqual(verdict.differences(self.outcome(0, "identical", [], 0), "identical", ""), [])

    def test_different_without_an_error_fails(self):
        for findings in ([], [{**error("0x1204"), "severity": "warning"}]):
            self.assertNotEqual(verdict.differences(self.outcome(1, "different", findings), "different", ""), [])

    def test_the_numbers_of_the_manifest_must_be_named(self):
        expected = "different: LSIs 0x1208..0x120b exist on the destination only"
        for good in (error("0x1208..0x120b"), error("LSIs", ("0x1204", "0x120b"))):
            self.assertEqual(verdict.differences(self.outcome(1, "different", [good]), "different", expected), [])
        part = self.outcome(1, "different", [error("0x1208 exists on the destination only", ("0x1208", "0x120a"))])
        self.assertEqual(len(verdict.differences(part, "different", expected)), 1)

    def test_the_servers_of_the_manifest_must_be_named(self):
        expected = "different: the thread contexts of servers 1 and 3 are exchanged"
        self.assertEqual(verdict.unnamed_causes([error("servers 1 and 3")], expected), [])
        self.assertEqual(len(verdict.unnamed_causes([error("server 13 and 31")], expected)), 2)


class TheScriptsFitTheRepository(unittest.TestCase):
    def test_setup_installs_every_library_that_the_package_names(self):
        manifest = (REPOSITORY / "Package.swift").read_text()
        setup = (REPOSITORY / "Scripts" / "setup").read_text()
        packages = re.findall(r'\.apt\(\["([^"]+)"\]\)', manifest)
        self.assertGreater(len(packages), 0)
        for package in packages:
            self.assertIn(f"need {package} ", setup)


class PairsHangTogether(unittest.TestCase):
    def test_every_pair_with_a_verdict_has_a_source_and_something_to_compare_it_with(self):
        pairs = layout.pairs_in(CAPTURES)
        self.assertGreater(len(pairs), 80)
        for pair in pairs:
            if pair.verdict in verdict.EXIT_STATUS:
                self.assertIsNotNone(pair.source, pair.name)
                self.assertTrue(pair.destination or pair.constructed, pair.name)


class CommandLinesAreMachines(unittest.TestCase):
    def test_an_unknown_bus_is_not_passed_over(self):
        with self.assertRaises(machine.UnknownOption):
            machine.description(["-M", "pseries-7.2", "-device", "e1000e,bus=pci.9,addr=1"], "7.2")

    def test_devices_keep_their_order_and_places(self):
        line = "-M pseries-7.2,ic-mode=xive,vsmt=8 -cpu power9_v2.0 -m 1G -smp 2,maxcpus=4 -serial none -device "
        line += "spapr-pci-host-bridge,index=1,id=phb1 -device e1000e,bus=phb1.0,addr=0x1f -device spapr-vlan,reg=0x3000"
        self.assertEqual(
            json.loads(machine.description(line.split(), "7.2")),
            {
                "build": "7.2", "type": "pseries-7.2", "ic-mode": "xive", "vsmt": "8", "cpu": "power9", "memory": "1G",
                "cpus": 2, "maxcpus": 4, "serials": 0,
                "devices": [{"phb": 1}, {"pci": {"model": "e1000e", "at": "phb1:1f.0"}}, {"vlan": "0x3000"}],
            },
        )


class ContainerTests(unittest.TestCase):
    """What is taken out of a container is what was put in, whoever wrote it."""

    STREAM = containers.load(REPOSITORY / "Fixtures" / "containers" / "00-ok.bin.xz")

    def test_stream_of_a_disk_image(self):
        sys.path.insert(0, str(REPOSITORY / "Scripts" / "bench"))
        import streams

        for options in ({"bits": 9}, {"bits": 16}, {"bits": 14, "extended": True}):
            self.assertEqual(containers.snapshots(streams.as_disk_image(self.STREAM, **options)), {"s": self.STREAM})
        with self.assertRaises(containers.ContainerError):
            containers.snapshots(streams.as_disk_image(self.STREAM, packed=True))

    def test_stream_of_a_save_image(self):
        image = containers.load(REPOSITORY / "Fixtures" / "containers" / "49-libvirt-ok.bin.xz")
        self.assertEqual(containers.libvirt_stream(image), self.STREAM)
        with self.assertRaises(containers.ContainerError):
            containers.libvirt_stream(image[:28] + b"\x63" + image[29:])

    def test_prefix_is_found(self):
        self.assertEqual(containers.prefix(b"HDRX" * 10 + self.STREAM), 40)
        self.assertEqual(containers.prefix(self.STREAM), 0)


if __name__ == "__main__":
    unittest.main()
