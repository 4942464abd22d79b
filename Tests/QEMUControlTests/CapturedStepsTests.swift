import CaptureSupport
import Foundation
import InterruptState
import PSeries
import QEMUControl
import SavedState
import Testing

/// The calls behind committed captures, made again on the builds that made them: same answers, same state.
@Suite(.needsQEMU) struct CapturedStepsTests {
    static let stories: [Story] = {
        let captures = (try? Fixtures.allCaptures()) ?? []
        return captures.filter { capture in
            ["mig_", "ram_", "brk_vcpu", "brk_msi", "ok_lsi"].contains { capture.name.hasPrefix($0) }
        }.compactMap(Story.init)
    }()

    @Test(arguments: stories)
    func aBuildAnswersAsItDidWhenItWasCaptured(_ story: Story) throws {
        guard let build = Builds.present.first(where: { $0.release == story.release }) else { return }
        let driver = try GuestDriver(build: build.path, arguments: story.arguments)
        let results = try driver.run(story.steps.map(\.call))
        for (step, result) in zip(story.steps, results) {
            #expect(step.isAnswered(by: result), "\(step.text) gave \(result)")
        }
        try driver.pause()
        var saved = StateBytes()
        try driver.save(into: &saved)
        let ours = try Self.decode(saved.bytes)
        let theirs = try Self.decode(story.capture.stream())
        #expect(ours.numbers == theirs.numbers)
        #expect(ours.messageBitmap == theirs.messageBitmap)
        #expect(ours.xive?.sources == theirs.xive?.sources)
        #expect(ours.xive?.queues == theirs.xive?.queues)
        #expect(ours.xics == theirs.xics)
        #expect(ours.cpus == theirs.cpus)
        #expect(ours.bridges == theirs.bridges)
        #expect(ours.virtualDevices == theirs.virtualDevices)
    }

    @Test func thereAreStoriesOfEveryMode() {
        let words = Set(Self.stories.flatMap { $0.capture.name.split { "_/".contains($0) } })
        #expect(words.isSuperset(of: ["xive", "xics", "legacy"]))
    }

    private static func decode(_ bytes: [UInt8]) throws -> MachineState {
        try StateDecoder.decode(SavedStream.open(MemoryByteSource(bytes), name: "test"))
    }
}

/// A capture that calls led to.
struct Story: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        var text: String
        var call: GuestCall
        /// r3 and further registers as far as the call sets them; of a firmware call, what it returned.
        var answer: [UInt64]

        func isAnswered(by result: CallResult) -> Bool {
            switch call {
            case .firmware: return result.status == 0 && isReturned(result.returns)
            case .hypercall: return result.registers.starts(with: answer)
            default: return result.status == answer.first && result.fault == nil
            }
        }

        /// A call leaves words after the first alone where it has nothing to say: there the capture has what an
        /// earlier call left, and the payload what it put there before the call.
        private func isReturned(_ words: [UInt32]) -> Bool {
            words.count == answer.count
                && zip(words, answer).enumerated().allSatisfy { place, pair in
                    UInt64(pair.0) == pair.1 || place > 0 && pair.0 == .max
                }
        }
    }

    let capture: Capture
    let release: String
    /// The machine, without memory, firmware, monitor and files.
    let arguments: [String]
    let steps: [Step]
    var testDescription: String { capture.name }

    private struct Manifest: Decodable {
        var qemu: String
        var commandLine: [String]
        var steps: [String]?

        enum CodingKeys: String, CodingKey {
            case qemu, steps
            case commandLine = "command_line"
        }
    }

    /// Nil where the capture is of something else, or something other than a call is among its steps.
    init?(_ capture: Capture) {
        guard let data = try? Data(contentsOf: capture.folder.appending(path: "capture.json")),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data), let texts = manifest.steps
        else { return nil }
        let lines = texts.map { $0.drop { $0 == " " }.drop { $0 != " " }.trimmingCharacters(in: .whitespaces) }
        guard lines.first == "cont", lines.dropLast().last == "stop",
            let steps = Self.steps(lines.dropFirst().dropLast(2))
        else { return nil }
        self.capture = capture
        release = manifest.qemu
        arguments = Self.arguments(manifest.commandLine)
        self.steps = steps
    }

    private static func arguments(_ line: [String]) -> [String] {
        let dropped: Set<String> = ["-m", "-object", "-display", "-monitor", "-qmp", "-bios", "-trace", "-D"]
        var result: [String] = []
        var rest = line.dropFirst()
        while let word = rest.popFirst() {
            if dropped.contains(word) { rest = rest.dropFirst() } else if word != "-S" { result.append(word) }
        }
        return result.map { word in
            if word == "file:serial.log" { return "null" }
            if word.hasPrefix("file,id=c0") { return "null,id=c0" }
            return word.replacingOccurrences(of: ",memory-backend=ram", with: "")
        }
    }

    private static let hypercalls: [String: UInt64] = [
        "H_GET_SOURCE_INFO": 0x3a8, "H_SET_SOURCE_CONFIG": 0x3ac, "H_GET_QUEUE_INFO": 0x3b4,
        "H_SET_QUEUE_CONFIG": 0x3b8, "H_ESB": 0x3c8, "H_CPPR": 0x68, "H_IPI": 0x6c,
    ]
    private static let tokens: [String: UInt32] = [
        "set_xive": 0x200a, "int_off": 0x200c, "query_src": 0x2018, "change_msi": 0x2019, "write_cfg": 0x2017,
    ]

    private static func steps(_ lines: ArraySlice<String>) -> [Step]? {
        var steps: [Step] = []
        for line in lines {
            if line.hasPrefix("returns ") {
                guard let last = steps.popLast(), case .firmware(let token, let arguments, _) = last.call else {
                    return nil
                }
                let answer = numbers(line.dropFirst(8))
                let call = GuestCall.firmware(token: token, arguments: arguments, returns: answer.count)
                steps.append(Step(text: last.text, call: call, answer: answer))
            } else if line.hasPrefix("(1030 times: store to the trigger page of 0x1300") {
                steps += [[Step]](repeating: burst(), count: 1030).flatMap { $0 }
            } else if let step = step(line) {
                steps.append(step)
            } else {
                return nil
            }
        }
        return steps.isEmpty ? nil : steps
    }

    private static func burst() -> [Step] {
        let page: UInt64 = 0x0006_0100_0000_0000 + 0x1300 * 0x2_0000
        return [
            Step(text: "store", call: .store(page, bytes: 8, value: 0), answer: [page]),
            Step(text: "load", call: .load(page + 0x1_0c00, bytes: 8), answer: [2]),
        ]
    }

    private static func step(_ line: String) -> Step? {
        guard let arrow = line.range(of: " -> ") else { return nil }
        let answer = numbers(line[arrow.upperBound...])
        let call = line[..<arrow.lowerBound]
        let words = call.split { " (),=".contains($0) }.map(String.init)
        guard let name = words.first else { return nil }
        let values = words.dropFirst().compactMap { UInt64($0.dropFirst(2), radix: 16) }
        if name == "H_CAS" {
            let xive = words.contains("XIVE")
            return Step(text: line, call: .negotiation(OptionVectors.choosing(xive: xive)), answer: [0])
        }
        if let opcode = hypercalls[name] {
            return Step(text: line, call: .hypercall([opcode] + values), answer: answer)
        }
        if name == "rtas", words.count > 1, let token = tokens[words[1]] {
            let arguments = words.dropFirst(2).compactMap { UInt32($0.dropFirst(2), radix: 16) }
            return Step(text: line, call: .firmware(token: token, arguments: arguments, returns: 0), answer: [])
        }
        guard let bits = Int(name.drop { $0.isLetter }), let address = values.first else { return nil }
        if name.hasPrefix("load") { return Step(text: line, call: .load(address, bytes: bits / 8), answer: answer) }
        // A store has no result: its address stays.
        return Step(text: line, call: .store(address, bytes: bits / 8, value: values.last ?? 0), answer: [address])
    }

    private static func numbers(_ text: some StringProtocol) -> [UInt64] {
        text.split(separator: " ").compactMap { UInt64($0, radix: 16) }
    }
}
