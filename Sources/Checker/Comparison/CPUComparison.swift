import InterruptState

/// The vCPUs of both states: which there are, their server numbers, what is pending for them.
struct CPUComparison {
    typealias Both = (source: VirtualCPU, other: VirtualCPU)

    let pair: Pair
    private(set) var findings: [Finding] = []
    /// Differences of the controller that is not in force.
    private(set) var dormant: [Detail] = []
    private var missing: [VirtualCPU] = []
    private var extra: [VirtualCPU] = []
    private var common: [Both] = []
    /// vCPUs whose contexts answer for each other's servers.
    private var exchanged: Set<UInt32> = []

    init(_ pair: Pair, into outcome: inout Outcome) {
        self.pair = pair
        mergeSorted(pair.source.cpus, pair.other.cpus, by: \.index) { mine, theirs in
            switch (mine, theirs) {
            case (let mine?, let theirs?): common.append((mine, theirs))
            case (let mine?, nil): missing.append(mine)
            case (nil, let theirs?): extra.append(theirs)
            case (nil, nil): break
            }
        }
        outcome.counts.virtualCPUs += pair.isConstructed ? 0 : UInt64(common.count)
        comparePresence()
        if pair.isConstructed {
            compareInstances(&outcome)
        } else {
            compareContexts(&outcome)
            comparePresenters(&outcome)
        }
        compareServers(&outcome)
        if pair.isConstructed { compareTargets(&outcome) }
    }

    // MARK: - Presence and servers

    private mutating func comparePresence() {
        if !missing.isEmpty { findings.append(presence(missing, .missingCPU, "the source", isMissing: true)) }
        if !extra.isEmpty { findings.append(presence(extra, .extraCPU, pair.otherName, isMissing: false)) }
    }

    private func presence(_ cpus: [VirtualCPU], _ rule: Rule, _ side: String, isMissing: Bool) -> Finding {
        let details = cpus.map { cpu in
            let value = cpu.server.map { "server \($0)" } ?? "server unknown"
            return pair.detail(
                "vCPU \(cpu.index)", isMissing ? value : nil, isMissing ? nil : value,
                at: cpu.context != nil ? .context(cpu: cpu.index) : .presenter(cpu: cpu.index))
        }
        return pair.finding(
            rule, "\(listed(cpus.map(CPUComparison.name))) exist\(cpus.count == 1 ? "s" : "") on \(side) only",
            subjects: cpus.map { "vCPU \($0.index)" }, details: details)
    }

    static func name(_ cpu: VirtualCPU) -> String {
        "vCPU \(cpu.index)" + (cpu.server.map { " (server \($0))" } ?? "")
    }

    private mutating func compareServers(_ outcome: inout Outcome) {
        var changed: [Both] = []
        var unknown: [UInt32] = []
        for both in common where both.source.server != both.other.server {
            if both.source.server == nil || both.other.server == nil {
                unknown.append(both.source.index)
            } else {
                changed.append(both)
            }
        }
        for both in common where both.source.server == nil && both.other.server == nil {
            unknown.append(both.source.index)
        }
        if !unknown.isEmpty {
            outcome.skip(
                "server number of \(listed(unknown.sorted().map { "vCPU \($0)" }))",
                "It is not known on \(pair.isConstructed ? "the source or on \(pair.otherName)" : "one of the sides")."
                    + pair.gapReason("server"))
        }
        // Server numbers read from exchanged contexts are the exchange, not another cause.
        changed.removeAll { exchanged.contains($0.source.index) && !pair.isConstructed }
        guard !changed.isEmpty else { return }
        let parts = changed.map { both in
            "vCPU \(both.source.index) is server \(both.source.server?.rawValue ?? 0) on the source and "
                + "\(both.other.server?.rawValue ?? 0) on \(pair.otherName)"
        }
        let details = changed.map { both in
            pair.detail(
                "vCPU \(both.source.index) server", both.source.server.map(String.init(describing:)),
                both.other.server.map(String.init(describing:)), at: .context(cpu: both.source.index))
        }
        findings.append(
            pair.finding(
                .serverChanged, listed(parts, limit: 3), subjects: changed.map { "vCPU \($0.source.index)" },
                details: details))
    }

    // MARK: - Thread contexts after the load

    private mutating func compareContexts(_ outcome: inout Outcome) {
        let isInForce = pair.commonMode == .xive
        if isInForce {
            outcome.counts.contexts += UInt64(
                common.filter { $0.source.context != nil && $0.other.context != nil }.count)
        }
        let differing = common.filter { $0.source.context != $0.other.context }
        guard !differing.isEmpty else { return }
        findExchange(differing, isInForce)
        let rest = differing.filter { !exchanged.contains($0.source.index) }
        let parts = rest.map { both in (both, contextDetails(both)) }.filter { !$0.1.isEmpty }
        if isInForce {
            foldStates(parts, .contextState, "thread context")
        } else {
            dormant += parts.flatMap(\.1)
        }
        compareHiddenBytes(differing, isInForce)
    }

    /// vCPUs whose context answers on the other side for a server that was another vCPU's on the source.
    private mutating func findExchange(_ differing: [Both], _ isInForce: Bool) {
        let moved = differing.filter { both in
            guard let mine = both.source.context, let theirs = both.other.context else { return false }
            return mine.server != theirs.server
        }
        var holders: [ServerNumber: UInt32] = [:]
        for both in moved {
            if let server = both.source.context?.server { holders[server] = both.source.index }
        }
        let exchange = moved.compactMap { both -> (from: UInt32, to: Both)? in
            guard let server = both.other.context?.server, let holder = holders[server] else { return nil }
            return (holder, both)
        }
        guard !exchange.isEmpty else { return }
        exchanged = Set(exchange.map(\.to.source.index))
        let parts = exchange.map { "vCPU \($0.to.source.index) has that of vCPU \($0.from)" }
        findings.append(
            pair.finding(
                .contextExchanged, "Thread contexts are exchanged on \(pair.otherName): \(listed(parts))",
                severity: isInForce ? nil : .warning,
                subjects: exchange.flatMap { ["vCPU \($0.from)", "vCPU \($0.to.source.index)"] },
                details: exchange.flatMap { contextDetails($0.to) }))
    }

    private func contextDetails(_ both: Both) -> [Detail] {
        let index = both.source.index
        guard let mine = both.source.context, let theirs = both.other.context else {
            if both.source.context == nil, both.other.context == nil { return [] }
            // Where one machine has no such controller, that is the difference.
            if (pair.source.xive == nil) != (pair.other.xive == nil) { return [] }
            return [
                pair.detail(
                    "vCPU \(index) context", both.source.context == nil ? nil : "present",
                    both.other.context == nil ? nil : "present", at: .context(cpu: index))
            ]
        }
        return zip(ContextText.fields(mine), ContextText.fields(theirs)).compactMap { left, right in
            left.value == right.value
                ? nil
                : pair.detail("vCPU \(index) \(left.name)", left.value, right.value, at: .context(cpu: index))
        }
    }

    private mutating func compareHiddenBytes(_ differing: [Both], _ isInForce: Bool) {
        guard pair.level == .exact || !isInForce else { return }
        let details = differing.compactMap { both -> Detail? in
            guard let mine = both.source.context, let theirs = both.other.context else { return nil }
            let left = ContextText.hidden(mine)
            let right = ContextText.hidden(theirs)
            return left == right
                ? nil
                : pair.detail(
                    "vCPU \(both.source.index) other bytes", left, right, at: .context(cpu: both.source.index))
        }
        if !isInForce {
            dormant += details
        } else if !details.isEmpty {
            findings.append(
                pair.finding(
                    .exactBits,
                    "\(counted(details.count, "thread context")) differ in bytes that no guest sees, or that are derived",
                    details: details))
        }
    }

    // MARK: - Presenters after the load

    private mutating func comparePresenters(_ outcome: inout Outcome) {
        let isInForce = pair.commonMode == .xics
        if isInForce {
            outcome.counts.presenters += UInt64(
                common.filter { $0.source.presenter != nil && $0.other.presenter != nil }.count)
        }
        let parts = common.filter { $0.source.presenter != $0.other.presenter }.map { ($0, presenterDetails($0)) }
        if isInForce {
            foldStates(parts, .presenterState, "presenter")
        } else {
            dormant += parts.flatMap(\.1)
        }
    }

    private func presenterDetails(_ both: Both) -> [Detail] {
        let index = both.source.index
        let left = both.source.presenter.map(PresenterText.fields)
        let right = both.other.presenter.map(PresenterText.fields)
        guard let left, let right else {
            if (pair.source.xics == nil) != (pair.other.xics == nil) { return [] }
            return [
                pair.detail(
                    "vCPU \(index) presenter", left == nil ? nil : "present", right == nil ? nil : "present",
                    at: .presenter(cpu: index))
            ]
        }
        return zip(left, right).compactMap { mine, theirs in
            mine.value == theirs.value
                ? nil
                : pair.detail("vCPU \(index) \(mine.name)", mine.value, theirs.value, at: .presenter(cpu: index))
        }
    }

    /// vCPUs whose state differs in the same fields share a finding.
    private mutating func foldStates(_ parts: [(both: Both, details: [Detail])], _ rule: Rule, _ noun: String) {
        let named = parts.map { part in
            (
                part: part,
                fields: part.details.map { $0.subject.split(separator: " ").dropFirst(2).joined(separator: " ") }
            )
        }
        for (fields, members) in grouped(named, by: \.fields) {
            let cpus = members.map { "vCPU \($0.part.both.source.index)" }
            let title: String
            if members.count == 1, let only = members.first?.part.details, only.count == 1, let value = only.first {
                title =
                    "\(value.subject): \(value.sourceValue ?? "none") on the source and "
                    + "\(value.otherValue ?? "none") on \(pair.otherName)"
            } else {
                title = "The \(noun) of \(listed(cpus)) differs on \(pair.otherName): \(listed(fields))"
            }
            findings.append(pair.finding(rule, title, subjects: cpus, details: members.flatMap(\.part.details)))
        }
    }
}

// MARK: - Against the destination as built

extension CPUComparison {
    /// QEMU gives each context of the stream to the vCPU whose context has the same instance number.
    private mutating func compareInstances(_ outcome: inout Outcome) {
        let receivers = Dictionary(
            pair.other.cpus.compactMap { cpu in cpu.contextInstance.map { ($0, cpu) } },
            uniquingKeysWith: { first, _ in first })
        let senders = pair.source.cpus.filter { $0.context != nil }
        guard !senders.isEmpty, pair.other.xive != nil else { return }
        if senders.contains(where: { $0.contextInstance == nil }) || receivers.isEmpty {
            outcome.skip(
                "which vCPU each thread context is loaded into",
                "Instance numbers of contexts are not known on both sides.")
        }
        let present = Set(pair.other.cpus.map(\.index))
        let strays = senders.compactMap { sender -> (from: VirtualCPU, to: VirtualCPU)? in
            guard let instance = sender.contextInstance, let receiver = receivers[instance] else { return nil }
            return receiver.index != sender.index && present.contains(sender.index) ? (sender, receiver) : nil
        }
        if !strays.isEmpty { findings.append(strayFinding(strays)) }
        compareLoadedServers(senders, receivers)
    }

    private mutating func strayFinding(_ strays: [(from: VirtualCPU, to: VirtualCPU)]) -> Finding {
        exchanged = Set(strays.map(\.from.index))
        let isInForce = pair.source.facts.activeMode == .xive
        let parts = strays.map { "that of \(CPUComparison.name($0.from)) goes to \(CPUComparison.name($0.to))" }
        let details = strays.map { stray in
            pair.detail(
                "thread context instance \(stray.from.contextInstance ?? 0)", "vCPU \(stray.from.index)",
                "vCPU \(stray.to.index)", at: nil)
        }
        return pair.finding(
            .contextExchanged, "Thread contexts will be exchanged by the load: \(listed(parts))",
            severity: isInForce ? nil : .warning,
            subjects: strays.flatMap { ["vCPU \($0.from.index)", "vCPU \($0.to.index)"] }, details: details)
    }

    /// A context brings the source's server number; the vCPU that receives it must be that server.
    private mutating func compareLoadedServers(_ senders: [VirtualCPU], _ receivers: [UInt32: VirtualCPU]) {
        guard pair.source.facts.activeMode == .xive else { return }
        let wrong = senders.compactMap { sender -> (VirtualCPU, ServerNumber, ServerNumber)? in
            // Where the source's server is known, a difference is one of servers and reported as such.
            guard sender.server == nil, let instance = sender.contextInstance, let receiver = receivers[instance],
                receiver.index == sender.index, let brought = sender.context?.server, let expected = receiver.server,
                brought != expected
            else { return nil }
            return (sender, brought, expected)
        }
        guard !wrong.isEmpty else { return }
        let details = wrong.map { cpu, brought, expected in
            pair.detail("vCPU \(cpu.index) context server", "\(brought)", "\(expected)", at: .context(cpu: cpu.index))
        }
        findings.append(
            pair.finding(
                .contextWrongServer,
                "The thread context of \(listed(wrong.map { "vCPU \($0.0.index)" })) answers for another server than the "
                    + "vCPU has on \(pair.otherName)",
                subjects: wrong.map { "vCPU \($0.0.index)" }, details: details))
    }

    /// Bindings and queues of the source whose server has no vCPU on the destination as built.
    private mutating func compareTargets(_ outcome: inout Outcome) {
        guard let theirs = pair.other.knownServers else {
            outcome.skip(
                "servers that sources and queues are bound to",
                "The servers of \(pair.otherName) are not known." + pair.gapReason("server"))
            return
        }
        let mine = pair.source.knownServers
        let lost = Targets(pair.source) { !theirs.contains($0) && (mine?.contains($0) ?? true) }.entries
        let holders = Dictionary(grouping: pair.source.cpus.filter { $0.server != nil }, by: \.server)
        for (server, entries) in grouped(lost, by: \.server) {
            attach(server, entries, holders: (holders[server] ?? []).map { "vCPU \($0.index)" })
        }
    }

    /// Adds the bindings to the finding that says why the server is missing, or makes one of its own.
    private mutating func attach(_ server: ServerNumber, _ entries: [Targets.Entry], holders: [String]) {
        let numbers = NumberRanges(entries.compactMap(\.number))
        let queues = entries.filter { $0.number == nil }.count
        let details = entries.map { pair.detail($0.subject, number: $0.number, "server \(server)", nil, at: $0.place) }
        var bound: [String] = []
        if !numbers.isEmpty { bound.append("\(counted(numbers.count, "source")) (\(numbers.text(limit: 4)))") }
        if queues > 0 { bound.append(counted(queues, "event queue")) }
        let text =
            "\(listed(bound)) \(entries.count == 1 ? "is" : "are") bound to server \(server), which has no vCPU there"
        let causes: [Rule] = [.serverChanged, .missingCPU]
        if let place = findings.firstIndex(where: {
            causes.contains($0.rule) && holders.contains(where: $0.subjects.contains)
        }) {
            findings[place].title += "; \(text)"
            findings[place].numbers = findings[place].numbers.union(numbers)
            findings[place].details += details
        } else {
            findings.append(
                pair.finding(
                    .sourceServerMissing, text.prefix(1).uppercased() + text.dropFirst().replacingThere(pair.otherName),
                    subjects: ["server \(server)"], numbers: numbers, details: details))
        }
    }
}

extension Substring {
    /// `there` at the end becomes the name of the side, for a sentence that stands alone.
    fileprivate func replacingThere(_ side: String) -> String {
        hasSuffix("there") ? String(dropLast("there".count)) + "on " + side : String(self)
    }
}

extension Pair {
    /// Reasons of gaps about a subject, as a continuation of a sentence.
    func gapReason(_ word: String) -> String {
        let reasons = (source.gaps + other.gaps).filter { $0.subject.contains(word) }.map(\.reason)
        return reasons.isEmpty ? "" : " " + Array(Set(reasons)).sorted().joined(separator: " ")
    }
}
