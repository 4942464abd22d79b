import InterruptState

/// The source and one other state, and how they are compared.
struct Pair {
    let source: MachineState
    let other: MachineState
    /// Which state the other is: ``Role/destination`` or ``Role/constructed``.
    let role: Role
    let level: Level

    var scope: Scope { .comparison(role) }
    var isConstructed: Bool { role == .constructed }
    /// `the destination`, for sentences.
    var otherName: String { "the \(role)" }
    /// Severity of what only the exact level calls different.
    var exactSeverity: Severity { level == .exact ? .error : .note }

    /// The mode in force, if it is the same on both sides.
    var commonMode: InterruptMode? {
        source.facts.activeMode == other.facts.activeMode ? source.facts.activeMode : nil
    }

    func detail(
        _ subject: String, number: LogicalNumber? = nil, _ sourceValue: String?, _ otherValue: String?,
        at place: Subject? = nil
    ) -> Detail {
        Detail(
            subject: subject, number: number, sourceValue: sourceValue, otherValue: otherValue,
            sourceSite: sourceValue == nil ? nil : place.flatMap(source.site(of:)),
            otherSite: otherValue == nil ? nil : place.flatMap(other.site(of:)))
    }

    func finding(
        _ rule: Rule, _ title: String, severity: Severity? = nil, consequence: String? = nil,
        subjects: [String] = [], numbers: NumberRanges = NumberRanges(), details: [Detail]
    ) -> Finding {
        Finding(
            rule: rule, severity: severity, title: title, consequence: consequence,
            subjects: Array(Set(subjects)).sorted(), numbers: numbers, details: details, scopes: [scope])
    }
}

/// What a comparison has come to so far.
struct Outcome {
    var findings: [Finding] = []
    var notCompared: [NotCompared] = []
    var counts = Counts()

    mutating func skip(_ subject: String, _ reason: String) {
        notCompared.append(NotCompared(subject: subject, reason: reason))
    }
}

/// Numbers that say something of a number of things: `1 number`, `3 numbers`.
func counted(_ count: some BinaryInteger, _ noun: String, plural: String? = nil) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(plural ?? noun + "s")"
}

/// At most `limit` words, and how many were left out.
func listed(_ words: [String], limit: Int = 6) -> String {
    if words.count <= limit {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
    return words.prefix(limit).joined(separator: ", ") + " and \(words.count - limit) more"
}
