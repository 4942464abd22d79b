import InterruptState

/// The event queues of two XIVE controllers: descriptors and, where both were captured, waiting entries.
struct QueueComparison {
    let pair: Pair
    private(set) var findings: [Finding] = []
    /// Differences, if the controller is not in force.
    private(set) var dormant: [Detail] = []
    private let isInForce: Bool
    private var configurations: [(key: String, details: [Detail], index: UInt32)] = []
    private var positions: [(Detail, UInt32)] = []
    private var statuses: [(Detail, UInt32)] = []
    private var bits: [(Detail, UInt32)] = []

    init?(_ pair: Pair, into outcome: inout Outcome) {
        guard let mine = pair.source.xive, let theirs = pair.other.xive else { return nil }
        self.pair = pair
        isInForce = pair.commonMode == .xive
        mergeSorted(mine.queues, theirs.queues, by: \.index) { left, right in
            guard let index = (left ?? right)?.index else { return }
            compare(left ?? EventQueue(index: index), right ?? EventQueue(index: index))
        }
        if isInForce { outcome.counts.queues += UInt64(min(mine.queueCount, theirs.queueCount)) }
        finish()
        compareEntries(mine.contents, theirs.contents, &outcome)
    }

    // MARK: - Descriptors

    private mutating func compare(_ left: EventQueue, _ right: EventQueue) {
        if left == right { return }
        let place = EventQueueText.name(left.index)
        let details = zip(EventQueueText.configuration(left), EventQueueText.configuration(right)).compactMap {
            $0.value == $1.value ? nil : detail("\(place) \($0.name)", $0.value, $1.value, left.index)
        }
        if !details.isEmpty {
            configurations.append((EventQueueText.change(left, right), details, left.index))
        }
        let isReconfigured = left.isEnabled != right.isEnabled
        let moved = zip(EventQueueText.position(left), EventQueueText.position(right)).compactMap {
            $0.value == $1.value ? nil : detail("\(place) \($0.name)", $0.value, $1.value, left.index)
        }
        let notified =
            left.notificationStatus == right.notificationStatus
            ? []
            : [
                detail(
                    "\(place) ESn", EventQueueText.status(left.notificationStatus),
                    EventQueueText.status(right.notificationStatus), left.index)
            ]
        if isReconfigured, !details.isEmpty {
            // One cause: the rest of the descriptor went with it.
            configurations[configurations.count - 1].details += moved + notified
        } else {
            positions += moved.map { ($0, left.index) }
            statuses += notified.map { ($0, left.index) }
        }
        for (word, values) in zip(left.words, right.words).enumerated() {
            let hidden = EventQueueText.hidden[word]
            if values.0 & hidden != values.1 & hidden {
                bits.append(
                    (
                        detail(
                            "\(place) w\(word)", hexadecimal(UInt64(values.0), digits: 8),
                            hexadecimal(UInt64(values.1), digits: 8), left.index),
                        left.index
                    ))
            }
        }
        noteHiddenPlacement(left, right, place)
    }

    /// Address and size of a queue that is on neither side written to are seen by nobody.
    private mutating func noteHiddenPlacement(_ left: EventQueue, _ right: EventQueue, _ place: String) {
        guard !left.isEnqueuing, !right.isEnqueuing else { return }
        if left.address != right.address || left.sizeShift != right.sizeShift {
            bits.append(
                (
                    detail(
                        "\(place) unused placement", EventQueueText.placement(left), EventQueueText.placement(right),
                        left.index),
                    left.index
                ))
        }
    }

    private func detail(_ subject: String, _ left: String, _ right: String, _ index: UInt32) -> Detail {
        pair.detail(subject, left, right, at: .eventQueue(index))
    }

    private mutating func finish() {
        guard isInForce else {
            dormant += configurations.flatMap(\.details) + (positions + statuses + bits).map(\.0)
            return
        }
        for (key, members) in grouped(configurations, by: \.key) {
            let indices = members.map(\.index)
            add(
                .queueConfiguration, "\(names(indices)): \(key) on \(pair.otherName)", indices,
                members.flatMap(\.details))
        }
        add(.queuePosition, "next entry or generation differ", positions)
        add(.queueStatus, "notification state differs", statuses)
        if pair.level == .exact { add(.exactBits, "bits differ that no guest sees", bits) }
    }

    private mutating func add(_ rule: Rule, _ predicate: String, _ parts: [(Detail, UInt32)]) {
        guard !parts.isEmpty else { return }
        let indices = parts.map(\.1)
        add(rule, "\(names(indices)): \(predicate)", indices, parts.map(\.0))
    }

    private mutating func add(_ rule: Rule, _ title: String, _ indices: [UInt32], _ details: [Detail]) {
        findings.append(
            pair.finding(rule, title, subjects: indices.map(EventQueueText.name), details: details))
    }

    private func names(_ indices: [UInt32]) -> String {
        let places = Array(Set(indices)).sorted().map(EventQueueText.place)
        return "queue\(places.count == 1 ? "" : "s") (server/priority) \(listed(places, limit: 8))"
    }

    // MARK: - Entries

    private mutating func compareEntries(_ left: QueueContents, _ right: QueueContents, _ outcome: inout Outcome) {
        switch (left, right) {
        case (.captured(let mine), .captured(let theirs)):
            if isInForce { outcome.counts.queueEntries += UInt64(mine.count) }
            compareEntries(mine, theirs)
        case (.notCaptured(let reason), _):
            if isInForce { outcome.skip("entries waiting in event queues", "Not captured on the source: \(reason)") }
        case (_, .notCaptured(let reason)):
            if isInForce {
                outcome.skip("entries waiting in event queues", "Not captured on \(pair.otherName): \(reason)")
            }
        }
    }

    private mutating func compareEntries(_ left: [QueueEntry], _ right: [QueueEntry]) {
        if left == right { return }
        var details: [(Detail, UInt32)] = []
        mergeSorted(left, right, by: { UInt64($0.queueIndex) << 32 | UInt64($0.position) }) { mine, theirs in
            guard let entry = mine ?? theirs, mine?.word != theirs?.word else { return }
            let text = { (entry: QueueEntry) in hexadecimal(UInt64(entry.word), digits: 8) }
            details.append(
                (
                    pair.detail(
                        "\(EventQueueText.name(entry.queueIndex)) entry \(entry.position)", mine.map(text),
                        theirs.map(text),
                        at: .eventQueue(entry.queueIndex)), entry.queueIndex
                ))
        }
        guard !details.isEmpty else { return }
        if isInForce {
            add(.queueEntries, "\(counted(details.count, "waiting entry", plural: "waiting entries")) differ", details)
        } else {
            dormant += details.map(\.0)
        }
    }
}

/// The fields of a queue descriptor as text, in the words of the calls that set them.
enum EventQueueText {
    struct Field {
        let name: String
        let value: String
    }

    /// Bits of each word that are no field of a guest's queue.
    static let hidden: [UInt32] = [
        0x1ff0_ffff, 0x3f80_0000, 0xf000_0000, 0, 0xffff_ffff, 0xffff_ffff, 0xff00_0000, 0xff00_ffff,
    ]

    /// `queue 8/6`.
    static func name(_ index: UInt32) -> String { "queue \(place(index))" }

    /// `8/6`: server and priority.
    static func place(_ index: UInt32) -> String { "\(index >> 3)/\(index & 7)" }

    static func configuration(_ queue: EventQueue) -> [Field] {
        let isPlaced = queue.isEnqueuing
        return [
            Field(name: "enabled", value: state(queue)),
            Field(name: "address", value: isPlaced ? hexadecimal(queue.address, digits: 8) : "none"),
            Field(name: "size", value: isPlaced ? "\(queue.byteCount) bytes" : "none"),
            Field(name: "always notify", value: queue.alwaysNotifies ? "yes" : "no"),
            Field(name: "notified target", value: hexadecimal(UInt64(queue.w6 & 0x00ff_ffff), digits: 6)),
            Field(name: "notified priority", value: "\(queue.priority)"),
        ]
    }

    static func position(_ queue: EventQueue) -> [Field] {
        [
            Field(name: "generation", value: "\(queue.generation)"),
            Field(name: "next entry", value: "\(queue.nextIndex)"),
        ]
    }

    static func status(_ bits: UInt8) -> String { "P=\(bits >> 1 & 1) Q=\(bits & 1)" }

    static func placement(_ queue: EventQueue) -> String {
        "\(hexadecimal(queue.address, digits: 8)), \(queue.byteCount) bytes"
    }

    private static func state(_ queue: EventQueue) -> String {
        if queue.isEnabled { return "yes" }
        if queue.isValid { return "valid, not enqueuing" }
        return queue.isEnqueuing ? "enqueuing, not valid" : "no"
    }

    /// What happened to the queue, the same for queues that it happened to alike.
    static func change(_ left: EventQueue, _ right: EventQueue) -> String {
        let before = configuration(left)
        let after = configuration(right)
        if left.isEnabled != right.isEnabled {
            return
                "\(left.isEnabled ? "enabled" : "not enabled") on the source, \(right.isEnabled ? "enabled" : "not enabled")"
        }
        let names = zip(before, after).filter { $0.value != $1.value }.map(\.0.name)
        return "other \(listed(names))"
    }
}
