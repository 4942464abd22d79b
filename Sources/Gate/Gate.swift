import BuildReplay
import Checker
import Descriptions
import InterruptState
import QEMUControl
import Replay
import Scenarios
import SnapshotStore
import Synchronization

/// What kept a gate from being run at all.
public struct GateError: Error, CustomStringConvertible {
    /// One sentence.
    public var description: String

    /// A reason as one sentence.
    public init(_ description: String) {
        self.description = description
    }
}

/// A policy with everything that it names, ready to be run.
public struct Gate: Sendable {
    /// The policy.
    public let policy: Policy
    /// References in the policy's order, then the candidate.
    public let builds: [GateBuild]
    /// The cells.
    public let matrix: Matrix
    /// What a released build did, where the policy names a record.
    public let baseline: Baseline?
    /// A digest of all that decides the cells: results of another gate are not mixed with this one's.
    public let identity: String

    /// Reads what a policy names, and asks the builds what they have.
    ///
    /// - Parameters:
    ///   - text: the policy's, for its digest.
    ///   - read: gives the text of a file that the policy names.
    ///   - locate: gives the path of a build that the policy names.
    public init(
        _ policy: Policy, isRecording: Bool = false, read: (String) throws -> String,
        locate: (String) -> String = { $0 }, digest: (String) throws -> String
    ) throws {
        self.policy = policy
        var builds: [GateBuild] = []
        for build in policy.references + [policy.candidate] {
            builds.append(try Self.ask(build, path: locate(build.path), digest: digest, known: builds))
        }
        self.builds = builds
        let topologies = try policy.topologies.map { name in
            try Topology(name: name, text: Topology.bundledText(name) ?? read(name))
        }
        let scenarios = try policy.scenarios.map { name -> GateScenario in
            if let workload = Workload(rawValue: name) { return .workload(workload) }
            return .own(name: name, text: try ScenarioLibrary.entry(named: name)?.text ?? read(name))
        }
        do throws(ScenarioError) {
            matrix = try Matrix(policy: policy, builds: builds, topologies: topologies, scenarios: scenarios)
        } catch {
            throw GateError(error.description)
        }
        baseline =
            isRecording
            ? nil
            : try policy.baseline.map { path in
                do throws(DescriptionError) {
                    return try Baseline(parsing: try Self.text(path, read))
                } catch {
                    throw GateError("\(path): \(error.description)")
                }
            }
        identity = Self.identity(builds, matrix, baseline)
    }

    private static func text(
        _ path: String, _ read: (String) throws -> String
    ) throws(DescriptionError) -> String {
        do {
            return try read(path)
        } catch {
            throw DescriptionError("\(error)")
        }
    }

    private static func ask(
        _ build: Policy.Build, path: String, digest: (String) throws -> String, known: [GateBuild]
    ) throws -> GateBuild {
        let facts: BuildFacts
        do {
            facts = try BuildFacts(asking: path)
        } catch {
            throw GateError("\(path): \(error)")
        }
        var name = build.name ?? facts.version.description.split(separator: " ").first.map(String.init) ?? "qemu"
        let base = name
        var count = 1
        while known.contains(where: { $0.name == name }) {
            count += 1
            name = "\(base)-\(count)"
        }
        return GateBuild(
            name: name, path: path, version: facts.version.description, digest: try digest(path),
            machineTypes: Set(facts.machines.map(\.name)))
    }

    private static func identity(_ builds: [GateBuild], _ matrix: Matrix, _ baseline: Baseline?) -> String {
        let builder = DigestBuilder()
        func add(_ text: String) {
            let bytes = Array("\(text.utf8.count):\(text)".utf8)
            bytes.withUnsafeBytes { builder.update($0) }
        }
        for build in builds { [build.name, build.version, build.digest].forEach(add) }
        for cell in matrix.cells {
            add(cell.id)
            add(matrix.text(of: cell) ?? "")
        }
        add(baseline?.text ?? "")
        return builder.finish().description
    }

    // MARK: - Running

    /// How far a run is.
    public struct Progress: Sendable {
        /// Cells that have a result.
        public var done: Int
        /// Cells of this part of the gate.
        public var total: Int
        /// Cells with a finding that is an error, waived or not.
        public var different: Int
        /// Cells without a verdict.
        public var undecided: Int
        /// The cell that ended last.
        public var last: CellResult
    }

    /// How a run is carried out.
    public struct Conduct: Sendable {
        /// The part of the gate; nil for all of it.
        public var shard: Shard?
        /// Cells at the same time.
        public var workers: Int
        /// File of results.
        public var results: String
        /// Version of the program, for the file.
        public var tool: String
        /// When a state is stored.
        public var now: @Sendable () -> String
        /// Whether to stop before the next cell.
        public var isStopped: @Sendable () -> Bool

        /// A conduct with all its parts.
        public init(
            shard: Shard?, workers: Int, results: String, tool: String, now: @escaping @Sendable () -> String,
            isStopped: @escaping @Sendable () -> Bool
        ) {
            self.shard = shard
            self.workers = workers
            self.results = results
            self.tool = tool
            self.now = now
            self.isStopped = isStopped
        }
    }

    private struct Share {
        var rest: ArraySlice<(ordinal: Int, cell: Cell)>
        var results: [Int: CellResult]
        var records: [String: CellRecord] = [:]
        var failure: (any Error)?
        var total: Int
    }

    /// Runs the cells that have no result yet; results are in the file one by one.
    ///
    /// - Returns: all results by place, and what a baseline records of the cells that ran now.
    public func run(
        _ conduct: Conduct, progress: @escaping @Sendable (Progress) -> Void
    ) throws -> (results: [Int: CellResult], records: [String: CellRecord]) {
        let file = try ResultFile(path: conduct.results)
        try file.claim(
            identity: identity, shard: conduct.shard, cellCount: matrix.cells.count, tool: conduct.tool)
        let cells = matrix.cells(ofShard: conduct.shard)
        // What had no verdict is tried again: its trouble may have been this machine's.
        let known = try file.results(of: matrix).filter { $0.value.isDecided }
        let share = Mutex(
            Share(rest: cells.filter { known[$0.ordinal] == nil }[...], results: known, total: cells.count))
        // Cells take and give back the same few MiB over and over.
        keepFreedMemory()
        let constructed = ConstructedStates()
        let writer = Mutex(Writer(file: file, tool: conduct.tool))
        inParallel(max(1, conduct.workers)) { _ in
            while !conduct.isStopped() {
                guard let (place, cell) = share.withLock({ $0.failure == nil ? $0.rest.popFirst() : nil }) else {
                    return
                }
                let run = self.run(cell, constructed: constructed)
                do {
                    try writer.withLock { try $0.write(run, place: place, now: conduct.now()) }
                } catch {
                    share.withLock { $0.failure = error }
                    return
                }
                progress(
                    share.withLock { share in
                        share.results[place] = run.result
                        if let record = run.record { share.records[cell.recordID] = record }
                        return Self.progress(share, last: run.result)
                    })
            }
        }
        return try share.withLock { share in
            if let failure = share.failure { throw failure }
            return (share.results, share.records)
        }
    }

    private static func progress(_ share: Share, last: CellResult) -> Progress {
        Progress(
            done: share.results.count, total: share.total,
            different: share.results.values.count { $0.findings.contains { $0.severity == "error" } },
            undecided: share.results.values.count { $0.trouble != nil }, last: last)
    }

    private func run(_ cell: Cell, constructed: ConstructedStates) -> CellRun {
        let paths = cell.route.compactMap { name in builds.first { $0.name == name }?.path }
        var run = CellRun(
            cell, text: matrix.text(of: cell) ?? "", paths: paths, limit: .seconds(policy.timeLimit),
            constructed: constructed)
        if let baseline, run.result.isDecided {
            run.result.findings += baseline.findings(of: cell, record: run.record)
        }
        return run
    }

    /// The report on results.
    public func report(_ results: [Int: CellResult], shard: Shard?, today: Day) -> GateReport {
        let unused = shard == nil ? baseline?.findings(without: matrix.cells) ?? [] : []
        return GateReport(
            policy: policy, builds: builds, matrix: matrix, results: results, shard: shard, baselineFindings: unused,
            today: today)
    }

    /// Results that several parts of this gate left in files of their own.
    public func merge(_ paths: [String]) throws -> [Int: CellResult] {
        var results: [Int: CellResult] = [:]
        for path in paths {
            let file = try ResultFile(path: path)
            guard let known = try file.identity(), known.identity == identity else {
                throw GateError("\(path): holds the results of another gate (other policy, builds or scenarios)")
            }
            for (place, result) in try file.results(of: matrix) where results[place]?.isDecided != true {
                results[place] = result
            }
        }
        return results
    }

    /// Forgets what a file of results holds.
    public static func clear(_ path: String) throws {
        try ResultFile(path: path).clear()
    }
}

/// Writes results, one at a time.
private struct Writer {
    let file: ResultFile
    let tool: String

    /// States are kept where they are evidence: of a cell with findings.
    func write(_ run: CellRun, place: Int, now: String) throws {
        let isEvidence = run.result.findings.contains { $0.severity == "error" }
        let states = isEvidence ? run.states : []
        let snapshots = states.map { role, state in
            NewSnapshot(
                name: "\(run.result.cell.id) \(role)", state: state,
                provenance: Provenance(
                    filePath: run.result.cell.id, fileSize: 0, container: "gate", machineType: state.facts.typeName,
                    toolVersion: tool, importTime: now))
        }
        try file.add(run.result, place: place, states: snapshots)
    }
}

extension Writer: @unchecked Sendable {}
