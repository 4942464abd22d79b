import InterruptState

/// The machine as a whole: controllers, number space, servers, and what only QEMU minds.
struct MachineComparison {
    let pair: Pair
    private(set) var findings: [Finding] = []

    /// - Parameter map: gives up its changes of inter-processor numbers where a finding of this comparison explains them.
    init(_ pair: Pair, _ map: inout MapComparison, into outcome: inout Outcome) {
        self.pair = pair
        compareModes(&map)
        compareNumberSpace()
        compareServers(&map, &outcome)
        compareNames()
        if pair.isConstructed {
            compareByteOrder(.tableByteOrder, severity: nil)
            compareBridgeOrder()
        } else {
            compareNegotiation()
            compareByteOrder(.exactBits, severity: pair.exactSeverity)
        }
    }

    // MARK: - Modes

    private mutating func compareModes(_ map: inout MapComparison) {
        let mine = pair.source.facts.activeMode
        let theirs = pair.other.facts.activeMode
        if !pair.isConstructed, mine != theirs {
            findings.append(
                pair.finding(
                    .modeInForce,
                    "The source is in \(mine.rawValue) mode, \(pair.otherName) in \(theirs.rawValue) mode",
                    details: [pair.detail("mode in force", mine.rawValue, theirs.rawValue, at: .negotiatedModes)]))
        }
        guard pair.source.offeredModes != pair.other.offeredModes else { return }
        let text = { (state: MachineState) in
            state.offeredModes.isEmpty ? "no controller" : state.offeredModes.map(\.rawValue).joined(separator: " and ")
        }
        let consequences = interprocessorChanges(&map) { pair.source.xive == nil || pair.other.xive == nil }
        findings.append(
            pair.finding(
                .modesOffered,
                "The source offers \(text(pair.source)), \(pair.otherName) \(text(pair.other))",
                numbers: numbers(consequences),
                details: [pair.detail("modes offered", text(pair.source), text(pair.other))] + consequences.map(detail))
        )
    }

    /// The XIVE bit of the negotiated option vector: bit 177, so word 2 of the saved bitmap.
    private mutating func compareNegotiation() {
        let mine = pair.source.hasNegotiatedXive
        let theirs = pair.other.hasNegotiatedXive
        guard mine != theirs else { return }
        let text = { (isXive: Bool) in isXive ? "XIVE" : "not XIVE" }
        findings.append(
            pair.finding(
                .negotiatedMode,
                "The guest has negotiated \(text(mine)) on the source and \(text(theirs)) on \(pair.otherName)",
                details: [pair.detail("negotiated mode", text(mine), text(theirs), at: .negotiatedModes)]))
    }

    // MARK: - Number space

    private mutating func compareNumberSpace() {
        var details: [Detail] = []
        if let mine = pair.source.xive, let theirs = pair.other.xive, mine.numberCount != theirs.numberCount {
            details.append(pair.detail("XIVE number space", bounds(0, mine.numberCount), bounds(0, theirs.numberCount)))
        }
        if let mine = pair.source.xics, let theirs = pair.other.xics,
            mine.base != theirs.base || mine.numberCount != theirs.numberCount
        {
            details.append(
                pair.detail(
                    "XICS number space", bounds(mine.base.rawValue, mine.numberCount),
                    bounds(theirs.base.rawValue, theirs.numberCount)))
        }
        guard !details.isEmpty else { return }
        let beyond = messagesBeyond()
        let parts = details.map {
            "\($0.subject) \($0.sourceValue ?? "-") on the source, \($0.otherValue ?? "-") on \(pair.otherName)"
        }
        findings.append(
            pair.finding(
                .numberSpace,
                parts.joined(separator: "; ")
                    + (beyond.isEmpty ? "" : "; numbers \(beyond.text(limit: 6)) of the source lie outside it"),
                numbers: beyond, details: details))
    }

    private func bounds(_ first: UInt32, _ count: UInt32) -> String {
        guard count > 0 else { return "empty" }
        let last = first.addingReportingOverflow(count - 1)
        return "\(LogicalNumber(first))..\(LogicalNumber(last.overflow ? .max : last.partialValue))"
    }

    /// Numbers claimed on the source that the other side's controller of the same mode does not have.
    private func messagesBeyond() -> NumberRanges {
        NumberRanges(
            pair.source.claimedNumbers.filter { number in
                switch pair.source.facts.activeMode {
                case .xive: pair.other.xive.map { number.rawValue >= $0.numberCount } ?? false
                case .xics: pair.other.xics.map { !$0.contains(number) } ?? false
                }
            })
    }

    // MARK: - Servers

    private mutating func compareServers(_ map: inout MapComparison, _ outcome: inout Outcome) {
        var details: [Detail] = []
        if let mine = pair.source.facts.serverCount, let theirs = pair.other.facts.serverCount {
            if mine != theirs { details.append(pair.detail("possible servers", "\(mine)", "\(theirs)")) }
        } else {
            let sides = [
                pair.source.facts.serverCount == nil ? "the source" : nil,
                pair.other.facts.serverCount == nil ? pair.otherName : nil,
            ].compactMap { $0 }
            outcome.skip(
                "number of possible servers" + (pair.isConstructed ? ", as built" : ""),
                "It is not known of \(listed(sides))." + pair.gapReason("server"))
        }
        if let mine = pair.source.xive?.queueCount, let theirs = pair.other.xive?.queueCount, mine != theirs {
            details.append(pair.detail("event queues", "\(mine)", "\(theirs)"))
        }
        guard !details.isEmpty else { return }
        let consequences = interprocessorChanges(&map) { true }
        let parts = details.map {
            "\($0.sourceValue ?? "-") \($0.subject) on the source and \($0.otherValue ?? "-") on \(pair.otherName)"
        }
        let affected = numbers(consequences)
        findings.append(
            pair.finding(
                .serverCount,
                parts.joined(separator: "; ")
                    + (affected.isEmpty ? "" : "; IPIs \(affected.text(limit: 4)) exist on one side only"),
                numbers: affected, details: details + consequences.map(detail)))
    }

    private func interprocessorChanges(_ map: inout MapComparison, if condition: () -> Bool) -> [MapChange] {
        condition() ? map.take(.interprocessor) : []
    }

    private func numbers(_ changes: [MapChange]) -> NumberRanges {
        NumberRanges(merging: changes.flatMap { $0.source.ranges + $0.other.ranges })
    }

    private func detail(_ change: MapChange) -> Detail {
        let number = change.source.first ?? change.other.first
        return pair.detail(
            "number of \(change.owner)", number: number, change.source.first.map { "\($0)" },
            change.other.first.map { "\($0)" }, at: number.map { .xiveAssignment($0) })
    }

    // MARK: - What only QEMU minds

    private mutating func compareNames() {
        if let mine = pair.source.facts.typeName, let theirs = pair.other.facts.typeName, mine != theirs {
            findings.append(
                pair.finding(
                    .machineType, "The source is a \(mine) and \(pair.otherName) a \(theirs)",
                    severity: pair.isConstructed ? nil : pair.exactSeverity,
                    details: [pair.detail("machine type", mine, theirs, at: .machineType)]))
        }
        if let mine = pair.source.facts.scheme, let theirs = pair.other.facts.scheme, mine != theirs {
            findings.append(
                pair.finding(
                    .numberScheme,
                    "Numbers are handed out by the \(mine.rawValue) scheme on the source and the "
                        + "\(theirs.rawValue) scheme on \(pair.otherName)",
                    severity: pair.isConstructed ? nil : pair.exactSeverity,
                    details: [pair.detail("number scheme", mine.rawValue, theirs.rawValue)]))
        }
    }

    private mutating func compareByteOrder(_ rule: Rule, severity: Severity?) {
        guard let mine = pair.source.xive, let theirs = pair.other.xive, mine.tableByteOrder != theirs.tableByteOrder
        else {
            return
        }
        findings.append(
            pair.finding(
                rule,
                "The XIVE tables are \(mine.tableByteOrder.rawValue)-endian on the source and "
                    + "\(theirs.tableByteOrder.rawValue)-endian on \(pair.otherName)",
                severity: severity,
                details: [
                    pair.detail("table byte order", mine.tableByteOrder.rawValue, theirs.tableByteOrder.rawValue)
                ]))
    }

    private mutating func compareBridgeOrder() {
        let places = Dictionary(
            pair.other.bridges.map { ($0.instance, $0.buid) }, uniquingKeysWith: { first, _ in first })
        let present = Set(pair.other.bridges.map(\.buid))
        let strays = pair.source.bridges.filter { bridge in
            guard let holder = places[bridge.instance] else { return false }
            return holder != bridge.buid && present.contains(bridge.buid)
        }
        guard !strays.isEmpty else { return }
        findings.append(
            pair.finding(
                .bridgeOrder,
                "\(listed(strays.map { Owner.bridgeName($0.buid) })) were created in another order on \(pair.otherName)",
                subjects: strays.map { Owner.bridgeName($0.buid) },
                details: strays.map { bridge in
                    pair.detail(
                        "bridge instance \(bridge.instance)", Owner.bridgeName(bridge.buid),
                        places[bridge.instance].map(Owner.bridgeName), at: nil)
                }))
    }
}

extension MachineState {
    /// Whether option vector 5, as negotiated, selects XIVE; absent options select nothing.
    var hasNegotiatedXive: Bool {
        guard let words = negotiatedOptions, words.count > MachineState.xiveOption.word else { return false }
        return words[MachineState.xiveOption.word] & MachineState.xiveOption.mask != 0
    }

    /// Bit 177 of the vector (`hw/ppc/spapr_ovec.c`, QEMU 5.2 to 11.1).
    static let xiveOption: (word: Int, mask: UInt64) = (2, 1 << 49)
}
