import CaptureSupport
import Checker
import InterruptState
import PSeries
import SavedState
import Testing

/// Verdicts on real migrations, held against the manifests of the pairs.
@Suite struct VerdictTests {
    static let pairs = ((try? Fixtures.allPairs()) ?? []).filter {
        $0.verdict == .identical || $0.verdict == .different
    }

    @Test(arguments: pairs) func verdictIsThatOfTheManifest(_ pair: CapturePair) throws {
        let verification = try verify(pair)
        let errors = verification.findings.filter { $0.severity == .error }
        #expect(verification.verdict.rawValue == pair.verdict.rawValue, "\(errors.map(\.title))")
        #expect(errors.isEmpty == (pair.verdict == .identical))
        #expect(verification.counts.numbersWalked + verification.counts.constructedNumbers > 0)
    }

    @Test(arguments: pairs) func errorsNameTheNumbersOfTheManifest(_ pair: CapturePair) throws {
        let named = Self.numbers(in: pair.expected)
        guard pair.verdict == .different, !named.isEmpty else { return }
        let errors = try verify(pair).findings.filter { $0.severity == .error }
        for number in named {
            #expect(errors.contains { $0.numbers.contains(number) || $0.title.contains("\(number)") }, "\(number)")
        }
    }

    /// A guest compared with itself: no false alarm, whatever it was doing.
    @Test(arguments: FixtureTests.captures) func everyStateIsIdenticalToItself(_ capture: Capture) throws {
        let state = try StateDecoder.decode(capture.open())
        for level in Level.allCases {
            let verification = Checker.verify(source: state, destination: state, constructed: nil, level: level)
            #expect(verification.verdict == .identical, "\(verification.findings.map(\.title))")
        }
    }

    private func verify(_ pair: CapturePair) throws -> Verification {
        Checker.verify(
            source: try StateDecoder.decode(pair.source.open()),
            destination: try pair.destination.map { try StateDecoder.decode($0.open()) },
            constructed: try pair.constructed.map { try StateDecoder.decode($0.open()) })
    }

    /// The interrupt numbers that a manifest names, such as 0x1204.
    private static func numbers(in text: String) -> [LogicalNumber] {
        text.split(separator: "0x").dropFirst().compactMap { part in
            UInt32(part.prefix(while: \.isHexDigit), radix: 16).map { LogicalNumber($0) }
        }
    }
}
