import CaptureSupport
import Certificate
import CertificateCheck
import Checker
import Foundation
import InterruptState
import PSeries
import SavedState
import SeededRandom
import Testing

/// Certificates about states: their rules, written a second time in SQL, come to the checker's verdict.
@Suite struct StateCertificateTests {
    /// Those of which something was saved: a destination that QEMU could not build leaves nothing to compare.
    static let pairs = ((try? Fixtures.allPairs()) ?? []).filter { $0.destination != nil || $0.constructed != nil }

    @Test func aVerdictThatTheFactsDoNotSayIsNotCertified() throws {
        let pair = try CertifiedPair(try #require(Self.pairs.first { $0.verdict == .different }))
        for verdict in [Verdict.identical, .undecided] {
            var verification = pair.verification()
            verification.verdict = verdict
            #expect(throws: CertificateError.self) { try pair.certificate(verification) }
        }
    }

    /// Some pairs here, and all of them by `Scripts/check-pairs`.
    @Test(arguments: pairs.enumerated().filter { $0.offset % 8 == 1 }.map(\.element))
    func theCertificateOfAPairHasTheCheckersVerdict(_ pair: CapturePair) throws {
        // Made by the checker's rules, and confirmed by the certificate's own before it is given out.
        let states = try CertifiedPair(pair)
        let verification = states.verification()
        let file = try Forgery(states.certificate(verification).bytes)
        #expect(try file.rows("SELECT name, verdict FROM claim") == [["identical", verification.verdict.rawValue]])
        #expect(try file.rows("SELECT 1 FROM obligation WHERE items > 0 LIMIT 1").count == 1)
    }

    @Test(arguments: pairs.enumerated().filter { $0.offset % 8 == 0 }.map(\.element))
    func theExactLevelAsWell(_ pair: CapturePair) throws {
        let states = try CertifiedPair(pair)
        let verification = states.verification(.exact)
        let acceptance = try CertificateCheck.check(states.certificate(verification).bytes)
        #expect(acceptance.claims.map(\.verdict) == [verification.verdict.rawValue])
    }

    @Test func theSameStatesHaveTheSameBytes() throws {
        let pair = try #require(Self.pairs.first)
        let bytes = try (0..<2).map { _ in
            let states = try CertifiedPair(pair)
            return try states.certificate(states.verification()).bytes
        }
        let isEqual = bytes[0] == bytes[1]
        #expect(isEqual)
    }

    @Test func theViewsGiveTheVerdictAndTheDigests() throws {
        let states = try CertifiedPair(
            try #require(Self.pairs.first { $0.verdict == .different && $0.destination != nil }))
        let file = try Forgery(try states.certificate(states.verification()).bytes)
        let verdict = try #require(try file.rows("SELECT recorded, recomputed FROM verdict").first)
        #expect(verdict == ["different", "different"])
        let lines = try file.rows("SELECT line FROM canonical WHERE side = 'source' ORDER BY part, position, item")
        let form = Array(lines.map { $0[0] }.joined(separator: "\n").utf8)
        let isCanonical = form == states.source.canonicalBytes()
        #expect(isCanonical)
        #expect(
            try file.rows("SELECT digest FROM state WHERE side = 'source'") == [[states.source.digest().description]])
    }

    // MARK: - The two sets of rules against each other

    /// One value of a state changed at random, or several: both sets of rules must see it alike.
    @Test(arguments: ["lx_q7.2_7.2_xive", "lx_q7.2_7.2_xics", "lx_q7.2_3.0_legacy"])
    func changedStatesHaveTheCheckersVerdict(_ name: String) throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let source = try StateDecoder.decode(Fixtures.capture(name).open()).shortened
        var verdicts: Set<Verdict> = []
        for _ in 0..<12 {
            var states = CertifiedPair(source: source, destination: source)
            for _ in 0..<Int.random(in: 1...2, using: &random) { states.destination?.changeSomething(&random) }
            if Bool.random(using: &random) { swap(&states.source, &states.destination) }
            let level = Level.allCases.randomElement(using: &random) ?? .exact
            let verification = states.verification(level)
            verdicts.insert(verification.verdict)
            let findings = verification.findings.map { "\($0.severity) \($0.rule.id) \($0.title)" }
            #expect(throws: Never.self, "let seed: UInt64 = \(seed), \(findings)") {
                try states.certificate(verification)
            }
        }
        #expect(verdicts.contains(.different))
    }

    // MARK: - Writing

    @Test func aCertificateIsWrittenWholeOrNotAtAll() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "irqproof-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let states = try CertifiedPair(try #require(Self.pairs.first))
        let certificate = try states.certificate(states.verification())
        // A folder stands where the file should: the last step fails, and nothing is left behind.
        let taken = folder.appending(path: "taken")
        try FileManager.default.createDirectory(at: taken.appending(path: "inside"), withIntermediateDirectories: true)
        #expect(throws: CertificateError.self) { try certificate.write(to: taken.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
        let path = folder.appending(path: "good").path
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        try certificate.write(to: path)
        let isWritten = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == certificate.bytes
        #expect(isWritten)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["good", "taken"])
    }
}

private func swap(_ source: inout MachineState, _ destination: inout MachineState?) {
    guard let other = destination else { return }
    destination = source
    source = other
}

extension MachineState {
    /// Changes one value, of a kind chosen at random.
    mutating func changeSomething(_ random: inout SeededGenerator) {
        let bit: UInt32 = 1 << UInt32.random(in: 0..<31, using: &random)
        switch Int.random(in: 0..<16, using: &random) {
        case 0: if let place = numbers.indices.randomElement(using: &random) { numbers.remove(at: place) }
        case 1:
            guard let place = numbers.indices.randomElement(using: &random) else { return }
            numbers[place].kind = numbers[place].kind == .msi ? .lsi : nil
        case 2:
            guard let place = numbers.indices.randomElement(using: &random) else { return }
            numbers[place].owner = Bool.random(using: &random) ? .unknown("not known") : .epow
        case 3, 4:
            guard let place = xive?.sources.indices.randomElement(using: &random), let source = xive?.sources[place]
            else {
                return
            }
            let word = source.assignment.rawValue ^ 1 << UInt64.random(in: 0..<64, using: &random)
            xive?.sources[place].assignment = EventAssignment(rawValue: word)
        case 5:
            guard let place = xics?.sources.indices.randomElement(using: &random), let source = xics?.sources[place]
            else {
                return
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: xics?.sources[place].server = ServerNumber(source.server.rawValue ^ 8)
            case 1: xics?.sources[place].priority ^= 5
            case 2: xics?.sources[place].flags = XicsSource.Flags(rawValue: source.flags.rawValue ^ 3)
            default: xics?.sources[place].status = XicsSource.Status(rawValue: source.status.rawValue ^ 4)
            }
        case 6:
            guard let place = xive?.queues.indices.randomElement(using: &random) else { return }
            xive?.queues[place].w0 ^= bit
        case 7:
            guard let place = xive?.queues.indices.randomElement(using: &random) else { return }
            if Bool.random(using: &random) { xive?.queues[place].w1 ^= bit } else { xive?.queues[place].w6 ^= bit }
        case 8:
            guard let place = cpus.indices.randomElement(using: &random), var bytes = cpus[place].context?.bytes else {
                return
            }
            let byte = Int.random(in: 0..<bytes.count, using: &random)
            bytes[byte] ^= UInt8.random(in: 1...255, using: &random)
            cpus[place].context = ThreadContext(bytes: bytes)
        case 9:
            guard let place = cpus.indices.randomElement(using: &random) else { return }
            cpus[place].presenter?.xirr ^= bit
            cpus[place].server = cpus[place].server.map { ServerNumber($0.rawValue ^ 1) }
        case 10:
            guard let place = bridges.indices.randomElement(using: &random) else { return }
            if let block = bridges[place].messages.indices.randomElement(using: &random) {
                bridges[place].messages[block].count += 1
            } else if !bridges[place].pins.isEmpty {
                bridges[place].pins[0] = LogicalNumber(bridges[place].pins[0].rawValue ^ 0x10)
            }
        case 11:
            guard let place = virtualDevices.indices.randomElement(using: &random) else { return }
            virtualDevices[place].number = virtualDevices[place].number.map { LogicalNumber($0.rawValue ^ 2) }
            if !virtualDevices[place].queueState.isEmpty { virtualDevices[place].queueState[7] ^= 1 }
        case 12:
            if let place = messageBitmap?.indices.randomElement(using: &random) { messageBitmap?[place] ^= UInt64(bit) }
        case 13:
            if let place = negotiatedOptions?.indices.randomElement(using: &random) {
                negotiatedOptions?[place] ^= 1 << 49
            }
        case 14:
            facts.serverCount = facts.serverCount.map { $0 + 1 }
            deviceTree?.offeredModes = 0x40
        default:
            gaps.append(Gap(subject: "a thing", reason: "Nobody knows."))
            if let place = deviceTree?.numbers.indices.randomElement(using: &random) {
                deviceTree?.numbers[place].number = LogicalNumber(0x1fff)
            }
        }
    }
}
