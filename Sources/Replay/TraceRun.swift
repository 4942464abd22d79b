import InterruptState
import PSeries

/// A recorded run: QEMU's own trace of a real guest, replayed on the model.
///
/// A trace shows calls and some of what came of them. What it does not show is either inferred from later events or
/// stays as it is in the model; both are listed in ``gaps``, never passed over.
public struct TraceRun: Sendable {
    /// The machine as the trace leaves it.
    public private(set) var machine: Machine
    /// Where trace and model say different things, as sentences with the line of the log.
    public private(set) var contradictions: [String] = []
    /// Events that were acted upon.
    public private(set) var applied = 0
    /// Events that say nothing of the state, by name.
    public private(set) var ignored: [String: Int] = [:]
    /// What the trace does not determine.
    public var gaps: [Gap] { undetermined.values.sorted { $0.subject < $1.subject } }

    private var undetermined: [String: Gap] = [:]
    private var tracedClaims: Set<UInt32> = []
    private var hasClaimEvents = false
    /// Whether the log shows hypercalls of XIVE, accesses to state buffers, and accesses to thread management areas.
    private(set) var hasXiveCalls = false
    private(set) var hasStatusEvents = false
    private(set) var hasContextEvents = false
    /// Model of the PCI device that the last set-up of messages named.
    private var lastDevice: Substring?

    /// Replays a log on a machine that was built and reset.
    ///
    /// - Parameter saved: what the machine loads once it is built, being the destination of a migration. The claims
    ///   that the log begins with are those of its construction.
    public init(_ machine: Machine, log: String, loading saved: SavedMachine? = nil) {
        self.machine = machine
        var events: [TraceEvent] = []
        for (index, line) in log.split(separator: "\n").enumerated() {
            if let event = TraceEvent(line, line: index + 1) { events.append(event) }
        }
        let construction = saved == nil ? 0 : events.prefix { $0.name == "spapr_xive_claim_irq" }.count
        for event in events.prefix(construction) { apply(event, next: nil) }
        if let saved { load(saved) }
        for place in construction..<events.count {
            apply(events[place], next: place + 1 < events.count ? events[place + 1] : nil)
        }
        finish()
    }

    private mutating func load(_ saved: SavedMachine) {
        checkClaims()
        if case .refused(let reason) = machine.load(saved) {
            contradictions.append("the model refuses the load: \(reason)")
        }
        tracedClaims = claimedNumbers
    }

    private mutating func leaveOpen(_ subject: String, _ reason: String) {
        undetermined[subject] = Gap(subject: subject, reason: reason)
    }

    private mutating func contradict(_ event: TraceEvent, _ message: String) {
        contradictions.append("line \(event.line): \(event.name): \(message)")
    }
}

// MARK: - Events

extension TraceRun {
    private mutating func apply(_ event: TraceEvent, next: TraceEvent?) {
        applied += 1
        switch event.name {
        case "spapr_xive_claim_irq": noteClaim(event, isClaim: true)
        case "spapr_xive_free_irq": noteClaim(event, isClaim: false)
        case "spapr_pci_msi_setup": lastDevice = event.quoted
        case "spapr_pci_rtas_ibm_change_msi": changeMessages(event)
        case "spapr_pci_msi": if event.text.hasPrefix("Released MSIs") { releaseMessages(event) }
        case "spapr_xive_set_irq": setInput(event)
        case "xive_source_esb_read", "xive_source_esb_write": accessStatus(event)
        case "xive_tctx_set_cppr": setPriority(event)
        case "xive_tctx_accept": acceptContext(event)
        case "xics_ics_write_xive": writeSource(event)
        case "xics_icp_check_ipi": request(event)
        case "xics_icp_accept": acceptPresenter(event)
        case "xics_icp_eoi": endOfInterrupt(event, next: next)
        case "xics_ics_set_irq_msi", "xics_ics_set_irq_lsi": setXicsInput(event, next: next)
        default:
            guard let call = TraceRun.calls[String(event.name)] else {
                applied -= 1
                ignored[String(event.name), default: 0] += 1
                return
            }
            hypercall(call, event)
        }
    }

    /// Claims of XIVE are traced, at construction and for messages; the set must be the model's in the end.
    private mutating func noteClaim(_ event: TraceEvent, isClaim: Bool) {
        guard let number = event.number(after: "lisn=").map(UInt32.init(truncatingIfNeeded:)) else { return }
        hasClaimEvents = true
        if isClaim { tracedClaims.insert(number) } else { tracedClaims.remove(number) }
    }

    private var claimedNumbers: Set<UInt32> {
        Set((machine.xive?.storedSources ?? []).filter(\.assignment.isValid).map(\.number.rawValue))
    }

    private mutating func checkClaims() {
        guard hasClaimEvents else { return }
        for number in claimedNumbers.symmetricDifference(tracedClaims).sorted() {
            let owner = tracedClaims.contains(number) ? "the trace" : "the model"
            contradictions.append("\(LogicalNumber(number)) is claimed in \(owner) alone")
        }
    }

    private mutating func finish() {
        checkClaims()
        if machine.activeMode == .xive, !hasXiveCalls, !machine.isLoaded {
            leaveOpen("bindings of sources and settings of event queues", "the trace has no hypercalls of XIVE")
        }
        if machine.xive != nil, !hasStatusEvents {
            leaveOpen("the PQ bits of sources", "the trace has no accesses to event state buffers")
            leaveOpen("index, generation and entries of event queues", "the trace has no triggers and no pushes")
        }
        if machine.xive != nil, !hasContextEvents {
            leaveOpen("the thread contexts", "the trace has no accesses to thread management areas")
        }
        leaveOpen("the negotiated options but XIVE", "what the guest negotiated is not traced")
        if machine.xics != nil {
            leaveOpen("CPPR of presenters after the last event", "H_CPPR is not traced")
            leaveOpen("MFRR of presenters above CPPR", "H_IPI is traced only where it has an effect")
        }
    }
}

// MARK: - Messages and lines

extension TraceRun {
    private mutating func changeMessages(_ event: TraceEvent) {
        guard let address = event.number(after: "cfgaddr ").map(UInt32.init(truncatingIfNeeded:)),
            let function = event.number(after: "func ").map(UInt32.init(truncatingIfNeeded:)),
            let count = event.number(after: "requested ").map(UInt32.init(truncatingIfNeeded:)),
            let first = event.number(after: "first irq ")
        else { return contradict(event, "the line cannot be read") }
        // Nothing was allocated: the guest was told how many it can have.
        guard first != 0 else { return }
        guard let bridge = bridge(address) else { return contradict(event, "no function of the machine fits") }
        if count > 1, count & (count - 1) == 0 {
            machine.enableMessages(
                bridge: bridge, configurationAddress: address, shift: UInt32(count.trailingZeroBitCount))
        }
        let change = machine.changeMessages(
            configurationAddress: address, buid: Owner.firstBridge + UInt64(bridge), function: function, count: count)
        guard case .granted(_, _, let number?) = change, UInt64(number.rawValue) == first else {
            return contradict(event, "the model gives \(change)")
        }
    }

    private mutating func releaseMessages(_ event: TraceEvent) {
        guard let address = event.number(after: "cfg=").map(UInt32.init(truncatingIfNeeded:)),
            let bridge = bridge(address, withBlock: true)
        else { return contradict(event, "no block of the machine fits") }
        for function: UInt32 in [4, 3] {
            let change = machine.changeMessages(
                configurationAddress: address, buid: Owner.firstBridge + UInt64(bridge), function: function, count: 0)
            if change == .released { return }
        }
        contradict(event, "the model has no such block")
    }

    /// The bridge of a function: the configuration address, and the device's model where several bridges have it.
    private func bridge(_ address: UInt32, withBlock: Bool = false) -> UInt32? {
        let found = machine.bridges.filter { bridge in
            bridge.functions.contains { $0.description.configurationAddress == address }
                && (!withBlock || bridge.blocks.contains { $0.device == address })
        }
        if found.count == 1 { return found[0].index }
        return found.first { bridge in
            bridge.functions.contains {
                $0.description.configurationAddress == address && $0.description.model == lastDevice.map(String.init)
            }
        }?.index
    }

    private mutating func setInput(_ event: TraceEvent) {
        guard let number = event.number(after: "lisn=").map(UInt32.init(truncatingIfNeeded:)),
            let level = event.number(after: "val=")
        else { return }
        machine.setInput(LogicalNumber(number), to: level != 0)
    }

    /// The level is not in the line: what follows tells a rising edge, unless the source is masked.
    private mutating func setXicsInput(_ event: TraceEvent, next: TraceEvent?) {
        guard let number = event.number(after: "irq ").map(UInt32.init(truncatingIfNeeded:)) else { return }
        let isDelivered = next?.name == "xics_icp_irq" && next?.number(after: "irq ") == UInt64(number)
        let isRising = isDelivered || next?.name == "xics_masked_pending"
        let isLevel = event.name == "xics_ics_set_irq_lsi"
        if isLevel, !isRising, machine.xics?.source(number).isMasked == true {
            leaveOpen("the level of \(LogicalNumber(number))", "the source is masked, and the trace shows no level")
        }
        machine.setInput(LogicalNumber(number), to: isRising)
    }
}

// MARK: - XIVE

extension TraceRun {
    private static let calls: [String: (Hypercall, [String])] = [
        "spapr_xive_get_source_info": (.getSourceInfo, ["flags=", "lisn="]),
        "spapr_xive_set_source_config": (.setSourceConfig, ["flags=", "lisn=", "target=", "priority=", "eisn="]),
        "spapr_xive_get_source_config": (.getSourceConfig, ["flags=", "lisn="]),
        "spapr_xive_get_queue_info": (.getQueueInfo, ["flags=", "target=", "priority="]),
        "spapr_xive_set_queue_config": (.setQueueConfig, ["flags=", "target=", "priority=", "qpage=", "qsize="]),
        "spapr_xive_get_queue_config": (.getQueueConfig, ["flags=", "target=", "priority="]),
        "spapr_xive_esb": (.esb, ["flags=", "lisn=", "offset=", "data="]),
        "spapr_xive_sync": (.sync, ["flags=", "lisn="]),
        "spapr_xive_reset": (.reset, ["flags="]),
    ]

    private mutating func hypercall(_ call: (Hypercall, [String]), _ event: TraceEvent) {
        var arguments = call.1.map { event.number(after: $0) ?? 0 }
        arguments += [UInt64](repeating: 0, count: 5 - min(5, arguments.count))
        hasXiveCalls = true
        assumeXive()
        var registers = Registers(
            call.0.rawValue, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4])
        machine.hypercall(&registers, processor: 0)
    }

    /// The calls appear only once XIVE is negotiated, of which nothing else is in the trace.
    private mutating func assumeXive() {
        guard !machine.isXiveNegotiated, machine.xive != nil else { return }
        var words = machine.negotiatedOptions
        words[OptionVector5.xive / 64] |= 1 << UInt64(OptionVector5.xive % 64)
        machine.setNegotiated(words)
        machine.selectController()
    }

    private mutating func accessStatus(_ event: TraceEvent) {
        hasStatusEvents = true
        guard let offset = event.number(after: "@") else { return }
        let address = XiveModel.statusBase &+ offset
        if event.name == "xive_source_esb_write" {
            machine.store(address, 0, byteCount: 8, processor: 0)
        } else if let found = machine.load(address, byteCount: 8, processor: 0),
            let value = event.number(after: "val="),
            found != value
        {
            contradict(event, "the model gives \(hexadecimal(found))")
        }
    }

    private mutating func setPriority(_ event: TraceEvent) {
        hasContextEvents = true
        guard let index = event.number(after: "target=").map(UInt32.init(truncatingIfNeeded:)),
            let row = machine.board.processors.row(index: index), let value = event.number(after: "new CPPR=")
        else { return }
        machine.store(XiveModel.managementBase + 0x20011, value, byteCount: 1, processor: row)
    }

    private mutating func acceptContext(_ event: TraceEvent) {
        hasContextEvents = true
        guard let index = event.number(after: "target=").map(UInt32.init(truncatingIfNeeded:)),
            let row = machine.board.processors.row(index: index)
        else { return }
        _ = machine.load(XiveModel.managementBase + 0x20810, byteCount: 2, processor: row)
    }
}

// MARK: - XICS

extension TraceRun {
    /// set-xive, int-off and int-on alike: of priority 0xff it is not known whether the old one was kept aside.
    private mutating func writeSource(_ event: TraceEvent) {
        guard let number = event.number(after: "irq ").map(UInt32.init(truncatingIfNeeded:)),
            let server = event.number(after: "server ").map(UInt32.init(truncatingIfNeeded:)),
            let priority = event.number(after: "prio ").map(UInt8.init(truncatingIfNeeded:)),
            let old = machine.xics?.source(number)
        else { return contradict(event, "the line cannot be read") }
        var saved = priority
        if priority == 0xff {
            saved = old.server.rawValue == server ? old.priority : 0xff
            leaveOpen(
                "the saved priority of \(LogicalNumber(number))", "ibm,set-xive and ibm,int-off look alike in a trace")
        }
        machine.xics?.configure(
            number, server: server, priority: priority, savedPriority: saved, on: &machine.board)
    }

    /// A presenter takes a request: its CPPR lets it through, whatever untraced H_CPPR set it so.
    private mutating func request(_ event: TraceEvent) {
        guard let index = event.number(after: "CPU ").map(UInt32.init(truncatingIfNeeded:)),
            let row = machine.board.processors.row(index: index),
            let mfrr = event.number(after: "mfrr=").map(UInt8.init(truncatingIfNeeded:))
        else { return contradict(event, "the line cannot be read") }
        if let presenter = machine.xics?.presenters[row], presenter.currentPriority <= mfrr {
            machine.xics?.setCurrentPriority(row, 0xff, on: &machine.board)
        }
        machine.xics?.setRequest(row, mfrr, on: &machine.board)
    }

    /// The line names no vCPU: it is the one that presents what is taken.
    private mutating func acceptPresenter(_ event: TraceEvent) {
        guard let old = event.number(after: "XIRR ").map(UInt32.init(truncatingIfNeeded:)),
            let new = event.number(after: "->").map(UInt32.init(truncatingIfNeeded:)),
            let presenters = machine.xics?.presenters
        else { return contradict(event, "the line cannot be read") }
        let fitting = presenters.indices.filter { row in
            presenters[row].presented == old & 0xff_ffff && UInt32(presenters[row].pendingPriority) == new >> 24
        }
        guard let row = fitting.first(where: { presenters[$0].xirr == old }) ?? fitting.first else {
            return contradict(event, "no presenter has \(hexadecimal(UInt64(old), digits: 8)) to give")
        }
        if presenters[row].xirr != old {
            machine.xics?.setCurrentPriority(row, UInt8(truncatingIfNeeded: old >> 24), on: &machine.board)
        }
        _ = machine.xics?.accept(row, on: &machine.board)
    }

    private mutating func endOfInterrupt(_ event: TraceEvent, next: TraceEvent?) {
        guard let index = event.number(after: "server ").map(UInt32.init(truncatingIfNeeded:)),
            let row = machine.board.processors.row(index: index),
            let given = event.number(after: "given XIRR ").map(UInt32.init(truncatingIfNeeded:)),
            let new = event.number(after: "new XIRR ").map(UInt32.init(truncatingIfNeeded:))
        else { return contradict(event, "the line cannot be read") }
        let isPresentedAgain = next?.name == "xics_icp_check_ipi" && next?.number(after: "CPU ") == UInt64(index)
        if !isPresentedAgain, let presenter = machine.xics?.presenters[row], presenter.mfrr < UInt8(given >> 24) {
            // The guest withdrew its request before: a call without an effect is not traced.
            machine.xics?.setRequest(row, 0xff, on: &machine.board)
        }
        machine.xics?.endOfInterrupt(row, given, on: &machine.board)
        if !isPresentedAgain, let found = machine.xics?.presenters[row].xirr, found & 0xff00_0000 != new & 0xff00_0000 {
            contradict(event, "the model's XIRR is \(hexadecimal(UInt64(found), digits: 8))")
        }
    }
}
