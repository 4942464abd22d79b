import InterruptState

/// One fault of a single state.
struct Violation {
    let rule: Rule
    /// A sentence without its objects, the same for all violations that fold into one finding.
    let lead: String
    /// What is at fault; with the rule and the number it identifies the violation in another state.
    let subject: String
    let number: LogicalNumber?
    let numbers: NumberRanges
    let value: String
    /// Devices, vCPUs or queues concerned.
    let concerns: String?
    let place: Subject?

    init(
        _ rule: Rule, _ lead: String, subject: String, number: LogicalNumber? = nil, numbers: NumberRanges? = nil,
        value: String, concerns: String? = nil, at place: Subject? = nil
    ) {
        self.rule = rule
        self.lead = lead
        self.subject = subject
        self.number = number
        self.numbers = numbers ?? NumberRanges(number.map { [$0] } ?? [])
        self.value = value
        self.concerns = concerns
        self.place = place
    }

    var identity: Identity { Identity(rule: rule, subject: subject, number: number) }

    struct Identity: Hashable {
        let rule: Rule
        let subject: String
        let number: LogicalNumber?
    }

    /// - Parameter isOther: whether the detail is for a finding about two states, of which this is the second.
    func detail(_ state: MachineState, isOther: Bool = false) -> Detail {
        let site = place.flatMap(state.site(of:))
        return Detail(
            subject: subject, number: number ?? numbers.first, sourceValue: isOther ? nil : value,
            otherValue: isOther ? value : nil, sourceSite: isOther ? nil : site, otherSite: isOther ? site : nil)
    }
}

extension Finding {
    /// One finding for each fault and its objects.
    static func folding(
        _ violations: [Violation], of state: MachineState, severity: Severity? = nil, scopes: [Scope]
    ) -> [Finding] {
        grouped(violations) { [$0.rule.id, $0.lead] }.map { _, members in
            Finding(
                rule: members[0].rule, severity: severity, title: title(members),
                subjects: Array(Set(members.compactMap(\.concerns))).sorted(),
                numbers: NumberRanges(merging: members.flatMap(\.numbers.ranges)),
                details: members.map { $0.detail(state) }, scopes: scopes)
        }
    }

    /// The objects with their values if they are few, else as ranges or as a list.
    private static func title(_ members: [Violation]) -> String {
        let numbers = NumberRanges(merging: members.flatMap(\.numbers.ranges))
        let objects: String
        if members.count <= 3 {
            objects = members.map { $0.value.isEmpty ? $0.subject : "\($0.subject) (\($0.value))" }.joined(
                separator: ", ")
        } else if numbers.isEmpty {
            objects = listed(members.map(\.subject))
        } else {
            objects = numbers.text(limit: 8)
        }
        return "\(members[0].lead): \(objects)"
    }
}
