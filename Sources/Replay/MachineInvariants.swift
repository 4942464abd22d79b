import InterruptState
import PSeries

// What holds of every machine that was built and driven, and never loaded into: checked by tests after random calls.
extension Machine {
    /// Sentences about what does not hold; empty for a sound machine.
    public func invariantViolations() -> [String] {
        processorViolations + claimViolations + contextViolations + queueViolations + (xics?.violations ?? [])
    }

    private var processorViolations: [String] {
        let processors = board.processors
        return (0..<processors.count).compactMap { row in
            processors.row(server: processors.servers[row].rawValue) == row
                ? nil : "vCPU row \(row) is not found by its server number"
        }
    }

    /// What devices raise is claimed, blocks are disjoint, and the allocator knows of every block.
    private var claimViolations: [String] {
        guard !isLoaded else { return [] }
        var violations: [String] = []
        var owned: Set<LogicalNumber> = []
        for row in snapshot().numbers {
            if !owned.insert(row.number).inserted { violations.append("\(row.number) has two owners") }
            if case .unknown = row.owner { violations.append("\(row.number) is claimed by nobody") }
            if let xive, !xive.isClaimed(row.number.rawValue) { violations.append("XIVE lacks \(row.number)") }
            if let xics, xics.bounds.contains(row.number.rawValue), !xics.isClaimed(row.number.rawValue) {
                violations.append("XICS lacks \(row.number)")
            }
            if case .bridgeMessage = row.owner, !plan.isTaken(row.number) {
                violations.append("\(row.number) is free in the allocator")
            }
        }
        return violations
    }

    private var contextViolations: [String] {
        guard let xive else { return [] }
        return (0..<board.processors.count).flatMap { row -> [String] in
            var violations: [String] = []
            let (nsr, cppr) = (xive.register(row, OSRing.nsr), xive.register(row, OSRing.cppr))
            if nsr != 0, nsr != 0x80 { violations.append("NSR of row \(row) is \(nsr)") }
            if cppr > 7, cppr != 0xff { violations.append("CPPR of row \(row) is \(cppr)") }
            // In dual mode the input may still be up from the time before the switch.
            if !isLoaded, xics == nil, board.processors.lines[row] != (nsr != 0) {
                violations.append("the input of row \(row) is not as its NSR says")
            }
            return violations
        }
    }

    private var queueViolations: [String] {
        guard let xive else { return [] }
        return xive.storedQueues.compactMap { queue in
            guard queue.isValid else { return "queue \(queue.index) is stored and not valid" }
            return queue.nextIndex < queue.entryCount ? nil : "queue \(queue.index) stands beyond its end"
        }
    }
}

extension XicsModel {
    /// What does not hold of the source table and the presenters.
    fileprivate var violations: [String] {
        var violations: [String] = []
        let expected = storedSources.filter { source in
            source.flags.contains(.lsi)
                ? source.status.contains(.asserted) && !source.status.contains(.sent)
                : source.status.contains(.rejected)
        }
        if expected.map(\.number.rawValue) != waitingNumbers {
            violations.append("the list of waiting sources is stale")
        }
        for (row, presenter) in presenters.enumerated()
        where presenter.presented == 0 && presenter.pendingPriority != 0xff {
            violations.append("presenter \(row) has a priority and no interrupt")
        }
        return violations
    }
}
