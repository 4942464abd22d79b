import InterruptState

/// What a state's guest has bound to certain servers, under the controller in force.
struct Targets {
    struct Entry {
        let subject: String
        let number: LogicalNumber?
        let server: ServerNumber
        let place: Subject
    }

    /// Unmasked claimed sources, then enabled queues.
    let entries: [Entry]

    /// - Parameter isWanted: whether what is bound to the server is listed.
    init(_ state: MachineState, where isWanted: (ServerNumber) -> Bool) {
        switch state.facts.activeMode {
        case .xive: entries = state.xive.map { Targets.entries($0, isWanted) } ?? []
        case .xics: entries = state.xics.map { Targets.entries($0, isWanted) } ?? []
        }
    }

    private static func entries(_ xive: XiveController, _ isWanted: (ServerNumber) -> Bool) -> [Entry] {
        let sources = xive.sources.compactMap { source -> Entry? in
            guard source.assignment.isValid, !source.assignment.isMasked else { return nil }
            let server = ServerNumber(source.assignment.queueIndex >> 3)
            guard isWanted(server) else { return nil }
            return Entry(
                subject: "\(source.number) server", number: source.number, server: server,
                place: .xiveAssignment(source.number))
        }
        let queues = xive.queues.compactMap { queue -> Entry? in
            guard queue.isEnabled, isWanted(queue.tableServer) else { return nil }
            return Entry(
                subject: EventQueueText.name(queue.index), number: nil, server: queue.tableServer,
                place: .eventQueue(queue.index))
        }
        return sources + queues
    }

    private static func entries(_ xics: XicsController, _ isWanted: (ServerNumber) -> Bool) -> [Entry] {
        xics.sources.compactMap { source in
            guard source.isClaimed, !source.isMasked, isWanted(source.server) else { return nil }
            return Entry(
                subject: "\(source.number) server", number: source.number, server: source.server,
                place: .xicsSource(source.number))
        }
    }
}
