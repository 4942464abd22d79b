import Glibc
import Scenarios
import Testing

@testable import Gate

@Suite struct ReportTests {
    private static let builds = ["old", "new"].map {
        GateBuild(name: $0, path: "/" + $0, version: $0, digest: "", machineTypes: ["pseries-7.2"])
    }

    private let policy: Policy
    private let matrix: Matrix
    private let today: Day

    init() throws {
        var policy = Policy(candidate: Policy.Build(name: "new", path: "new"))
        policy.references = [Policy.Build(name: "old", path: "old")]
        policy.modes = ["xive"]
        let topology = try Topology(name: "minimal", text: "cpus: 1")
        matrix = try Matrix(
            policy: policy, builds: Self.builds, topologies: [topology],
            scenarios: [.workload(.idle), .workload(.boot), .workload(.pending)])
        self.policy = policy
        today = try #require(Day("2026-06-15"))
    }

    private static let finding = CellFinding(
        rule: "map/number-moved", severity: "error", title: "t", consequence: "c", subjects: ["PHB 1"], numbers: "",
        fingerprint: "f1", details: ["d"])

    private func results(_ change: (inout CellResult) -> Void = { _ in }) -> [Int: CellResult] {
        var results: [Int: CellResult] = [:]
        for (place, cell) in matrix.cells.enumerated() {
            results[place] = CellResult(cell)
            results[place]?.numbersCompared = 1
        }
        change(&results[1, default: CellResult(matrix.cells[1])])
        return results
    }

    private func report(_ results: [Int: CellResult], _ waivers: [WaiverEntry] = [], shard: Shard? = nil) -> GateReport
    {
        var policy = policy
        policy.waivers = waivers
        return GateReport(
            policy: policy, builds: Self.builds, matrix: matrix, results: results, shard: shard, today: today)
    }

    private func waiver(_ change: (inout Waiver) -> Void = { _ in }) -> WaiverEntry {
        var waiver = Waiver(
            rule: "map/number-moved", subject: "PHB *", reason: "r", owner: "o", expires: "2026-06-15",
            place: "waivers[0]")
        change(&waiver)
        return .waiver(waiver)
    }

    @Test func aCellThatWasNotRunIsNeverGreen() {
        var partial = results()
        partial[2] = nil
        #expect(report(partial).verdict == .undecided)
        #expect(report(results { $0.trouble = "killed" }).verdict == .undecided)
        #expect(report(results()).verdict == .identical)
    }

    @Test func aFindingCountsUnlessAWaiverHolds() {
        let results = results { $0.findings = [Self.finding] }
        #expect(report(results).verdict == .different)
        #expect(report(results, [waiver()]).verdict == .identical)
        #expect(report(results, [waiver { $0.fingerprint = "f1" }]).rows[1].status == "waived")
        #expect(report(results, [waiver { $0.fingerprint = "f2" }]).verdict == .different)
        #expect(report(results, [waiver { $0.subject = "PHB 2" }]).verdict == .different)
        #expect(report(results, [waiver { $0.rule = "map/kind-changed" }]).verdict == .different)
        #expect(report(results, [waiver { $0.cells = "*/idle" }]).verdict == .different)
    }

    @Test func anUnusedExpiredOrMalformedWaiverIsAFinding() throws {
        #expect(report(results(), [waiver()]).findings.map(\.rule) == ["waiver/unused"])
        let expired = waiver { $0.expires = "2026-06-14" }
        let found = report(results { $0.findings = [Self.finding] }, [expired])
        #expect(found.findings.map(\.rule) == ["waiver/expired"])
        #expect(found.rows[1].status == "different")
        let malformed = report(results(), [.malformed(place: "waivers[0]", reason: "no owner")])
        #expect(malformed.findings.map(\.rule) == ["waiver/malformed"])
        #expect(malformed.verdict == .different)
        // One part of a gate cannot know what the others found.
        #expect(report(results(), [waiver()], shard: Shard("1/2")).findings.isEmpty)
    }

    @Test func resultsComeBackFromTheFileAsTheyWere() throws {
        var template = Array("/tmp/irqproof-gate.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        close(descriptor)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let results = results {
            $0.findings = [Self.finding]
            $0.trouble = "t"
            $0.milliseconds = 7
        }
        do {
            let file = try ResultFile(path: path)
            try file.claim(identity: "i", shard: nil, cellCount: 3, tool: "t")
            for (place, result) in results { try file.add(result, place: place, states: []) }
        }
        let file = try ResultFile(path: path)
        #expect(try file.results(of: matrix) == results)
        #expect(throws: ResultFileError.self) {
            try file.claim(identity: "j", shard: nil, cellCount: 3, tool: "t")
        }
        #expect(throws: ResultFileError.self) {
            try file.claim(identity: "i", shard: Shard("1/2"), cellCount: 3, tool: "t")
        }
        try file.clear()
        #expect(try file.results(of: matrix).isEmpty)
    }
}
