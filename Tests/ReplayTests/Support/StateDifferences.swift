import InterruptState

/// How a model's state differs from that of a stream, as far as the stream tells.
///
/// Left out: where a fact comes from, guest memory, the queues of VIO devices (device state, no interrupts).
///
/// - Parameter isLoaded: the stream is that of a machine that was migrated: its device tree is the source's.
func differences(model: MachineState, stream: MachineState, isLoaded: Bool = false) -> [String] {
    var found: [String] = []
    func check<Value: Equatable>(_ what: String, _ left: Value, _ right: Value) {
        if left != right { found.append("\(what): model \(left), stream \(right)") }
    }
    check("mode", model.facts.activeMode, stream.facts.activeMode)
    check("scheme", model.facts.scheme, stream.facts.scheme)
    if let count = stream.facts.serverCount, !isLoaded || stream.facts.serverCountBasis == .section {
        check("servers", model.facts.serverCount, count)
    }
    check("XIVE exists", model.xive != nil, stream.xive != nil)
    if let left = model.xive, let right = stream.xive {
        check("XIVE numbers", left.numberCount, right.numberCount)
        check("queues", left.queueCount, right.queueCount)
        for number in Set(left.sources.map(\.number)).union(right.sources.map(\.number)).sorted() {
            check("source \(number)", left.source(number), right.source(number))
        }
        for index in Set(left.queues.map(\.index)).union(right.queues.map(\.index)).sorted() {
            check("queue \(index)", left.queue(index), right.queue(index))
        }
    }
    check("XICS exists", model.xics != nil, stream.xics != nil)
    if let left = model.xics, let right = stream.xics {
        check("XICS numbers", left.numberCount, right.numberCount)
        for number in Set(left.sources.map(\.number)).union(right.sources.map(\.number)).sorted() {
            check("source \(number)", left.source(number), right.source(number))
        }
    }
    check("vCPUs", model.cpus.map(\.index), stream.cpus.map(\.index))
    for (left, right) in zip(model.cpus, stream.cpus) {
        check("context of vCPU \(left.index)", left.context?.bytes, right.context?.bytes)
        check("instance of vCPU \(left.index)", left.contextInstance, right.contextInstance)
        check("presenter of vCPU \(left.index)", left.presenter, right.presenter)
        if right.serverBasis == .deviceTree, !isLoaded {
            check("server of vCPU \(left.index)", left.server, right.server)
        }
    }
    check("bridges", model.bridges.map(\.buid), stream.bridges.map(\.buid))
    for (left, right) in zip(model.bridges, stream.bridges) {
        check("pins of \(Owner.bridgeName(left.buid))", left.pins, right.pins)
        check("instance of \(Owner.bridgeName(left.buid))", left.instance, right.instance)
        let blocks = right.messages.sorted { $0.device < $1.device }
        check("messages of \(Owner.bridgeName(left.buid))", left.messages, blocks)
    }
    check(
        "VIO devices", model.virtualDevices.map { "\($0.type)@\($0.unitAddress) \($0.number?.rawValue ?? 0)" },
        stream.virtualDevices.map { "\($0.type)@\($0.unitAddress) \($0.number?.rawValue ?? 0)" })
    check("message bitmap", model.messageBitmap, stream.messageBitmap)
    check("negotiated options", model.negotiatedOptions, stream.negotiatedOptions)
    check("offered modes", model.deviceTree?.offeredModes, stream.deviceTree?.offeredModes)
    check("tree's servers", model.deviceTree?.servers, stream.deviceTree?.servers)
    check("tree's server count", model.deviceTree?.serverCount, stream.deviceTree?.serverCount)
    compare("number map", model.numbers, stream.numbers, &found)
    compare("tree", model.deviceTree?.numbers ?? [], stream.deviceTree?.numbers ?? [], &found)
    return found
}

/// Rows of two maps, where they came from left aside.
private func compare(
    _ what: String, _ left: [NumberAssignment], _ right: [NumberAssignment], _ found: inout [String]
) {
    // A stream shows only that the number of the hot-plug source is claimed; whether there is such a source after a
    // load is known to the model alone.
    func rows(_ map: [NumberAssignment]) -> Set<String> {
        Set(
            map.filter { $0.number != LogicalNumber(0x1001) }.map {
                "\($0.number) \($0.owner) \($0.kind?.rawValue ?? "-")"
            })
    }
    for row in rows(left).symmetricDifference(rows(right)).sorted() {
        found.append("\(what): \(row) only in the \(rows(left).contains(row) ? "model" : "stream")")
    }
}
