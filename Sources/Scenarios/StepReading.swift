import InterruptState
import PSeries
import Replay
import Yams

extension ScenarioReader {
    static func steps(_ reading: Reading, build: BuildProfile) throws(ScenarioError) -> [Scenario.Step] {
        try reading.items("steps").map { item throws(ScenarioError) in try step(item, build: build) }
    }

    /// A step: one verb, with `cpu` and `gives` beside it; a verb without a value may stand alone.
    private static func step(_ reading: Reading, build: BuildProfile) throws(ScenarioError) -> Scenario.Step {
        var step = Scenario.Step(line: reading.line ?? 0, cpu: 0, action: .reset, gives: nil)
        if reading.node.scalar != nil {
            step.action = try action(reading.text("a step"), nil, reading, build)
            return step
        }
        var verb: (name: String, value: Reading)?
        for entry in try reading.entries("a step") {
            switch entry.key {
            case "cpu": step.cpu = try entry.value.number32("cpu", below: 4095)
            case "gives": step.gives = try values(entry.value)
            default:
                if let verb {
                    throw entry.keyPlace.error("a step does one thing: “\(verb.name)” or “\(entry.key)”")
                }
                verb = (entry.key, entry.value)
            }
        }
        guard let verb else { throw reading.error("a step needs something to do") }
        step.action = try action(verb.name, verb.value, reading, build)
        return step
    }

    private static let verbs = [
        "negotiate", "hcall", "rtas", "load8", "load16", "load32", "load64", "store8", "store16", "store32", "store64",
        "queue", "bind", "mask", "messages", "raise", "assert", "deassert", "interrupt", "open", "take", "plug",
        "unplug", "start", "reset", "reset-phb", "migrate",
    ]

    private static func action(
        _ verb: String, _ value: Reading?, _ place: Reading, _ build: BuildProfile
    ) throws(ScenarioError) -> Scenario.Action {
        switch verb {
        case "open": return .open
        case "take": return .take
        case "reset": return .reset
        case "migrate": return .migrate
        default: break
        }
        guard let value else {
            guard verbs.contains(verb) else {
                throw place.error("there is no step “\(verb)”; steps are \(verbs.joined(separator: ", "))")
            }
            throw place.error("the step “\(verb)” needs a value")
        }
        switch verb {
        case "negotiate": return .negotiate(try value.choice("negotiate", InterruptMode.self))
        case "hcall": return try hypercall(value)
        case "rtas": return try rtas(value)
        case "queue": return try queue(value)
        case "bind": return try bind(value)
        case "mask": return .mask(try number(value))
        case "messages": return try messages(value)
        case "raise": return .raise(try number(value))
        case "assert": return .pin(try functionReference(value), level: true)
        case "deassert": return .pin(try functionReference(value), level: false)
        case "interrupt": return .interrupt(server: try value.number32("interrupt"))
        case "plug": return .plug(try device(value, build: build))
        case "unplug": return .unplug(try device(value, build: build))
        case "reset-phb": return .resetBridge(try value.number32("reset-phb", below: 255))
        case "start": return .start(try value.number32("start"))
        default: return try access(verb, value, place)
        }
    }

    // MARK: - Calls and accesses

    private static func hypercall(_ reading: Reading) throws(ScenarioError) -> Scenario.Action {
        let parts = try reading.items("hcall")
        guard let first = parts.first else { throw reading.error("hcall needs a name or an opcode") }
        guard parts.count <= 10 else { throw reading.error("a hypercall has at most nine arguments") }
        let name = try first.text("the hypercall")
        let opcode = Hypercall.allCases.first { $0.name == name }?.rawValue ?? Reading.number(name)
        guard let opcode else {
            let names = Hypercall.allCases.map(\.name).joined(separator: ", ")
            throw first.error("there is no hypercall “\(name)”; there are \(names)")
        }
        return .hypercall(opcode, try parts.dropFirst().map { part throws(ScenarioError) in try number(part) })
    }

    /// Names may leave out `ibm,`, because a comma ends a word in a list between brackets.
    private static func rtas(_ reading: Reading) throws(ScenarioError) -> Scenario.Action {
        let parts = try reading.items("rtas")
        guard let first = parts.first else { throw reading.error("rtas needs a name or a token") }
        let name = try first.text("the RTAS call")
        let token =
            RTASCall.allCases.first { $0.name == name || $0.name == "ibm,\(name)" }?.rawValue
            ?? Reading.number(name).map(UInt32.init(truncatingIfNeeded:))
        guard let token else {
            let names = RTASCall.allCases.map(\.name).joined(separator: ", ")
            throw first.error("there is no RTAS call “\(name)”; there are \(names)")
        }
        guard parts.count <= 16 else { throw reading.error("an RTAS call has at most 15 arguments here") }
        let arguments = try parts.dropFirst().map { part throws(ScenarioError) in try number(part) }
        let returns =
            switch RTASCall(rawValue: token) {
            case .changeMSI: 4
            case .getXive, .queryInterruptSourceNumber: 3
            default: 1
            }
        return .rtas(token, arguments, returns: returns)
    }

    private static func access(
        _ verb: String, _ value: Reading, _ place: Reading
    ) throws(ScenarioError) -> Scenario.Action {
        let isLoad = verb.hasPrefix("load")
        guard isLoad || verb.hasPrefix("store"), let bits = Int(verb.drop { !$0.isNumber }),
            [8, 16, 32, 64].contains(bits)
        else { throw place.error("there is no step “\(verb)”; steps are \(verbs.joined(separator: ", "))") }
        if isLoad { return .load(try value.number(verb), byteCount: bits / 8) }
        let parts = try value.items(verb)
        guard parts.count == 2 else { throw value.error("\(verb) takes an address and a value") }
        return .store(try parts[0].number("the address"), value: try parts[1].number("the value"), byteCount: bits / 8)
    }

    // MARK: - What a guest does

    private static func queue(_ reading: Reading) throws(ScenarioError) -> Scenario.Action {
        let fields = try reading.fields("queue", allowed: ["server", "priority", "page", "size", "notify"])
        guard let server = fields["server"], let page = fields["page"] else {
            throw reading.error("a queue needs server and page")
        }
        let size = try fields["size"]?.number("size") ?? 0x10000
        guard size.nonzeroBitCount == 1 else { throw reading.error("the size of a queue is a power of two in bytes") }
        let notify = try fields["notify"]?.text("notify") ?? "always"
        guard notify == "always" || notify == "once" else { throw reading.error("notify must be always or once") }
        return .queue(
            server: try server.number32("server"),
            priority: UInt8(truncatingIfNeeded: try fields["priority"]?.number("priority", below: 255) ?? 6),
            page: try page.number("page"), shift: UInt64(size.trailingZeroBitCount), always: notify == "always")
    }

    private static func bind(_ reading: Reading) throws(ScenarioError) -> Scenario.Action {
        let fields = try reading.fields("bind", allowed: ["number", "server", "priority", "eisn"])
        guard let value = fields["number"], let server = fields["server"] else {
            throw reading.error("bind needs number and server")
        }
        return .bind(
            try number(value), server: try server.number32("server"),
            priority: UInt8(truncatingIfNeeded: try fields["priority"]?.number("priority", below: 255) ?? 6),
            eisn: try fields["eisn"]?.number32("eisn", below: 0x7fff_ffff))
    }

    private static func messages(_ reading: Reading) throws(ScenarioError) -> Scenario.Action {
        let fields = try reading.fields("messages", allowed: ["of", "count", "kind"])
        guard let function = fields["of"], let count = fields["count"] else {
            throw reading.error("messages needs of and count")
        }
        let kind = try fields["kind"]?.text("kind") ?? "msi-x"
        guard kind == "msi" || kind == "msi-x" else { throw reading.error("kind must be msi or msi-x") }
        return .messages(
            try functionReference(function), count: try count.number32("count", below: 2048),
            kind: kind == "msi" ? .msi : .msix)
    }

    // MARK: - Values

    private static func values(_ reading: Reading) throws(ScenarioError) -> [Scenario.Value] {
        guard reading.node.sequence != nil else {
            return reading.node.scalar?.string == "none" ? [] : [try number(reading)]
        }
        return try reading.items("gives").map { item throws(ScenarioError) in try number(item) }
    }

    private static let statuses: [HypercallStatus] = [
        .success, .hardware, .function, .privilege, .parameter, .parameter2, .parameter3, .parameter4, .parameter5,
        .threadsActive,
    ]

    /// A number, or what it is: `epow`, `hot-plug`, `ipi 3`, `vio@2000`, `phb1.pin2`, `phb0:01.0/0`, `H_P2`.
    static func number(_ reading: Reading) throws(ScenarioError) -> Scenario.Value {
        let text = try reading.text("a number")
        if let value = Reading.number(text) { return .integer(value) }
        if let status = statuses.first(where: { $0.description == text }) { return .status(status) }
        if text == "epow" { return .epow }
        if text == "hot-plug" { return .hotPlug }
        if text.hasPrefix("ipi "), let index = UInt32(text.dropFirst(4)) { return .interprocessor(index) }
        if text.hasPrefix("vio@"), let address = UInt32(text.dropFirst(4), radix: 16) { return .virtualDevice(address) }
        if let value = pin(text) ?? message(text) { return value }
        throw reading.error(
            "“\(text)” is no number; write 0x1000, epow, hot-plug, ipi 3, vio@2000, phb1.pin2, phb0:01.0/0 or a status")
    }

    private static func pin(_ text: String) -> Scenario.Value? {
        let halves = text.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].hasPrefix("phb"), let bridge = UInt32(halves[0].dropFirst(3)),
            halves[1].hasPrefix("pin"), let pin = UInt8(halves[1].dropFirst(3)), pin < 4
        else { return nil }
        return .pin(bridge: bridge, pin: pin)
    }

    private static func message(_ text: String) -> Scenario.Value? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let function = Scenario.FunctionReference(halves[0]), let vector = UInt32(halves[1])
        else { return nil }
        return .message(function, vector: vector)
    }
}
